/** What an operator may do to a recovery. Everything goes through the same record and the same gate as the machine's own steps. */

import type { Journal } from '../domain/journal.ts';
import type { Alarms, Clock, RecoveryStore } from '../domain/ports.ts';
import { OPEN_STATES, type RecoveryState } from '../domain/recovery.ts';
import type { OperatorAction } from '../domain/transition/event.ts';
import { LIVE_STATES } from '../domain/transition/stop.ts';
import { arm } from './arm.ts';
import type { Move } from './move.ts';
import type { StopById } from './stop-recovery.ts';

/** `refused`: the state the recovery is in does not allow the action. */
export type Operated =
  | { readonly kind: 'done'; readonly state: RecoveryState }
  | { readonly kind: 'refused'; readonly state: RecoveryState }
  | { readonly kind: 'not_found' };

export interface Operate {
  /** Ends a recovery that has not been dialled; one that has been keeps its state, and its call is aborted as soon as that can be. */
  cancel(id: string): Promise<Operated>;
  /** Drops the delay of a scheduled recovery. The ring decides as always: age, hours and stops still count. */
  callNow(id: string): Promise<Operated>;
  /** Ends the doubt about an `unknown` dial, with what the operator learned from the vendor. It is never dialled again. */
  settle(id: string, finding: { placed: true; callId: string | null } | { placed: false }): Promise<Operated>;
  /** Tries a failed errand again. */
  retryErrand(id: string, key: string): Promise<Operated>;
}

export function operate(deps: {
  readonly store: RecoveryStore;
  readonly alarms: Alarms;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly move: Move;
  readonly stop: StopById;
}): Operate {
  const { store, alarms, clock, journal, move, stop } = deps;

  return {
    async cancel(id) {
      const record = (await store.load(id))?.record;
      if (!record) return { kind: 'not_found' };
      const { state: before } = record;
      if (before === 'cancelled') return { kind: 'done', state: before };
      if (!OPEN_STATES.has(before) && !LIVE_STATES.has(before)) return { kind: 'refused', state: before };
      const state = await stop(id, 'operator');
      if (state === null) return { kind: 'not_found' };
      return { kind: state === 'cancelled' || LIVE_STATES.has(state) ? 'done' : 'refused', state };
    },

    async callNow(id) {
      const operated = await act(id, { kind: 'call_now' });
      const record = operated.kind === 'done' ? (await store.load(id))?.record : null;
      if (record?.dueAt) {
        const label = `${record.shop} ${record.cartValue ?? ''}`.trim();
        await arm(store, alarms, { id, dueAt: record.dueAt, alarm: await store.alarmOf(id), label });
      }
      return operated;
    },

    settle: (id, finding) => act(id, { kind: 'settle', ...finding }),

    retryErrand: (id, key) => act(id, { kind: 'retry_errand', key }),
  };

  async function act(id: string, action: OperatorAction): Promise<Operated> {
    const moved = await move(id, { kind: 'operator', action }, clock.now());
    if (!moved) return { kind: 'not_found' };
    const { shop, state } = moved.after;
    if (!moved.changed) return { kind: 'refused', state };
    journal.decided({ recoveryId: id, shop, trigger: 'operator', state, reason: null });
    return { kind: 'done', state };
  }
}
