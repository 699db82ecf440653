/** `npm run send-sample`: the signed webhooks of one invented shopper to a running service, without a shop. */
import { parseArgs } from 'node:util';
import { signAndSend } from './deliver.ts';
import { newToken, newWebhookId } from './ids.ts';
import { createSession, SESSION_KINDS, type SessionKind, type ShopDelivery } from './sessions.ts';
import { unforeseenBody } from './unforeseen-body.ts';

/** What is lost cannot be sent. */
const KINDS = [...SESSION_KINDS.filter((kind) => kind !== 'lost'), 'unforeseen'];
/** Kinds whose last webhooks close a checkout: with --token only those are sent. */
const CLOSING: readonly string[] = ['completed', 'order', 'delete'];
/** All webhooks of a session lie within the last seconds, in different ones. */
const MINUTE_MS = 1_000;
const LONGEST_SESSION_MS = 3 * MINUTE_MS;

const HELP = `Sends the signed webhooks of one invented shopper to a running service.

  npm run send-sample -- --kind <kind> [options]

  --kind <kind>      ${KINDS.join(', ')} (default us)
  --to <url>         the service (default http://127.0.0.1:<PORT, else 3000>)
  --shop <domain>    default SHOPIFY_SHOP
  --secret <secret>  default SHOPIFY_CLIENT_SECRET, else the first of SHOPIFY_WEBHOOK_SECRETS; better kept in .env
  --token <token>    the checkout's token (default a fresh one); with completed, order and delete only the closing
                     webhooks are sent, for a checkout that was sent before
  --help

Exit code 0: every webhook was answered with 2xx. 1: one was not. 2: the command line is wrong.`;

function usageFault(text: string): never {
  console.error(`${text}\nSee npm run send-sample -- --help`);
  process.exit(2);
}

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        kind: { type: 'string', default: 'us' },
        to: { type: 'string', default: `http://127.0.0.1:${process.env.PORT || '3000'}` },
        shop: { type: 'string', default: process.env.SHOPIFY_SHOP ?? '' },
        secret: { type: 'string', default: secretFromEnvironment() },
        token: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (fault) {
    return usageFault(fault instanceof Error ? fault.message : String(fault));
  }
}

function secretFromEnvironment(): string {
  const { SHOPIFY_CLIENT_SECRET, SHOPIFY_WEBHOOK_SECRETS } = process.env;
  return SHOPIFY_CLIENT_SECRET || (SHOPIFY_WEBHOOK_SECRETS?.split(',')[0]?.trim() ?? '');
}

/** `acme` names the shop `acme.myshopify.com`, as it does in the service's own settings. */
function shopDomain(text: string): string {
  return text.includes('.') ? text.toLowerCase() : `${text.toLowerCase()}.myshopify.com`;
}

const WHY_NOT_READY: Readonly<Record<string, string>> = {
  store_unavailable: 'the service has no Redis',
  data_key_unknown: 'its DATA_KEY does not fit what Redis holds: see data_key_unknown in docs/runbook.md',
  closing: 'the service is ending',
};

type Sample = Pick<ShopDelivery, 'topic' | 'apiVersion' | 'body' | 'webhookId' | 'triggeredAt'>;

function samplesOf(kind: string, shop: string, token: string, closingOnly: boolean): readonly Sample[] {
  const now = new Date();
  if (kind === 'unforeseen') {
    const body = unforeseenBody(token, now);
    return [{ topic: 'checkouts/update', apiVersion: '2026-10', body, webhookId: newWebhookId(), triggeredAt: now }];
  }
  const startedAt = new Date(now.getTime() - LONGEST_SESSION_MS);
  const { deliveries } = createSession(kind as SessionKind, { shop, startedAt, minuteMs: MINUTE_MS, token });
  if (!closingOnly) return deliveries;
  return deliveries.filter(
    ({ topic, body }) => !topic.startsWith('checkouts/') || topic.endsWith('delete') || isClosed(body),
  );
}

function isClosed(body: string): boolean {
  return !body.includes('"completed_at":null');
}

// Whoever reads may have read enough: `… | head -1`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const flags = readFlags();
if (flags.help) {
  console.log(HELP);
  process.exit(0);
}
if (!KINDS.some((kind) => kind === flags.kind)) usageFault(`There is no kind "${flags.kind}"`);
if (!URL.canParse(flags.to)) usageFault('--to must be a URL');
if (!flags.shop) usageFault('No shop: give --shop, or SHOPIFY_SHOP in .env');
if (!flags.secret) usageFault('No secret: give --secret, or SHOPIFY_CLIENT_SECRET in .env');

const shop = shopDomain(flags.shop);
const token = flags.token ?? newToken();
const closingOnly = flags.token !== undefined && CLOSING.includes(flags.kind);
let refused = 0;
for (const sample of samplesOf(flags.kind, shop, token, closingOnly)) {
  try {
    const { status } = await signAndSend({ to: flags.to, secret: flags.secret, shop, ...sample });
    if (status < 200 || status > 299) refused += 1;
    console.log(`${sample.topic.padEnd(17)} ${sample.apiVersion}  → ${status}${await meaningOf(status)}`);
  } catch (fault) {
    refused += 1;
    const cause = fault instanceof Error && fault.cause instanceof Error ? fault.cause : fault;
    const code = cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.name) : String(cause);
    console.log(
      `${sample.topic.padEnd(17)} ${sample.apiVersion}  → no answer (${code}): is the service running at ${flags.to}?`,
    );
    break;
  }
}

if (refused === 0) {
  console.log(`\nCheckout ${token}. What became of it: ${new URL(`/ops?query=${token}`, flags.to)}`);
  if (flags.kind === 'unforeseen') console.log('Nobody can read it, so it is parked: npm run cli -- parked list');
  if (!CLOSING.includes(flags.kind) && flags.kind !== 'unforeseen') {
    console.log(`The shopper buys after all: npm run send-sample -- --kind order --token ${token}`);
  }
}
process.exitCode = refused === 0 ? 0 : 1;

async function meaningOf(status: number): Promise<string> {
  if (status === 401) return ' (the signature: is --secret the one the service has?)';
  if (status === 403) return ' (another shop: is --shop the one the service has?)';
  if (status === 503)
    return ` (${WHY_NOT_READY[await reasonNotReady()] ?? 'the service cannot take it now: see its log'})`;
  return '';
}

/** The code that the service's own readiness gives; empty when it gives none. */
async function reasonNotReady(): Promise<string> {
  try {
    const answer = await fetch(new URL('/readyz', flags.to), { signal: AbortSignal.timeout(2_000) });
    const { reason } = (await answer.json()) as { readonly reason?: unknown };
    return typeof reason === 'string' ? reason : '';
  } catch {
    return '';
  }
}
