/**
 * Why the shop gave no answer, read from HTTP statuses and GraphQL errors. Pure. What is kept of the shop's words is scrubbed.
 *
 * Sources: Shopify's "API response status and error codes" and "GraphQL Admin API rate limits", as read in November 2026.
 */
import { z } from 'zod';
import { HOUR } from '../domain/duration.ts';
import type { ShopFault } from '../domain/shop-admin.ts';
import { scrubbed } from './scrub.ts';

/** A shop that asks for more patience than this is asked again all the same. */
const LONGEST_RETRY_AFTER_MS = HOUR;

/** @param retryAfterMs - as the shop said it; at most an hour is kept. */
export function unavailable(cause: string, retryAfterMs: number | null = null): ShopFault {
  const bounded = retryAfterMs === null ? null : Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS);
  return { kind: 'unavailable', cause, retryAfterMs: bounded };
}

/** @param cause - a code, or the path of a field: nothing personal. */
export function denied(cause: string): ShopFault {
  return { kind: 'denied', cause };
}

/**
 * The fault an HTTP status means; null for 2xx. A redirect is never followed: it says that the shop is somewhere else, which
 * somebody has to look into, like a frozen (402), unknown (404) or locked (423) shop.
 */
export function statusFault(status: number, retryAfter: string | null): ShopFault | null {
  if (status >= 200 && status < 300) return null;
  if (status === 401) return denied('token_refused');
  if (status === 429) return unavailable('throttled', retryAfterMs(retryAfter));
  if (status === 408 || status === 430 || status >= 500) return unavailable(`http_${status}`, retryAfterMs(retryAfter));
  if (status < 400 || [402, 403, 404, 423].includes(status)) return denied(`http_${status}`);
  return { kind: 'refused', message: `HTTP ${status}` };
}

/** Seconds, perhaps with a fraction (`2.0`), as Shopify writes it. @returns milliseconds; null when absent or something else. */
export function retryAfterMs(header: string | null): number | null {
  const text = header?.trim() ?? '';
  return /^\d{1,6}(?:\.\d{1,9})?$/.test(text) ? Math.ceil(Number(text) * 1_000) : null;
}

const GraphqlErrorBody = z.object({
  message: z.string().catch(''),
  path: z.array(z.union([z.string(), z.number()])).catch([]),
  extensions: z.object({ code: z.string().catch('') }).catch({ code: '' }),
});

export type GraphqlError = z.output<typeof GraphqlErrorBody>;

/** `errors` of an answer, whatever it looks like: a single text, which Shopify sends too, counts as one error. */
export function readErrors(errors: unknown): readonly GraphqlError[] {
  if (errors === undefined || errors === null) return [];
  const list = Array.isArray(errors) ? errors : [{ message: typeof errors === 'string' ? errors : '' }];
  return list.map((error) => GraphqlErrorBody.catch({ message: '', path: [], extensions: { code: '' } }).parse(error));
}

const DENIALS = ['ACCESS_DENIED', 'SHOP_INACTIVE'];
const OUTAGES = ['INTERNAL_SERVER_ERROR', 'TIMEOUT'];

export const isDenial = ({ extensions }: GraphqlError): boolean => DENIALS.includes(extensions.code);

/**
 * The one fault that stands for all errors: what passes by itself before what somebody must mend, and that before a refusal.
 *
 * @param extensions - of the whole answer; holds the cost. @param variables - what was sent, to be kept out of the message.
 */
export function graphqlFault(errors: readonly GraphqlError[], extensions: unknown, variables: unknown): ShopFault {
  const codes = errors.map((error) => error.extensions.code);
  if (codes.includes('THROTTLED')) return unavailable('throttled', restoredInMs(extensions));
  const outage = codes.find((code) => OUTAGES.includes(code));
  if (outage !== undefined) return unavailable(outage.toLowerCase());
  const denial = errors.find(isDenial);
  if (denial !== undefined) return denied(denialCause(denial));
  return refused(
    errors.map(({ message, extensions: { code } }) => [code, message].filter(Boolean).join(': ')),
    variables,
  );
}

/** The shop's objections to what it was asked to do, in its own words as far as they are nobody's data. */
export function refused(messages: readonly string[], variables: unknown): ShopFault {
  return { kind: 'refused', message: scrubbed(messages.join('; '), variables) };
}

/** Which field was denied; its name leads to the missing scope. */
function denialCause({ extensions, path }: GraphqlError): string {
  const fields = path.filter((step): step is string => typeof step === 'string' && /^\w{1,60}$/.test(step));
  return [extensions.code.toLowerCase(), ...fields.slice(0, 8)].join('.');
}

const amount = z.number().nonnegative();
const CostBody = z.object({
  cost: z.object({
    requestedQueryCost: amount,
    throttleStatus: z.object({ currentlyAvailable: z.number(), restoreRate: amount.positive() }),
  }),
});

/** When the bucket holds enough for the same query: (cost − available) ÷ restore rate, points and points per second. */
function restoredInMs(extensions: unknown): number | null {
  const parsed = CostBody.safeParse(extensions);
  if (!parsed.success) return null;
  const { requestedQueryCost, throttleStatus } = parsed.data.cost;
  const missing = requestedQueryCost - throttleStatus.currentlyAvailable;
  return Math.max(0, Math.ceil((missing / throttleStatus.restoreRate) * 1_000));
}
