/** Every state and every kind of event: where it leads. What it leaves on the record is told in the files beside this one. */
import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../../src/domain/duration.ts';
import { RECOVERY_STATES, type RecoveryRecord, type RecoveryState } from '../../../../src/domain/recovery.ts';
import type { OperatorAction, RecoveryEvent, RingConsequence } from '../../../../src/domain/transition/event.ts';
import type { DialResult } from '../../../../src/domain/voice-calls.ts';
import { aCallEvent, CALL_ID, told } from '../../../support/a-call-event.ts';
import { aFullerCart, ELEVEN_IN_BENGALURU } from '../../../support/a-record.ts';
import { aDialledRecord, moved } from '../../../support/moved.ts';

const NOW = ELEVEN_IN_BENGALURU;
const ATTEMPT = aDialledRecord().attemptId as string;

const ring = (consequence: RingConsequence): RecoveryEvent => ({ kind: 'ring', consequence });
const dialled = (result: DialResult): RecoveryEvent => ({
  kind: 'dial_result',
  attemptId: ATTEMPT,
  result,
  backoffMs: 2_500,
});
const operator = (action: OperatorAction): RecoveryEvent => ({ kind: 'operator', action });
const order = { at: NOW, name: '#1001', total: '1955.00', currency: 'INR', match: 'checkout' } as const;
const now = { dialingMs: 0, waitingMs: 0, unknownMs: 0, calledMs: 0 };

/** In a state that is not named the event changes nothing; `noted`: the state stays, and the record says something new. */
type Row = readonly [
  what: string,
  event: RecoveryEvent,
  leads: Partial<Record<RecoveryState, RecoveryState | 'noted'>>,
];

const onlyScheduled = (to: RecoveryState | 'noted') => ({ scheduled: to });
const whileDialled = (to: RecoveryState) => ({ dialing: to, unknown: to });
const open = { waiting: 'cancelled', scheduled: 'cancelled', skipped: 'cancelled' } as const;
const live = { dialing: 'noted', unknown: 'noted', called: 'noted' } as const;
const over = { ended: 'noted', cancelled: 'noted', rejected: 'noted' } as const;
const everywhere = Object.fromEntries(RECOVERY_STATES.map((state) => [state, 'noted'] as const));

