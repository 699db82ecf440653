/** An order stops what it settles: the checkout it came from, and what else the same person had left open. */

import type { People } from '../domain/people.ts';
import { contactsOf } from '../domain/person.ts';
import type { Clock, RecoveryStore } from '../domain/ports.ts';
import type { RecoveryRecord } from '../domain/recovery.ts';
import { recoveryIdOf } from '../domain/recovery-id.ts';
import type { ShopOrder } from '../domain/shop-admin.ts';
import type { OrderFacts } from '../domain/transition/event.ts';
import type { StopById, StopByLookup, StopRecovery } from './stop-recovery.ts';

/** Never a token in its place: the name is shown to operators, and whoever holds a token can open the shopper's checkout. */
export const NAMELESS = '';

/** @returns how many recoveries it stopped or was noted on, beside word left for those to come. */
export type RecordOrder = (order: ShopOrder) => Promise<number>;

export function recordOrder(deps: {
  readonly store: RecoveryStore;
  readonly people: People;
  readonly shop: string;
  readonly clock: Clock;
  readonly stop: StopRecovery;
  readonly stopById: StopById;
  readonly stopByLookup: StopByLookup;
  /** A person's recoveries that were last active longer before the order have nothing to do with it. Milliseconds. */
  readonly matchWindowMs: number;
}): RecordOrder {
  const { store, people, shop, clock, stop, stopById, stopByLookup, matchWindowMs } = deps;

  return async (order) => {
    const at = order.createdAt ?? clock.now();
    const { id, name, total, currency, checkoutToken, cartToken, checkoutId } = order;
    const facts = { at, id, name, total, currency, match: 'checkout' } as const;
    const person = contactsOf(order);
    // Remembered first: a checkout of theirs whose webhook is still to come is asked about at its ring.
    await people.note(shop, person, 'order', name ?? NAMELESS, at);
    const settled = await settledBy(order);
    if (checkoutToken !== null) await stop({ shop, token: checkoutToken }, 'ordered', facts);
    if (cartToken !== null) await stopByLookup(shop, { kind: 'cart', value: cartToken }, 'ordered', facts);
    if (checkoutId !== null) await stopByLookup(shop, { kind: 'checkout', value: checkoutId }, 'ordered', facts);
    return settled.size + (await stopOthersOf(person, settled, { ...facts, match: 'person' }));
  };

  async function settledBy({ checkoutToken, cartToken, checkoutId }: ShopOrder): Promise<Set<string>> {
    const ids = new Set<string>(checkoutToken === null ? [] : [recoveryIdOf(shop, checkoutToken)]);
    if (cartToken !== null) for (const id of await store.find(shop, { kind: 'cart', value: cartToken })) ids.add(id);
    if (checkoutId !== null) {
      for (const id of await store.find(shop, { kind: 'checkout', value: checkoutId })) ids.add(id);
    }
    return ids;
  }

  async function stopOthersOf(person: readonly string[], settled: ReadonlySet<string>, order: OrderFacts) {
    const ids = new Set<string>();
    for (const contact of person) {
      for (const id of await store.find(shop, { kind: 'contact', value: contact })) ids.add(id);
    }
    let stopped = 0;
    for (const id of ids) {
      if (settled.has(id)) continue;
      const record = (await store.load(id))?.record;
      if (!record || !isSettledToo(record, order.at)) continue;
      await stopById(id, 'ordered', order);
      stopped++;
    }
    return stopped;
  }

  /** Left before the order, and not long before. What the person began after it is a new abandonment. */
  function isSettledToo(record: RecoveryRecord, orderedAt: number): boolean {
    const left = record.lastActivityAt ?? record.createdAt;
    return left <= orderedAt && left >= orderedAt - matchWindowMs;
  }
}
