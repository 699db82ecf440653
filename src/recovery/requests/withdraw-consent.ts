/** A customer takes back the consent to be texted: that is taken as the wish not to be phoned either, at once. */

import type { Journal } from '../../domain/journal.ts';
import { contactsOfNamed, type NamedPerson } from '../../domain/named-person.ts';
import { accountContact, personOf } from '../../domain/person.ts';
import type { Clock, RecoveryStore } from '../../domain/ports.ts';
import type { RecoveryRecord } from '../../domain/recovery.ts';
import { loadIfReadable } from '../load-if-readable.ts';
import type { StopById } from '../stop-recovery.ts';
import { inParts } from './in-parts.ts';
import type { FindPerson, NoteConsentWithdrawn } from './parts.ts';
import { carriesConsent } from './under-way.ts';

/** @param at - when it was withdrawn, epoch milliseconds, UTC; null: it was not said. */
export type WithdrawConsent = (person: NamedPerson, at: number | null) => Promise<void>;

export function withdrawConsent(deps: {
  readonly store: RecoveryStore;
  readonly findPerson: FindPerson;
  readonly stopById: StopById;
  readonly noteConsentWithdrawn: NoteConsentWithdrawn;
  readonly clock: Clock;
  readonly journal: Journal;
}): WithdrawConsent {
  const { store, findPerson, stopById, noteConsentWithdrawn, clock, journal } = deps;

  return async (person, at) => {
    const found = await inParts(await findPerson(person), (id) => loadIfReadable(store, journal, id));
    const records = found.filter((record): record is RecoveryRecord => record !== null);
    // The body may hold nothing but an id; whose contacts those are, the recoveries know.
    const contacts = new Set([...contactsOfNamed(person), ...accountOf(person), ...records.flatMap(personOf)]);
    // In this order: a checkout that comes in between meets one or the other.
    await noteConsentWithdrawn([...contacts], at ?? clock.now());
    await inParts(records.filter(carriesConsent), ({ id }) => stopById(id, 'opted_out', null, 'shopify'));
  };
}

function accountOf({ customerId }: NamedPerson): string[] {
  return customerId === null ? [] : [accountContact(customerId)];
}
