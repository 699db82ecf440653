/** Plays a session in time: each webhook is sent when it is due, those of one instant together. */
import { setTimeout as pause } from 'node:timers/promises';
import { signAndSend } from './deliver.ts';
import type { ShopDelivery, ShopperSession } from './sessions.ts';

export interface PlayOptions {
  /** The service's base URL. */
  readonly to: string;
  readonly secret: string;
  /** When the session started, epoch milliseconds; what is due before now is sent at once. */
  readonly startedAt: number;
  readonly signal?: AbortSignal;
  /** Resolves when a call about the checkout is on its way: what the shopper does only then waits for it. Default: nothing does. */
  readonly called?: () => Promise<void>;
  /** Called with every answer; `error` stands when there was none. */
  readonly sent?: (delivery: ShopDelivery, result: { status: number } | { error: string }) => void;
}

/** Resolves when the last webhook is answered (or given up on). Rejects only when `signal` says so. */
export async function playSession(session: ShopperSession, options: PlayOptions): Promise<void> {
  const { startedAt, signal } = options;
  const answers: Promise<void>[] = [];
  for (const delivery of session.deliveries) {
    const dueInMs = startedAt + delivery.afterMs - Date.now();
    if (dueInMs > 0) await pause(dueInMs, undefined, signal ? { signal } : {});
    if (delivery.onceCalled) await options.called?.();
    answers.push(send(session, delivery, options));
  }
  await Promise.all(answers);
}

async function send(session: ShopperSession, delivery: ShopDelivery, options: PlayOptions): Promise<void> {
  const { to, secret, sent } = options;
  const { topic, body, apiVersion, webhookId, triggeredAt } = delivery;
  const result = await signAndSend({
    to,
    secret,
    shop: session.shop,
    topic,
    body,
    apiVersion,
    webhookId,
    triggeredAt,
  }).catch((fault: unknown) => ({ error: fault instanceof Error ? fault.name : String(fault) }));
  sent?.(delivery, result);
}
