/** What a ring leaves on a record that is scheduled. */
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../../src/domain/duration.ts';
import type { RecoveryDiscount } from '../../../../src/domain/recovery.ts';
import type { RecoveryEvent, RingConsequence } from '../../../../src/domain/transition/event.ts';
import { aCallEvent } from '../../../support/a-call-event.ts';
import { aHeldCheckout, aRecord, ELEVEN_IN_BENGALURU } from '../../../support/a-record.ts';
import { anErrand } from '../../../support/an-errand.ts';
import { aDialledRecord, moved } from '../../../support/moved.ts';

const NOW = ELEVEN_IN_BENGALURU;
const due = aRecord({ reason: 'outside_hours', alarm: 2, alarmAt: NOW });
const ring = (consequence: RingConsequence): RecoveryEvent => ({ kind: 'ring', consequence });
const minted: RecoveryDiscount = {
  code: 'RBTESTCODE',
  state: 'minted',
  shopId: 'gid://shopify/DiscountCodeNode/7',
  endsAt: NOW + DAY,
};
const takenBack = (dueAt: number) => ({ discount_delete: anErrand({ kind: 'discount_delete', dueAt }) });

describe('a ring that dials', () => {
  it('writes the intent, with an attempt id of its own, and draws the arm', () => {
    const { next, entry } = moved(due, ring({ kind: 'dial' }));
    const written = {
      state: 'dialing',
      reason: null,
      attempts: 1,
      attemptId: `${due.id}.1`,
      // What stands for the consent to this very call.
      attemptConsent: { source: 'not_asked', value: 'none', version: '2026-11', at: due.lastActivityAt },
      dialingAt: NOW,
      arm: 'call',
      armAt: NOW,
    };
    expect(next).toEqual({ ...due, ...written });
    expect(entry).toEqual({ at: NOW, event: 'dial_begun', state: 'dialing', detail: `${due.id}.1` });
  });

  it('a second time has another attempt id, and the arm of the first', () => {
    const again = { ...due, attempts: 1, attemptId: `${due.id}.1`, arm: 'call', armAt: NOW - HOUR } as const;
    expect(moved(again, ring({ kind: 'dial' })).next).toMatchObject({
      attempts: 2,
      attemptId: `${due.id}.2`,
      dialingAt: NOW,
      armAt: NOW - HOUR,
    });
  });

  it('forgets what an earlier dial held back', () => {
    expect(moved({ ...due, held: aHeldCheckout() }, ring({ kind: 'dial' })).next.held).toBeNull();
  });

  it('keeps the code that an earlier skip was about to take back: it is offered now', () => {
    const skipped = { ...due, discount: minted, errands: takenBack(NOW + HOUR) };
    const { next } = moved(skipped, ring({ kind: 'dial' }));
    expect(next.errands).toEqual({});
    const over = aCallEvent({ type: 'call.lifecycle-ended', final: true, finalStatus: 'completed' });
    expect(moved(next, { kind: 'call_event', event: over }).next.errands).toEqual(takenBack(minted.endsAt ?? 0));
  });
});

describe('a ring that does not dial', () => {
  it('holds out: skipped for good, and the arm is drawn', () => {
    const { next, entry } = moved(due, ring({ kind: 'hold_out' }));
    const over = { state: 'skipped', reason: 'holdout', dueAt: null, alarm: null, alarmAt: null };
    expect(next).toEqual({ ...due, ...over, arm: 'holdout', armAt: NOW });
    expect(entry).toEqual({
      at: NOW,
      event: 'ring',
      state: 'skipped',
      reason: 'holdout',
      rule: 'HOLDOUT_PERCENT@2026-11',
    });
  });

  it.each(['too_old', 'dry_run', 'out_of_stock', 'duplicate_checkout'] as const)(
    'skips: %s, and no arm is drawn',
    (reason) => {
      const { next } = moved(due, ring({ kind: 'skip', reason, rule: 'a rule@2026-11' }));
      expect(next).toEqual({ ...due, state: 'skipped', reason, dueAt: null, alarm: null, alarmAt: null });
    },
  );

  it('says by which rule it skips or is put off, and what was seen', () => {
    const told = { rule: 'a rule@2026-11', seen: 'day, until tomorrow' };
    const skipped = moved(due, ring({ kind: 'skip', reason: 'frequency_cap', ...told })).entry;
    expect(skipped).toEqual({
      ...{ at: NOW, event: 'ring', state: 'skipped', reason: 'frequency_cap' },
      ...{ rule: 'a rule@2026-11', detail: 'day, until tomorrow' },
    });
    const putOff = moved(due, ring({ kind: 'snooze', until: NOW + HOUR, reason: 'outside_hours', ...told })).entry;
    expect(putOff?.detail).toBe(`until ${new Date(NOW + HOUR).toISOString()}, day, until tomorrow`);
  });

  it.each(['hold_out', 'skip'] as const)('and has a code takes it back in an hour: %s', (kind) => {
    const event = ring(kind === 'skip' ? { kind, reason: 'out_of_stock', rule: 'a rule@2026-11' } : { kind });
    expect(moved({ ...due, discount: minted }, event).next.errands).toEqual(takenBack(NOW + HOUR));
    expect(moved({ ...due, discount: { ...minted, state: 'fixed' } }, event).next.errands).toEqual({});
  });

  it('and comes early only moves its alarm, and tells of nothing', () => {
    const { next, entry } = moved(due, ring({ kind: 'snooze', until: NOW + HOUR, reason: 'not_due' }));
    expect(next).toEqual({ ...due, alarmAt: NOW + HOUR });
    expect(entry).toBeNull();
  });

  it.each([
    ['at night', { kind: 'snooze', until: NOW + HOUR, reason: 'outside_hours', rule: 'IN' }, 'outside_hours', 'IN'],
    ['while the shop is silent', { kind: 'wait_for_shop', until: NOW + HOUR }, 'shop_silent', 'LAST_LOOK@2026-11'],
  ] as const)('%s is due later, and says why and by which rule', (_what, consequence, reason, rule) => {
    const { next, entry } = moved(due, ring(consequence));
    expect(next).toEqual({ ...due, dueAt: NOW + HOUR, alarmAt: NOW + HOUR, reason });
    const detail = 'until 2026-11-03T06:30:00.000Z';
    expect(entry).toEqual({ at: NOW, event: 'ring', state: 'scheduled', reason, rule, detail });
  });

  it.each(['minting', 'minted', 'fixed'] as const)('prepares a discount, and says how far it is: %s', (state) => {
    const discount = { ...minted, state };
    const { next, entry } = moved(due, ring({ kind: 'prepare_discount', discount }));
    expect(next).toEqual({ ...due, discount });
    expect(entry).toEqual({ at: NOW, event: `discount_${state}`, state: 'scheduled' });
  });

  it('and finds a dial that never came back gives it up', () => {
    const record = aDialledRecord();
    const { next, entry, signs } = moved(record, ring({ kind: 'give_up_dial' }));
    expect(signs).toEqual(['dial_interrupted']);
    expect(next).toEqual({ ...record, state: 'unknown', reason: 'dial_interrupted' });
    expect(entry).toEqual({ at: NOW, event: 'ring', state: 'unknown', reason: 'dial_interrupted' });
  });
});
