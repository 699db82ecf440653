/** Errands are each begun and ended on the record: two who come for the same do it once, and a crash in between leaves a doubt. */
import { describe, expect, it, vi } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../../src/domain/duration.ts';
import {
  ERRAND_KINDS,
  ERRAND_TIME_LIMIT_MS,
  type Errand,
  type ErrandKind,
  type ErrandResult,
  type Errands,
  MOST_ERRAND_TRIES,
} from '../../../src/domain/errand.ts';
import { StoreUnavailableError } from '../../../src/errors.ts';
import { type RunErrand, seeToErrands, type Tried } from '../../../src/recovery/see-to-errands.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { anErrand } from '../../support/an-errand.ts';
import { fakeStore } from '../../support/fake-store.ts';
import { fakeClock, fakeJournal } from '../../support/fakes.ts';

const NOW = ELEVEN_IN_BENGALURU;
const { id: ID } = aRecord();
const done: ErrandResult = { kind: 'done', note: 'taken' };
const again: ErrandResult = { kind: 'again', note: 'econnrefused', afterMs: null, doubtful: false };

/** Somebody who sees to Asha's errands, and whoever is asked to do them. */
function seer(errands: Errands, result: ErrandResult | (() => Promise<Tried> | Tried) = done) {
  const store = fakeStore();
  store.put(aRecord({ state: 'called', errands }));
  const clock = fakeClock(NOW);
  const journal = fakeJournal();
  const tried: { readonly key: string; readonly errand: Errand }[] = [];
  const run: RunErrand = async (_record, key, errand) => {
    tried.push({ key, errand });
    return typeof result === 'function' ? result() : { result };
  };
  const runs = Object.fromEntries(ERRAND_KINDS.map((kind) => [kind, run])) as Record<ErrandKind, RunErrand>;
  const seeTo = seeToErrands({ store, clock, journal, run: runs, random: () => 0, onFault: () => {} });
  const known = (): Errands => store.record(ID).errands;
  return { seeTo: () => seeTo(ID), store, clock, journal, tried, known };
}

describe('an errand that is due', () => {
  it('is begun, done and told', async () => {
    const world = seer({ abort: anErrand({ dueAt: NOW }) });
    expect(await world.seeTo()).toBeNull();
    expect(world.tried).toEqual([{ key: 'abort', errand: anErrand({ state: 'doing', dueAt: NOW, doingAt: NOW }) }]);
    expect(world.known()).toEqual({ abort: anErrand({ state: 'done', dueAt: NOW, note: 'taken' }) });
    expect(world.store.timeline(ID)).toEqual([{ at: NOW, event: 'errand_abort', detail: 'taken' }]);
    expect(world.journal.lines).toEqual([['errand', { recoveryId: ID, kind: 'abort', result: 'done', note: 'taken' }]]);
  });

  it('is on the record as begun before it is tried', async () => {
    const during: unknown[] = [];
    const world = seer({ abort: anErrand() }, () => {
      during.push(world.known().abort?.state);
      return { result: done };
    });
    await world.seeTo();
    expect(during).toEqual(['doing']);
  });

  it('is done by the hand for its kind, with the record as it is', async () => {
    const asked: unknown[] = [];
    const store = fakeStore();
    store.put(aRecord({ errands: { a: anErrand({ kind: 'forward' }), b: anErrand({ kind: 'discount_delete' }) } }));
    const hands = ERRAND_KINDS.map((kind): [ErrandKind, RunErrand] => [
      kind,
      async (record, key) => {
        asked.push([kind, key, record.id, record.errands[key]?.state]);
        return { result: done };
      },
    ]);
    const run = Object.fromEntries(hands) as Record<ErrandKind, RunErrand>;
    await seeToErrands({
      store,
      clock: fakeClock(NOW),
      journal: fakeJournal(),
      run,
      random: () => 0,
      onFault: () => {},
    })(ID);
    expect(asked).toEqual([
      ['forward', 'a', ID, 'doing'],
      ['discount_delete', 'b', ID, 'doing'],
    ]);
  });

  it('is one of several: the one due longest comes first', async () => {
    const world = seer({
      second: anErrand({ dueAt: NOW - 1 }),
      first: anErrand({ dueAt: NOW - 2 }),
      later: anErrand({ dueAt: NOW + 1 }),
    });
    expect(await world.seeTo()).toBe(NOW + 1);
    expect(world.tried.map(({ key }) => key)).toEqual(['first', 'second']);
  });

  it('is one of very many: the rest is for the next wake, which comes at once', async () => {
    const many = Array.from({ length: 21 }, (_, n) => [`forward:${n}`, anErrand({ dueAt: NOW - 100 + n })]);
    const world = seer(Object.fromEntries(many));
    expect(await world.seeTo()).toBe(NOW - 80);
    expect(world.tried).toHaveLength(20);
    expect(await world.seeTo()).toBeNull();
    expect(world.tried).toHaveLength(21);
  });
});

