/** An explanation as it is printed: what it says, and what of a record it leaves out. */
import { describe, expect, it } from 'vitest';
import { explanationInText } from '../../../src/cli/explanation-in-text.ts';
import { EMPTY_RECORD, type RecoveryRecord, type TimelineEntry } from '../../../src/domain/recovery.ts';

const AT = Date.UTC(2026, 10, 3, 12);
const ID = 'fenwick-lantern.00000000000000000000000000';

const textOf = (record: Partial<RecoveryRecord>, timeline: TimelineEntry[] = [], sentences: string[] = []) =>
  explanationInText({ record: { ...EMPTY_RECORD, id: ID, ...record }, timeline }, [], sentences);

describe('an explanation in text', () => {
  it('begins with the state, its reason and the time of the call to come', () => {
    const text = textOf({ state: 'scheduled', reason: 'outside_hours', dueAt: AT });
    expect(text.split('\n')[0]).toBe(`${ID}: scheduled (outside_hours), due 2026-11-03T12:00:00.000Z`);
  });

  it('says of a call which one it was and on what consent', () => {
    const attemptConsent = { source: 'attribute:calls', value: 'yes', at: AT, version: '2026-11' };
    const text = textOf({ state: 'called', attempts: 1, callId: '77aa', attemptConsent, dueAt: AT });
    expect(text.split('\n').slice(0, 3)).toEqual([
      `${ID}: called`,
      '  1 attempt, call 77aa',
      '  dialled on attribute:calls = yes, seen 2026-11-03T12:00:00.000Z [2026-11]',
    ]);
  });

  it('says on top what stands above all gates', () => {
    const recovery = { record: { ...EMPTY_RECORD, id: ID, state: 'ended' as const }, timeline: [] };
    const lines = explanationInText(recovery, ['Dialling is paused.', 'It is over.'], []).split('\n');
    expect(lines.slice(2, 5)).toEqual(['  Dialling is paused.', '  It is over.', '']);
  });

  it('tells what happened line by line, with the rule and how often', () => {
    const text = textOf({}, [
      { at: AT, event: 'checkout_received', state: 'waiting', reason: 'no_phone', rule: 'payload@2026-11' },
      { at: AT, event: 'checkout_nothing_new', times: 3, lastAt: AT + 1_000 },
      { at: AT, event: 'dial_placed', state: 'called', detail: '77aa' },
    ]);
    expect(text).toContain('2026-11-03T12:00:00.000Z  checkout_received  waiting (no_phone)  [payload@2026-11]');
    expect(text).toContain('checkout_nothing_new  3 times, last 2026-11-03T12:00:01.000Z');
    expect(text).toContain('dial_placed  called  77aa');
  });

  it('ends with the sentences of the gates, or with why there are none', () => {
    expect(textOf({}, [], ['shop passed: calls are on [CALLS@2026-11]'])).toMatch(
      /would say now\n {2}shop passed: calls are on/,
    );
    expect(textOf({})).toContain('nothing: there is no checkout to decide on');
  });

  it('leaves out the number and everything else that is personal', () => {
    const personal = { phone: '+14155550142', payload: { name: 'Odile' } as never, vendorMessage: 'Odile is away' };
    expect(textOf({ ...personal, checkoutToken: 'a-token' })).not.toMatch(/4155550142|Odile|a-token/);
  });
});
