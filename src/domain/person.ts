/** A person, as far as one can be told from their checkouts: by telephone number and e-mail address. */
import { toCallableNumber } from './e164.ts';
import type { RecoveryRecord } from './recovery.ts';

/** The kinds of facts that are remembered of people beside their recoveries. */
export const PERSON_FACTS = ['order', 'discount'] as const;

/** The contacts of a recovery's shopper, normalised: E.164 and lower case. Personal data. */
export function personOf({ phone, payload }: Pick<RecoveryRecord, 'phone' | 'payload'>): string[] {
  const email = payload?.customer.email;
  return [...(phone ? [phone] : []), ...(email ? [email.toLowerCase()] : [])];
}

/** Contacts as somebody wrote them, normalised; those that cannot be anybody's are left out. */
export function contactsOf(written: {
  readonly emails: readonly string[];
  readonly phones: readonly { readonly number: string; readonly country: string | null }[];
}): string[] {
  const numbers = written.phones.flatMap(({ number, country }) => {
    const read = toCallableNumber(number, country);
    return read.ok ? [read.e164] : [];
  });
  const emails = written.emails.map((email) => email.trim().toLowerCase()).filter((email) => email.includes('@'));
  return [...new Set([...numbers, ...emails])];
}
