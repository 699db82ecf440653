/** All recoveries of somebody: found by the customer's id, by contact, and by the orders that are named beside. */
import { lookupsOfNamed } from '../../domain/named-person.ts';
import type { RecoveryStore } from '../../domain/ports.ts';
import type { FindPerson } from './parts.ts';

/** A customer of many years has as many orders. */
const AT_ONCE = 500;

export function findPerson(store: RecoveryStore, shop: string): FindPerson {
  return async (person) => {
    const lookups = lookupsOfNamed(person);
    const ids = new Set<string>();
    for (let i = 0; i < lookups.length; i += AT_ONCE) {
      const found = await Promise.all(lookups.slice(i, i + AT_ONCE).map((lookup) => store.find(shop, lookup)));
      for (const id of found.flat()) ids.add(id);
    }
    return [...ids];
  };
}
