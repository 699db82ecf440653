/** Whoever leaves an errand on a record wakes somebody for it, without having to think of it. */
import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/domain/duration.ts';
import type { Errands } from '../../../src/domain/errand.ts';
import type { RecoveryRecord } from '../../../src/domain/recovery.ts';
import { wakingStore } from '../../../src/recovery/waking-store.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { anErrand } from '../../support/an-errand.ts';
import { fakeStore } from '../../support/fake-store.ts';

const NOW = ELEVEN_IN_BENGALURU;

function waking(record: Partial<RecoveryRecord> = {}) {
  const kept = fakeStore();
  kept.put(aRecord({ revision: 6, ...record }));
  const woken: { readonly id: string; readonly revision: number; readonly at: number }[] = [];
  const alarms = {
    wake: async (id: string, revision: number, at: number) => void woken.push({ id, revision, at }),
    remind: async () => false,
  };
  const errors: Error[] = [];
  const store = wakingStore(kept, alarms, (error) => void errors.push(error));
  return { kept, woken, alarms, errors, store, asha: () => kept.record(aRecord().id) };
}

describe('a change that leaves an errand', () => {
  it.each<[string, Errands, number]>([
    ['due now', { abort: anErrand({ dueAt: NOW }) }, NOW],
    ['due later', { abort: anErrand({ dueAt: NOW + HOUR }) }, NOW + HOUR],
    [
      'among others',
      { a: anErrand({ dueAt: NOW + 1 }), b: anErrand({ dueAt: NOW }), c: anErrand({ state: 'done' }) },
      NOW,
    ],
  ])('%s wakes somebody then, once for its revision', async (_what, errands, at) => {
    const { store, woken, asha } = waking();
    expect(await store.commit({ record: asha(), patch: { errands }, at: NOW })).toBe(true);
    expect(woken).toEqual([{ id: asha().id, revision: 7, at }]);
    expect(asha().revision).toBe(7);
  });

  it('wakes somebody for those that were there already, too: one of them may be sooner now', async () => {
    const errands = { a: anErrand({ dueAt: NOW }) };
    const { store, woken, asha } = waking({ errands });
    await store.commit({
      record: asha(),
      patch: { errands: { ...errands, b: anErrand({ dueAt: NOW + 1 }) } },
      at: NOW,
    });
    expect(woken).toMatchObject([{ at: NOW }]);
  });
});

describe('a change that leaves none', () => {
  it.each<[string, Partial<RecoveryRecord>]>([
    ['that says nothing of errands', { reason: 'operator' }],
    ['that ends the last', { errands: { abort: anErrand({ state: 'done' }) } }],
    ['that drops the last', { errands: {} }],
  ])('%s wakes nobody', async (_what, patch) => {
    const { store, woken, asha } = waking({ errands: { abort: anErrand() } });
    await store.commit({ record: asha(), patch, at: NOW });
    expect(woken).toEqual([]);
  });

  it('because it lost wakes nobody', async () => {
    const { store, woken, asha } = waking();
    const record = { ...asha(), revision: 5 };
    expect(await store.commit({ record, patch: { errands: { abort: anErrand() } }, at: NOW })).toBe(false);
    expect(woken).toEqual([]);
  });

  it('because it only repeats them wakes nobody', async () => {
    const errands = { abort: anErrand() };
    const { store, kept, woken } = waking({ errands });
    const record = kept.record(aRecord().id);
    await store.commit({ record, patch: { errands: record.errands }, at: NOW });
    expect(woken).toEqual([]);
  });
});

describe('a wake that cannot be set', () => {
  it('does not undo the change, and is heard of', async () => {
    const { store, alarms, errors, asha } = waking();
    const lost = new Error('connection lost');
    alarms.wake = async () => {
      throw lost;
    };
    expect(await store.commit({ record: asha(), patch: { errands: { abort: anErrand() } }, at: NOW })).toBe(true);
    expect(asha().errands.abort?.state).toBe('open');
    expect(errors).toEqual([lost]);
  });
});

describe('everything else', () => {
  it('is the store’s own', async () => {
    const { store, asha } = waking();
    expect((await store.load(asha().id))?.record).toEqual(asha());
    expect(await store.alarmNumber(asha().id)).toBe(1);
  });
});
