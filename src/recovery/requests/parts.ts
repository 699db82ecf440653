/** What the use cases of privacy and consent are given beside the ports: what belongs to others, by what they need of it. */
import type { NamedPerson } from '../../domain/named-person.ts';
import type { ParkedDelivery } from '../../domain/parked.ts';

/**
 * Empties a recovery's record of its person, for good: nothing that comes later brings them back. Erasing what is erased does nothing.
 *
 * @param reason - `redacted`: the person asked to be forgotten. `shop_redacted`: the shop is gone.
 */
export type Erase = (id: string, reason: 'redacted' | 'shop_redacted') => Promise<unknown>;

/**
 * Keeps it in mind that a person withdrew their consent, for checkouts that are yet to come.
 *
 * @param contacts - normalised: E.164 and lower case. @param at - epoch milliseconds, UTC.
 */
export type NoteConsentWithdrawn = (contacts: readonly string[], at: number) => Promise<void>;

/** Ids of all recoveries of the person, by whatever they can be found. */
export type FindPerson = (person: NamedPerson) => Promise<readonly string[]>;

/** The recoveries and contacts that are surely the person's, and nobody's whose number is the same in another country. */
export type FindPersonSurely = (
  person: NamedPerson,
) => Promise<{ readonly recoveries: readonly string[]; readonly contacts: readonly string[] }>;

/** Bodies that nobody could read and that hold one of the traces. @param traces - digests, see `tracesIn`. */
export type FindParked = (traces: ReadonlySet<string>) => AsyncIterable<ParkedDelivery>;

/** Stands for a text where the text itself must not stand. */
export type Digest = (text: string) => string;