describe('nothing to do', () => {
  it.each<[string, Errands, number | null]>([
    ['without any', {}, null],
    ['when all are over', { a: anErrand({ state: 'done' }), b: anErrand({ state: 'failed' }) }, null],
    ['before the first is due', { a: anErrand({ dueAt: NOW + HOUR }) }, NOW + HOUR],
    ['while somebody is at it', { a: anErrand({ state: 'doing', doingAt: NOW }) }, NOW + ERRAND_TIME_LIMIT_MS],
  ])('%s leaves the record alone, and says when to look again', async (_what, errands, next) => {
    const world = seer(errands);
    const before = world.store.record(ID);
    expect(await world.seeTo()).toBe(next);
    expect(world.store.record(ID)).toEqual(before);
    expect(world.tried).toEqual([]);
  });

  it('for a recovery that is gone', async () => {
    const store = fakeStore();
    const run = {} as Record<ErrandKind, RunErrand>;
    const seeTo = seeToErrands({
      store,
      clock: fakeClock(NOW),
      journal: fakeJournal(),
      run,
      random: () => 0,
      onFault: () => {},
    });
    expect(await seeTo(ID)).toBeNull();
  });
});

describe('two who come for the same errand', () => {
  it('do it once', async () => {
    const world = seer({ abort: anErrand({ dueAt: NOW }) });
    const next = await Promise.all([world.seeTo(), world.seeTo(), world.seeTo()]);
    expect(world.tried).toHaveLength(1);
    expect(world.known().abort?.state).toBe('done');
    // Whoever came in vain looks again should the other one never end.
    expect(new Set(next)).toEqual(new Set([null, NOW + ERRAND_TIME_LIMIT_MS]));
  });

  it('do it once also when both read it before either begins', async () => {
    const world = seer({ abort: anErrand({ dueAt: NOW }) });
    world.store.before('commit', () => world.seeTo());
    await world.seeTo();
    expect(world.tried).toHaveLength(1);
  });
});

describe('a crash between the try and the record', () => {
  const crash = () => {
    throw new StoreUnavailableError(new Error('the process died here'));
  };

  it('leaves a doubt: it is tried again after the time limit, and told that it may have been done', async () => {
    let dies = true;
    const world = seer({ abort: anErrand({ dueAt: NOW }) }, () => (dies ? crash() : { result: done }));
    await expect(world.seeTo()).rejects.toThrow(StoreUnavailableError);
    dies = false;
    world.clock.at = NOW + ERRAND_TIME_LIMIT_MS - 1;
    expect(await world.seeTo()).toBe(NOW + ERRAND_TIME_LIMIT_MS);
    expect(world.tried).toHaveLength(1);
    world.clock.at = NOW + ERRAND_TIME_LIMIT_MS;
    expect(await world.seeTo()).toBeNull();
    expect(world.tried.map(({ errand }) => errand.doubtful)).toEqual([false, true]);
    expect(world.known().abort).toMatchObject({ state: 'done', doubtful: false });
  });

  it('is not left by one who was frozen before he asked anything: he leaves it to whoever comes next', async () => {
    const world = seer({ abort: anErrand({ dueAt: NOW }) }, { kind: 'done', note: 'done' });
    const { commit } = world.store;
    world.store.commit = async (change) => {
      world.store.commit = commit;
      const committed = await commit(change);
      world.clock.at += ERRAND_TIME_LIMIT_MS;
      return committed;
    };
    await world.seeTo();
    expect(world.tried.map(({ errand }) => errand.doingAt)).toEqual([NOW + ERRAND_TIME_LIMIT_MS]);
  });

  it('is not the same as a fault in what does it: that counts as a try, and leaves a doubt', async () => {
    const world = seer({ abort: anErrand({ dueAt: NOW }) }, () => {
      throw new TypeError('not a function');
    });
    expect(await world.seeTo()).toBe(NOW + SECOND);
    expect(world.known().abort).toMatchObject({ state: 'open', tries: 1, doubtful: true, note: 'fault' });
  });

  it('does not let one who was only slow undo what came after him', async () => {
    const world = seer({ abort: anErrand({ dueAt: NOW }) }, () => {
      const mine = world.tried.length;
      if (mine > 1) return { result: done };
      world.clock.at = NOW + ERRAND_TIME_LIMIT_MS;
      return world.seeTo().then(() => ({ result: again }));
    });
    await world.seeTo();
    expect(world.tried).toHaveLength(2);
    expect(world.known().abort?.state).toBe('done');
  });
});

describe('one who was slow', () => {
  it('does not end the try of another who thought him dead', async () => {
    const [mine, others] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const world = seer({ abort: anErrand({ dueAt: NOW }) }, async () => {
      if (world.tried.length > 1) {
        await others.promise;
        return { result: done };
      }
      await mine.promise;
      return { result: { kind: 'failed', note: 'refused' } };
    });
    const slow = world.seeTo();
    await vi.waitUntil(() => world.tried.length === 1);
    world.clock.at = NOW + ERRAND_TIME_LIMIT_MS;
    const second = world.seeTo();
    await vi.waitUntil(() => world.tried.length === 2);
    mine.resolve();
    await slow;
    expect(world.known().abort).toMatchObject({ state: 'doing', doingAt: NOW + ERRAND_TIME_LIMIT_MS });
    others.resolve();
    await second;
    expect(world.known().abort).toMatchObject({ state: 'done', note: 'taken' });
  });
});

