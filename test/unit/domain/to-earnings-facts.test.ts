/** What a record says it came to. */
import { describe, expect, it } from 'vitest';
import { EMPTY_KNOWLEDGE } from '../../../src/domain/call-knowledge.ts';
import type { RecoveryRecord } from '../../../src/domain/recovery.ts';
import { toEarningsFacts } from '../../../src/domain/to-earnings-facts.ts';
import { aCalledRecord } from '../../support/a-called-recovery.ts';
import { aRecord } from '../../support/a-record.ts';

const factsOf = (changes: Partial<RecoveryRecord>) => toEarningsFacts(aRecord(changes));

describe('the facts of a recovery', () => {
  it('are these of one that was called and ordered by another way', () => {
    expect(toEarningsFacts(aCalledRecord())).toEqual({
      day: '2026-11-03',
      state: 'ended',
      reason: null,
      callable: true,
      arm: 'call',
      called: true,
      answered: true,
      endedWithSuccess: true,
      order: { total: '1955.00', currency: 'INR', match: 'person', attributed: true },
      creditsUsed: 1.5,
    });
  });

  it('are these of one that only waits', () => {
    expect(factsOf({ state: 'waiting', reason: 'no_phone', payload: null, phone: null })).toEqual({
      day: '2026-11-03',
      state: 'waiting',
      reason: 'no_phone',
      callable: false,
      arm: null,
      called: false,
      answered: false,
      endedWithSuccess: false,
      order: null,
      creditsUsed: null,
    });
  });

  it.each<[string, Partial<RecoveryRecord>, boolean]>([
    ['has all that a call needs', {}, true],
    ['was dialled before a webhook took it away', { payload: null, attempts: 1 }, true],
    ['was drawn before a webhook took it away', { payload: null, arm: 'holdout' }, true],
    ['had it until the person was erased', { payload: null, hadPayload: true }, true],
    ['never had it', { payload: null }, false],
  ])('count it as callable: it %s', (_why, changes, callable) => {
    expect(factsOf(changes).callable).toBe(callable);
  });

  it.each<[Partial<RecoveryRecord>, boolean]>([
    [{ callId: 'ca11' }, true],
    [{ calledAt: 1 }, true],
    [{ attempts: 1, state: 'unknown' }, false],
    [{ state: 'rejected', attempts: 1 }, false],
  ])('count as called what the vendor accepted: %j', (changes, called) => {
    expect(factsOf(changes).called).toBe(called);
  });

  it.each([
    [0, 0],
    [2.5, 2.5],
    [-1, null],
    [null, null],
  ])('take credits of %j as %j', (creditsUsed, expected) => {
    expect(factsOf({ call: { ...EMPTY_KNOWLEDGE, creditsUsed } }).creditsUsed).toBe(expected);
  });

  it('take an order of the time before people were matched for one of the checkout', () => {
    expect(factsOf({ orderedAt: 1, orderName: '#1' }).order).toEqual({
      total: null,
      currency: null,
      match: 'checkout',
      attributed: false,
    });
  });

  it.each([
    [Date.UTC(2026, 10, 3), '2026-11-03'],
    [Date.UTC(2026, 10, 4) - 1, '2026-11-03'],
    [Date.UTC(2026, 10, 4), '2026-11-04'],
  ])('count for the day in UTC on which it was first seen', (createdAt, day) => {
    expect(factsOf({ createdAt, changedAt: createdAt + 86_400_000 }).day).toBe(day);
  });

  it('hold nothing personal', () => {
    expect(JSON.stringify(toEarningsFacts(aCalledRecord()))).not.toMatch(/Asha|\+91|@|packets/);
  });
});
