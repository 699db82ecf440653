/** Parking: a signed body that nobody can read yet is kept whole, an operator is told which field, and nobody which value. */

import type { Journal } from '../domain/journal.ts';
import type { ParkedDelivery, ParkedStore } from '../domain/parked.ts';
import type { Clock } from '../domain/ports.ts';

/** Somebody waits for what these ask for, and the law says for how long. */
const REQUESTS: ReadonlySet<string> = new Set(['customers/redact', 'shop/redact', 'customers/data_request']);

export type Park = (delivery: Omit<ParkedDelivery, 'id' | 'receivedAt'>) => Promise<void>;

/** @returns a function that resolves when the body is stored. @throws {StoreUnavailableError} */
export function parkIn(deps: {
  readonly shop: string;
  readonly parked: ParkedStore;
  readonly clock: Clock;
  readonly journal: Journal;
}): Park {
  const { shop, parked, clock, journal } = deps;
  return async (delivery) => {
    const { topic, apiVersion, field } = delivery;
    const { id, dropped } = await parked.park(shop, { ...delivery, receivedAt: clock.now() });
    journal.alarm('delivery_parked', { parkedId: id, topic, apiVersion, field });
    if (REQUESTS.has(topic)) journal.alarm('request_unreadable', { parkedId: id, topic, field });
    if (dropped > 0) journal.alarm('parked_dropped', { dropped });
  };
}
