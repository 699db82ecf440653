/** People: what is remembered of a person beside the recoveries. Types only. */
import type { PERSON_FACTS } from './person.ts';

/** What is remembered of a person beside the recoveries. */
export type PersonFact = (typeof PERSON_FACTS)[number];

/**
 * What is known of people over all their checkouts. A person is their contacts: E.164 number and lower-case e-mail address.
 * Contacts are kept as digests, and forgotten after the longest time anybody asks for.
 */
export interface People {
  note(shop: string, person: readonly string[], fact: PersonFact, name: string, at: number): Promise<void>;
  /** The latest fact at or after the instant, of any of the person's contacts. */
  latest(
    shop: string,
    person: readonly string[],
    fact: PersonFact,
    since: number,
  ): Promise<{ readonly name: string; readonly at: number } | null>;
  /** All that is remembered of any of the person's contacts. */
  all(
    shop: string,
    person: readonly string[],
  ): Promise<readonly { readonly fact: PersonFact; readonly name: string; readonly at: number }[]>;
  /** The same where the contacts themselves are gone. @param digests - of the contacts, as records keep them. */
  allOfDigests(
    shop: string,
    digests: readonly string[],
  ): Promise<readonly { readonly fact: PersonFact; readonly name: string; readonly at: number }[]>;
  /** Of this shop. Calls, refusals and consent taken back stay, as digests: they keep the person from being called. */
  forget(shop: string, person: readonly string[]): Promise<void>;
  /** The same where the contacts themselves are gone. @param digests - of the contacts, as records keep them. */
  forgetDigests(shop: string, digests: readonly string[]): Promise<void>;
  /** Everything of everybody of the shop. */
  forgetAll(shop: string): Promise<void>;
}
