/** All recoveries of somebody: found by the customer's id, by contact, and by the orders that are named beside. */
import { personKeyOf } from '../../domain/e164.ts';
import { contactsOfNamed, lookupsOfNamed, sureContactsOfNamed } from '../../domain/named-person.ts';
import { personOf } from '../../domain/person.ts';
import type { Lookup, RecoveryStore } from '../../domain/ports.ts';
import { StoreUnavailableError } from '../../errors.ts';
import { inParts } from './in-parts.ts';
import type { FindPerson, FindPersonSurely } from './parts.ts';

/** A customer of many years has as many orders. */
const AT_ONCE = 500;

/** For forgetting and for not calling: better one stranger with them than the person left out. */
export function findPerson(store: RecoveryStore, shop: string): FindPerson {
  return async (person) => [...(await idsBy(store, shop, lookupsOfNamed(person)))];
}

/**
 * For telling: what a stranger ordered is nobody else's to read. A number without its country code counts only as what a recovery says
 * that was found by the customer's id, an order, the e-mail address.
 */
export function findPersonSurely(store: RecoveryStore, shop: string): FindPersonSurely {
  return async (person) => {
    const sure = sureContactsOfNamed(person);
    const ids = await idsBy(store, shop, lookupsOfNamed(person, sure));
    const possible = contactsOfNamed(person).filter((contact) => !sure.includes(contact));
    if (possible.length === 0) return { recoveries: [...ids], contacts: sure };
    const told = new Set((await inParts([...ids], contactsOn)).flat().map(personKeyOf));
    const confirmed = possible.filter((contact) => told.has(personKeyOf(contact)));
    const more = await idsBy(
      store,
      shop,
      confirmed.map((value) => ({ kind: 'contact', value })),
    );
    return { recoveries: [...new Set([...ids, ...more])], contacts: [...sure, ...confirmed] };
  };

  /** One that cannot be read confirms nothing. */
  async function contactsOn(id: string): Promise<string[]> {
    try {
      const record = (await store.load(id))?.record;
      return record ? personOf(record) : [];
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      return [];
    }
  }
}

async function idsBy(store: RecoveryStore, shop: string, lookups: readonly Lookup[]): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let i = 0; i < lookups.length; i += AT_ONCE) {
    const found = await Promise.all(lookups.slice(i, i + AT_ONCE).map((lookup) => store.find(shop, lookup)));
    for (const id of found.flat()) ids.add(id);
  }
  return ids;
}
