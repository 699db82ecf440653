/**
 * Bot signals: marks of a checkout that no shopper left. Card testers and scripts fill forms with whatever passes; each signal here
 * is one that a person does not give by accident, because a shopper who is taken for a bot is never phoned and never knows.
 * Listed for merchants in docs/who-is-called.md.
 */
import type { CheckoutContent } from './checkout.ts';

/**
 * - `impossible_name`: a link, an e-mail address, five digits in a row, or one letter four times in a row with nothing else.
 * - `throwaway_email`: a domain that hands out mailboxes for minutes, or one that can never receive mail.
 * - `patterned_phone`: seven equal digits in a row, or eight that count up or down.
 */
export type BotSignal = 'impossible_name' | 'throwaway_email' | 'patterned_phone';

/** @param phone - the number to dial, E.164; null when there is none. */
export function botSignalsOf(checkout: CheckoutContent, phone: string | null): BotSignal[] {
  const { customer, shippingAddress, billingAddress } = checkout;
  const names = [
    customer?.firstName,
    customer?.lastName,
    shippingAddress?.firstName,
    shippingAddress?.lastName,
    billingAddress?.firstName,
    billingAddress?.lastName,
  ];
  const emails = [checkout.email, customer?.email];
  const signals: BotSignal[] = [];
  if (names.some((name) => name != null && isImpossibleName(name))) signals.push('impossible_name');
  if (emails.some((email) => email != null && isThrowaway(email))) signals.push('throwaway_email');
  if (phone !== null && isPatterned(phone)) signals.push('patterned_phone');
  return signals;
}

/** Names are of any script and may be one letter long; only what is no name anywhere counts. */
function isImpossibleName(name: string): boolean {
  const text = name.trim().slice(0, 200);
  if (/https?:|www\.|@|\d{5}/i.test(text)) return true;
  return /^(\p{L})\1{3,}$/iu.test(text);
}

/** Well-known providers of mailboxes without an owner (as of November 2026), and the domains reserved by RFC 2606. */
const THROWAWAY_DOMAINS: ReadonlySet<string> = new Set([
  '10minutemail.com',
  'discard.email',
  'dispostable.com',
  'fakeinbox.com',
  'getairmail.com',
  'getnada.com',
  'grr.la',
  'guerrillamail.com',
  'mailcatch.com',
  'maildrop.cc',
  'mailinator.com',
  'mailnesia.com',
  'mintemail.com',
  'mohmal.com',
  'sharklasers.com',
  'spam4.me',
  'temp-mail.org',
  'tempmail.com',
  'throwawaymail.com',
  'trashmail.com',
  'yopmail.com',
]);
const RESERVED = /(?:^|\.)(?:invalid|test|localhost)$/;

function isThrowaway(email: string): boolean {
  const domain = email
    .slice(email.lastIndexOf('@') + 1)
    .trim()
    .toLowerCase();
  return THROWAWAY_DOMAINS.has(domain) || RESERVED.test(domain);
}

function isPatterned(phone: string): boolean {
  return /(\d)\1{6}/.test(phone) || hasRun(phone, 1) || hasRun(phone, -1);
}

const LONG_RUN = 8;

/** Digits that count up or down by one, as typed by somebody who runs a finger along the keys; 9 is followed by 0. */
function hasRun(phone: string, step: 1 | -1): boolean {
  let length = 1;
  for (let i = 1; i < phone.length; i++) {
    const expected = (Number(phone[i - 1]) + step + 10) % 10;
    length = Number(phone[i]) === expected ? length + 1 : 1;
    if (length >= LONG_RUN) return true;
  }
  return false;
}
