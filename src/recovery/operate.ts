/** What an operator may do to a recovery. Everything goes through the same record and the same gate as the machine's own steps. */
import type { Alarms, Clock, Journal, RecoveryStore } from '../domain/ports.ts';
import { OPEN_STATES, type RecoveryRecord, type RecoveryState } from '../domain/recovery.ts';
import { arm } from './arm.ts';
import { changeRecord, type Verdict } from './change-record.ts';
import type { StopRecovery } from './stop-recovery.ts';

/** `refused`: the state the recovery is in does not allow the action. */
export type Operated =
  | { readonly kind: 'done'; readonly state: RecoveryState }
  | { readonly kind: 'refused'; readonly state: RecoveryState }
  | { readonly kind: 'not_found' };

export interface Operate {
  /** Ends a recovery that has not been dialled. A call that is on its way is not taken back by this. */
  cancel(id: string): Promise<Operated>;
  /** Drops the delay of a scheduled recovery. The ring decides as always: age, hours and stops still count. */
  callNow(id: string): Promise<Operated>;
  /** Ends the doubt about an `unknown` dial, with what the operator learned from the vendor. It is never dialled again. */
  settle(id: string, finding: { placed: true; callId: string | null } | { placed: false }): Promise<Operated>;
}

export function operate(deps: {
  readonly store: RecoveryStore;
  readonly alarms: Alarms;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly stop: StopRecovery;
}): Operate {
  const { store, alarms, clock, journal, stop } = deps;

  return {
    async cancel(id) {
      const record = (await store.load(id))?.record;
      if (!record) return { kind: 'not_found' };
      // A dial under way may still turn out not to have been placed; anything later is refused without a trace.
      const { state: before } = record;
      if (before === 'cancelled') return { kind: 'done', state: before };
      if (!OPEN_STATES.has(before) && before !== 'dialing') return { kind: 'refused', state: before };
      const state = await stop({ shop: record.shop, token: record.checkoutToken }, 'operator');
      return { kind: state === 'cancelled' ? 'done' : 'refused', state };
    },

    async callNow(id) {
      const at = clock.now();
      const operated = await change(id, at, (record) =>
        record.state === 'scheduled' ? { patch: { dueAt: at, reason: 'operator' }, event: 'operator_call_now' } : null,
      );
      const record = operated.kind === 'done' ? (await store.load(id))?.record : null;
      if (record) {
        const label = `${record.shop} ${record.cartValue ?? ''}`.trim();
        await arm(store, alarms, { id, dueAt: at, alarm: await store.alarmOf(id), label });
      }
      return operated;
    },

    settle: (id, finding) =>
      change(id, clock.now(), (record) => {
        if (record.state !== 'unknown') return null;
        if (!finding.placed) {
          return { patch: { state: 'cancelled', reason: 'operator_not_placed' }, event: 'operator_settled' };
        }
        const callId = record.callId ?? finding.callId;
        const calledAt = record.calledAt ?? clock.now();
        const patch = { state: 'called', reason: 'operator_placed', callId, calledAt } as const;
        return { patch, event: 'operator_settled' };
      }),
  };

  async function change(
    id: string,
    at: number,
    decide: (record: RecoveryRecord) => { patch: Partial<RecoveryRecord>; event: string } | null,
  ): Promise<Operated> {
    const operated = await changeRecord(store, id, at, (record): Verdict<Operated> => {
      if (!record) return { answer: { kind: 'not_found' } };
      const decided = decide(record);
      if (!decided) return { answer: { kind: 'refused', state: record.state } };
      const { patch, event } = decided;
      const { state, reason, callId } = { ...record, ...patch };
      const lookups = patch.callId ? [{ kind: 'call', value: patch.callId } as const] : [];
      const detail = patch.callId ? { detail: callId ?? '' } : {};
      return {
        answer: { kind: 'done', state },
        change: { patch, entry: { at, event, state, ...(reason ? { reason } : {}), ...detail }, lookups },
      };
    });
    if (operated.kind === 'done') {
      const shop = (await store.load(id))?.record.shop ?? '';
      journal.decided({ recoveryId: id, shop, trigger: 'operator', state: operated.state, reason: null });
    }
    return operated;
  }
}
