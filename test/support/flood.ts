/** Many signed webhooks at once, over connections that stay open as Shopify's do; each is timed, and none is lost sight of. */
import { Agent, request } from 'node:http';
import { signWebhook } from '../../stand-ins/shop/deliver.ts';
import { SHOP, type Webhook } from './a-shopper.ts';

export interface Acknowledgement {
  /** null: no answer at all. */
  readonly status: number | null;
  readonly tookMs: number;
}

export interface FloodOptions {
  readonly to: string;
  readonly secret: string;
  /** Requests under way at once. */
  readonly concurrency: number;
}

/** Sends each once. @returns the answers, in the order of the webhooks. */
export async function flood(webhooks: readonly Webhook[], options: FloodOptions): Promise<readonly Acknowledgement[]> {
  const { to, secret, concurrency } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const answers: Acknowledgement[] = [];
  let next = 0;
  const sender = async (): Promise<void> => {
    for (let n = next++; n < webhooks.length; n = next++) {
      answers[n] = await sendOn(agent, to, secret, webhooks[n] as Webhook);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, sender));
  agent.destroy();
  return answers;
}

function sendOn(agent: Agent, to: string, secret: string, { topic, apiVersion, body }: Webhook) {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-shopify-topic': topic,
    'x-shopify-shop-domain': SHOP,
    'x-shopify-api-version': apiVersion,
    'x-shopify-hmac-sha256': signWebhook(body, secret),
  };
  return new Promise<Acknowledgement>((resolve) => {
    const startedAt = performance.now();
    const done = (status: number | null) => resolve({ status, tookMs: performance.now() - startedAt });
    const sent = request(`${to}/webhooks/shopify`, { method: 'POST', agent, headers, timeout: 10_000 }, (response) => {
      response.resume().on('end', () => done(response.statusCode ?? null));
    });
    sent.on('timeout', () => sent.destroy()).on('error', () => done(null));
    sent.end(body);
  });
}

/** The time within which that share of the answers came, milliseconds. @param share - 0.99 for the 99th percentile. */
export function percentile(answers: readonly Acknowledgement[], share: number): number {
  const sorted = answers.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** The most instants in any window of one second, both ends counted. */
export function mostInOneSecond(instants: readonly number[]): number {
  const sorted = [...instants].sort((a, b) => a - b);
  let from = 0;
  let most = 0;
  for (const [to, at] of sorted.entries()) {
    while (at - (sorted[from] as number) > 1_000) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}