describe('an errand that is opened anew while it is being done', () => {
  it.each<ErrandResult>([done, again, { kind: 'failed', note: 'refused' }])(
    'is still to be done, whatever came of the first: $kind',
    async (result) => {
      let first = true;
      const world = seer({ abort: anErrand({ dueAt: NOW - 5 }) }, async () => {
        if (!first) return { result: done };
        first = false;
        world.clock.at = NOW + 1;
        const record = world.store.record(ID);
        await world.store.commit({ record, patch: { errands: { abort: anErrand({ dueAt: NOW + 1 }) } }, at: NOW });
        return { result };
      });
      expect(await world.seeTo()).toBeNull();
      expect(world.tried).toHaveLength(2);
      expect(world.known().abort).toEqual(anErrand({ state: 'done', dueAt: NOW + 1, note: 'taken' }));
      expect(world.journal.alarms()).toEqual([]);
    },
  );

  it('and dropped again stays dropped', async () => {
    const world = seer({ abort: anErrand({ dueAt: NOW }) }, async () => {
      await world.store.commit({ record: world.store.record(ID), patch: { errands: {} }, at: NOW });
      return { result: done };
    });
    expect(await world.seeTo()).toBeNull();
    expect(world.known()).toEqual({});
  });
});

describe('a try', () => {
  it('that must wait spends none, and says when to come again', async () => {
    const world = seer({ abort: anErrand() }, { kind: 'wait', note: 'no_call_id_yet', forMs: 15 * SECOND });
    expect(await world.seeTo()).toBe(NOW + 15 * SECOND);
    expect(world.known().abort).toMatchObject({ state: 'open', tries: 0, dueAt: NOW + 15 * SECOND });
    expect(world.journal.lines).toEqual([
      ['errand', { recoveryId: ID, kind: 'abort', result: 'wait', note: 'no_call_id_yet' }],
    ]);
  });

  it('that must be repeated is, after a back-off', async () => {
    const world = seer({ abort: anErrand() }, again);
    expect(await world.seeTo()).toBe(NOW + SECOND);
    expect(world.known().abort).toMatchObject({ state: 'open', tries: 1, note: 'econnrefused' });
    expect(world.journal.alarms()).toEqual([]);
  });

  it.each<[string, Errand, ErrandResult]>([
    ['is refused', anErrand(), { kind: 'failed', note: 'shop_refused' }],
    ['was the last one', anErrand({ tries: MOST_ERRAND_TRIES - 1 }), { ...again, note: 'shop_refused' }],
  ])('that %s fails, and an operator is told', async (_what, errand, result) => {
    const world = seer({ abort: errand }, result);
    expect(await world.seeTo()).toBeNull();
    expect(world.known().abort?.state).toBe('failed');
    expect(world.journal.lines).toContainEqual([
      'alarm',
      { name: 'errand_failed', recoveryId: ID, kind: 'abort', note: 'shop_refused' },
    ]);
    expect(world.store.timeline(ID)).toEqual([
      { at: NOW, event: 'errand_abort', detail: 'shop_refused', reason: 'failed' },
    ]);
  });

  it('may change the record beside itself, as it stands by then', async () => {
    const seen: unknown[] = [];
    const world = seer({ abort: anErrand() }, async () => {
      await world.store.commit({ record: world.store.record(ID), patch: { callStatus: 'busy' }, at: NOW });
      const patch: Tried['patch'] = ({ callStatus }) => {
        seen.push(callStatus);
        return { callStatus: 'aborted' };
      };
      return { result: done, patch };
    });
    await world.seeTo();
    expect(seen.at(-1)).toBe('busy');
    expect(world.store.record(ID)).toMatchObject({ callStatus: 'aborted', errands: { abort: { state: 'done' } } });
  });

  it('is saved on the record as it is when somebody changed it in that moment', async () => {
    const world = seer({ abort: anErrand() }, () => {
      world.store.before('commit', () =>
        world.store.put({ ...world.store.record(ID), callStatus: 'busy', revision: 50 }),
      );
      return { result: done };
    });
    await world.seeTo();
    expect(world.store.record(ID)).toMatchObject({ callStatus: 'busy', errands: { abort: { state: 'done' } } });
    expect(world.tried).toHaveLength(1);
  });

  it('that takes long is over at the time it is by then', async () => {
    const world = seer({ abort: anErrand() }, () => {
      world.clock.at = NOW + MINUTE;
      return { result: again };
    });
    expect(await world.seeTo()).toBe(NOW + MINUTE + SECOND);
  });
});
