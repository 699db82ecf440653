/**
 * Recorded bodies of checkout webhooks, from a text: a JSON array, one body, `{"checkouts": […]}` as Shopify's REST list has it, or
 * one body per line. All of it is read or none, and a fault names a line and never what stands there: bodies are personal data.
 */
import { readLinedJson } from '../domain/calling-rules/lined-json.ts';
import type { Checkout } from '../domain/checkout.ts';
import { parseCheckout } from '../shopify/checkout-body.ts';
import { parseJson } from '../shopify/lossless-json.ts';

export type RecordedCheckouts =
  | {
      readonly ok: true;
      readonly checkouts: readonly Checkout[];
      /** Where the checkout of that place stands, from 1. */
      readonly lineOf: (place: number) => number;
    }
  | { readonly ok: false; readonly faults: readonly RecordingFault[] };

export interface RecordingFault {
  /** From 1. */
  readonly line: number;
  readonly reason: string;
}

/** @param shop - the permanent domain: bodies do not name it. */
export function readRecorded(text: string, shop: string): RecordedCheckouts {
  const written = text.replace(/^\uFEFF/, '');
  const whole = parseJson(written);
  const bodies = whole.ok ? bodiesIn(whole.value, written) : bodiesByLine(written);
  const checkouts: Checkout[] = [];
  const faults: RecordingFault[] = [];
  bodies.forEach((body, place) => {
    const read = 'reason' in body ? body : checkoutOf(body.value, shop);
    if ('reason' in read) faults.push({ line: body.line(place), reason: read.reason });
    else checkouts.push(read.checkout);
  });
  if (bodies.length === 0) faults.push({ line: 1, reason: 'holds no checkout' });
  if (faults.length > 0) return { ok: false, faults };
  // Without a fault each body is one checkout.
  return { ok: true, checkouts, lineOf: (place) => bodies[place]?.line(place) ?? 1 };
}

/** A value, or why there is none; and where it stands, worked out only when somebody asks. */
type Body = { readonly line: (place: number) => number } & (
  | { readonly value: unknown }
  | { readonly reason: 'is not JSON' }
);

function bodiesIn(whole: unknown, text: string): Body[] {
  const listed = isObject(whole) ? whole.checkouts : whole;
  const list = Array.isArray(listed) ? listed : [whole];
  const path = list === whole ? [] : ['checkouts'];
  let lines: ((place: number) => number) | undefined;
  const line = (place: number): number => {
    lines ??= linesIn(text, path);
    return lines(place);
  };
  return list.map((value: unknown) => ({ value, line }));
}

function linesIn(text: string, path: readonly string[]): (place: number) => number {
  const lined = readLinedJson(text);
  return (place) => (lined.ok ? lined.lineOf([...path, place]) : lined.line);
}

function bodiesByLine(text: string): Body[] {
  // One value over many lines, and it breaks off or is misspelled: said once, where it is.
  if (/^\s*\[/.test(text)) {
    const lined = readLinedJson(text);
    return [{ reason: 'is not JSON', line: () => (lined.ok ? 1 : lined.line) }];
  }
  return text.split(/\r?\n/).flatMap((written, index) => {
    if (written.trim() === '') return [];
    const read = parseJson(written);
    const line = () => index + 1;
    return [read.ok ? { value: read.value, line } : { reason: 'is not JSON', line }];
  });
}

type Read = { readonly checkout: Checkout } | { readonly reason: string };

function checkoutOf(body: unknown, shop: string): Read {
  // An order has a token as well, and would be taken for a checkout that nobody finished.
  if (isObject(body) && ('order_number' in body || 'checkout_token' in body)) return { reason: 'is an order' };
  const read = parseCheckout(body, shop);
  if (!read.ok) {
    return { reason: read.field === 'body' ? 'is not a checkout' : `${read.field} is missing or of the wrong kind` };
  }
  const { updatedAt, createdAt } = read.checkout;
  return updatedAt === null && createdAt === null ? { reason: 'updated_at is missing' } : read;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