const table: readonly Row[] = [
  ['an order', { kind: 'stop', reason: 'ordered', order }, { ...open, ...live, ...over }],
  ['a deletion', { kind: 'stop', reason: 'checkout_deleted', order: null }, { ...open, ...live }],
  ['an operator who cancels', { kind: 'stop', reason: 'operator', order: null }, { ...open, ...live }],
  ['an opt-out', { kind: 'stop', reason: 'opted_out', order: null }, { ...open, ...live }],

  ['a ring that dials', ring({ kind: 'dial' }), onlyScheduled('dialing')],
  ['a ring that comes early', ring({ kind: 'snooze', until: NOW + HOUR, reason: 'not_due' }), onlyScheduled('noted')],
  ['a ring at night', ring({ kind: 'snooze', until: NOW + HOUR, reason: 'outside_hours' }), onlyScheduled('noted')],
  ['a ring while the shop is silent', ring({ kind: 'wait_for_shop', until: NOW + HOUR }), onlyScheduled('noted')],
  ['a ring that holds out', ring({ kind: 'hold_out' }), onlyScheduled('skipped')],
  [
    'a ring that skips',
    ring({ kind: 'skip', reason: 'out_of_stock', rule: 'a rule@2026-11' }),
    onlyScheduled('skipped'),
  ],
  [
    'a ring that prepares a discount',
    ring({ kind: 'prepare_discount', discount: { code: 'TEA', state: 'fixed', shopId: null, endsAt: null } }),
    onlyScheduled('noted'),
  ],
  [
    'a ring while our clock is wrong',
    ring({ kind: 'hold', reason: 'clock_skew', until: null }),
    onlyScheduled('noted'),
  ],
  [
    'a ring while the vendor is in trouble',
    ring({ kind: 'hold', reason: 'vendor_in_trouble', until: NOW + HOUR }),
    onlyScheduled('noted'),
  ],
  [
    'a ring for somebody whom only the intents know',
    ring({ kind: 'dialled_before', attempt: 1, at: NOW }),
    onlyScheduled('unknown'),
  ],
  ['a ring that gives a dial up', ring({ kind: 'give_up_dial' }), { dialing: 'unknown' }],

  [
    'a dial that was placed',
    dialled({ kind: 'placed', callId: CALL_ID, vendorStatus: 'initiate' }),
    { ...everywhere, ...whileDialled('called'), waiting: 'called', scheduled: 'called', skipped: 'called' },
  ],
  [
    'a dial that sent nothing',
    dialled({ kind: 'not_placed', cause: 'econnrefused', retryAfterMs: null }),
    whileDialled('scheduled'),
  ],
  [
    'a dial that was throttled',
    dialled({ kind: 'not_placed', cause: 'throttled', retryAfterMs: null }),
    whileDialled('scheduled'),
  ],
  ['a dial that was barred', dialled({ kind: 'barred', status: 402 }), whileDialled('scheduled')],
  [
    'a dial that was refused',
    dialled({ kind: 'refused', status: 422, message: 'no such assistant' }),
    whileDialled('rejected'),
  ],
  ['a dial of unknown fate', dialled({ kind: 'unknown', cause: 'timeout' }), { dialing: 'unknown', unknown: 'noted' }],

  [
    'a call event',
    { kind: 'call_event', event: told('in-progress') },
    { waiting: 'called', scheduled: 'called', skipped: 'called', ...whileDialled('called'), called: 'noted', ...over },
  ],
  [
    'the final call event',
    {
      kind: 'call_event',
      event: aCallEvent({ type: 'call.lifecycle-ended', final: true, finalStatus: 'completed' }),
    },
    { waiting: 'ended', scheduled: 'ended', skipped: 'ended', ...whileDialled('ended'), called: 'ended', ...over },
  ],
  ['another cart', { kind: 'cart_changed', checkout: aFullerCart() }, { called: 'noted' }],
  [
    'a deadline that is over',
    { kind: 'deadline', limits: now },
    { dialing: 'unknown', waiting: 'skipped', unknown: 'cancelled', called: 'ended' },
  ],

  ['an operator who wants the call now', operator({ kind: 'call_now' }), onlyScheduled('noted')],
  [
    'an operator who knows it was placed',
    operator({ kind: 'settle', placed: true, callId: CALL_ID }),
    { unknown: 'called' },
  ],
  ['an operator who knows it was not', operator({ kind: 'settle', placed: false }), { unknown: 'cancelled' }],
  ['an operator who retries an errand that did not fail', operator({ kind: 'retry_errand', key: 'abort' }), {}],
];

/** Dialled once, so that everything may come; the order of the table is another one's. */
const known = (state: RecoveryState): RecoveryRecord => aDialledRecord({ state, reason: 'before' });

describe.each(table)('%s', (_what, event, leads) => {
  it.each(RECOVERY_STATES)('for a recovery that is %s', (state) => {
    const record = known(state);
    const { next, patch, entry } = moved(record, event);
    const expected = leads[state];
    if (expected === undefined) {
      expect({ next, patch, entry }).toEqual({ next: record, patch: null, entry: null });
    } else {
      expect(next.state).toBe(expected === 'noted' ? state : expected);
      expect(Object.keys(patch ?? {})).not.toEqual([]);
      expect({ ...record, ...patch }).toEqual(next);
    }
  });
});

describe('a recovery that was never dialled', () => {
  it.each(RECOVERY_STATES)('and is %s has no calls that an event could be of', (state) => {
    const record = { ...known(state), attempts: 0 };
    for (const event of [told('in-progress'), aCallEvent({ final: true })]) {
      expect(moved(record, { kind: 'call_event', event })).toEqual({
        next: record,
        patch: null,
        entry: null,
        lookups: [],
        signs: [],
      });
    }
  });
});
