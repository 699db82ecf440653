/** Stops: a purchase, a deleted checkout or an operator ends a recovery that has not been dialled. */
import type { Alarms, Clock, Journal, Lookup, RecoveryStore } from '../domain/ports.ts';
import { type CancelReason, OPEN_STATES, type RecoveryRecord, type RecoveryState } from '../domain/recovery.ts';
import { recoveryIdOf } from '../domain/recovery-id.ts';
import { changeRecord, type Verdict } from './change-record.ts';

/** What is known of an order, to be kept on the record. */
export type StopFacts = Partial<Pick<RecoveryRecord, 'orderedAt' | 'orderName'>>;

/**
 * Stops the recovery of one checkout. An order may arrive before its checkout does, and the checkout's own webhooks may
 * come late: so a purchase is recorded even where no recovery is known, and a later webhook finds it done.
 *
 * @returns the state the recovery is in afterwards; one that was dialled before keeps its state and only learns the facts.
 */
export type StopRecovery = (
  checkout: { readonly shop: string; readonly token: string },
  reason: CancelReason,
  facts?: StopFacts,
) => Promise<RecoveryState>;

/**
 * Stops every recovery of the shop that carries the value (a cart, a checkout id), and those that are yet to come with it:
 * a delivery that was refused once comes again late, after what it belongs before.
 */
export type StopByLookup = (shop: string, lookup: Lookup, reason: CancelReason, facts?: StopFacts) => Promise<void>;

interface Deps {
  readonly store: RecoveryStore;
  readonly alarms: Alarms;
  readonly clock: Clock;
  readonly journal: Journal;
}

export function stopRecovery(deps: Deps): StopRecovery {
  return async ({ shop, token }, reason, facts = {}) => {
    const birth = reason === 'operator' ? null : { shop, checkoutToken: token };
    return stopOne(deps, recoveryIdOf(shop, token), shop, reason, facts, birth);
  };
}

export function stopByLookup(deps: Deps): StopByLookup {
  return async (shop, lookup, reason, facts = {}) => {
    // In this order: a checkout that comes in between meets one or the other.
    await deps.store.stopAhead(shop, lookup, reason);
    for (const id of await deps.store.find(shop, lookup)) await stopOne(deps, id, shop, reason, facts, null);
  };
}

async function stopOne(
  { store, alarms, clock, journal }: Deps,
  id: string,
  shop: string,
  reason: CancelReason,
  facts: StopFacts,
  birth: Partial<RecoveryRecord> | null,
): Promise<RecoveryState> {
  const at = clock.now();
  const { record, state } = await changeRecord(store, id, at, (found) => verdictOn(found, reason, facts, at), birth);
  if (!record) return state;
  if (state === 'cancelled' && record.alarm !== null) await alarms.remove(id, record.alarm);
  journal.decided({ recoveryId: id, shop, trigger: 'stop', state, reason });
  return state;
}

/** A call may be on its way, or running. */
const LIVE_STATES: ReadonlySet<RecoveryState> = new Set(['dialing', 'unknown', 'called']);

interface Stopped {
  /** As it was before the stop; null when there was nothing to stop. */
  readonly record: RecoveryRecord | null;
  readonly state: RecoveryState;
}

function verdictOn(
  record: RecoveryRecord | null,
  reason: CancelReason,
  facts: StopFacts,
  at: number,
): Verdict<Stopped> {
  if (!record) return { answer: { record: null, state: 'cancelled' } };
  const lookups = facts.orderName ? [{ kind: 'order', value: facts.orderName } as const] : [];
  const entry = { at, event: eventOf(reason), ...(facts.orderName ? { detail: facts.orderName } : {}) };
  const news = newFacts(record, facts);
  if (OPEN_STATES.has(record.state)) {
    const patch = { ...news, state: 'cancelled', reason, dueAt: null } as const;
    return {
      answer: { record, state: 'cancelled' },
      change: { patch, entry: { ...entry, state: 'cancelled', reason }, lookups },
    };
  }
  // Dialled, or over: the stop is a fact on the record, and the same stop again is no news.
  const patch = record.stopReason === null && LIVE_STATES.has(record.state) ? { ...news, stopReason: reason } : news;
  if (Object.keys(patch).length === 0) return { answer: { record, state: record.state } };
  return { answer: { record, state: record.state }, change: { patch, entry, lookups } };
}

/** Only what the record does not say yet; a purchase, once known, is never taken back. */
function newFacts(record: RecoveryRecord, facts: StopFacts): StopFacts {
  const news: Record<string, unknown> = {};
  if (typeof facts.orderedAt === 'number' && record.orderedAt === null) news.orderedAt = facts.orderedAt;
  if (facts.orderName && record.orderName === null) news.orderName = facts.orderName;
  return news as StopFacts;
}

function eventOf(reason: CancelReason): string {
  return reason === 'operator' ? 'operator_cancelled' : reason;
}
