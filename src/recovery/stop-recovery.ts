/** Stops: a purchase, a deleted checkout, an opt-out or an operator ends a recovery, and has its call aborted when it is out already. */

import type { Journal } from '../domain/journal.ts';
import type { Alarms, Clock, Lookup, RecoveryStore } from '../domain/ports.ts';
import type { CancelReason, RecoveryRecord, RecoveryState } from '../domain/recovery.ts';
import { recoveryIdOf } from '../domain/recovery-id.ts';
import type { SuppressionSource } from '../domain/suppression.ts';
import type { OrderFacts } from '../domain/transition/event.ts';
import type { Move } from './move.ts';

/**
 * Stops the recovery of one checkout. An order may arrive before its checkout does, and the checkout's own webhooks may
 * come late: so a purchase is recorded even where no recovery is known, and a later webhook finds it done.
 *
 * @returns the state the recovery is in afterwards; one that was dialled before keeps its state until the abort has its effect.
 */
export type StopRecovery = (
  checkout: { readonly shop: string; readonly token: string },
  reason: CancelReason,
  order?: OrderFacts | null,
) => Promise<RecoveryState>;

/** Stops the recovery with this id, if there is one. @returns its state afterwards; null: there is none. */
export type StopById = (
  id: string,
  reason: CancelReason,
  order?: OrderFacts | null,
  by?: SuppressionSource,
) => Promise<RecoveryState | null>;

/**
 * Stops every recovery of the shop that carries the value (a cart, a checkout id), and those that are yet to come with it:
 * a delivery that was refused once comes again late, after what it belongs before.
 */
export type StopByLookup = (
  shop: string,
  lookup: Lookup,
  reason: CancelReason,
  order?: OrderFacts | null,
) => Promise<void>;

interface Deps {
  readonly store: RecoveryStore;
  readonly alarms: Alarms;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly move: Move;
}

export function stopRecovery(deps: Deps): StopRecovery {
  return async ({ shop, token }, reason, order = null) => {
    const birth = reason === 'operator' ? null : { shop, checkoutToken: token };
    return (await stopOne(deps, recoveryIdOf(shop, token), reason, order, birth)) ?? 'cancelled';
  };
}

export function stopById(deps: Deps): StopById {
  return (id, reason, order = null, by) => stopOne(deps, id, reason, order, null, by);
}

export function stopByLookup(deps: Deps): StopByLookup {
  return async (shop, lookup, reason, order = null) => {
    // In this order: a checkout that comes in between meets one or the other.
    await deps.store.stopAhead(shop, lookup, reason);
    for (const id of await deps.store.find(shop, lookup)) await stopOne(deps, id, reason, order, null);
  };
}

async function stopOne(
  { alarms, clock, journal, move }: Deps,
  id: string,
  reason: CancelReason,
  order: OrderFacts | null,
  birth: Partial<RecoveryRecord> | null,
  by?: SuppressionSource,
): Promise<RecoveryState | null> {
  const moved = await move(id, { kind: 'stop', reason, order, ...(by ? { by } : {}) }, clock.now(), birth);
  if (!moved) return null;
  const { before, after } = moved;
  if (after.state === 'cancelled' && before.alarm !== null) await alarms.remove(id, before.alarm);
  journal.decided({ recoveryId: id, shop: after.shop, trigger: 'stop', state: after.state, reason });
  return after.state;
}
