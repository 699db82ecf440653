/** The rules of errands: opened once for what may be done once, anew for what may be needed again, tried within bounds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/domain/duration.ts';
import {
  afterTry,
  begun,
  dueErrand,
  ERRAND_KINDS,
  ERRAND_TIME_LIMIT_MS,
  type Errand,
  type ErrandResult,
  type Errands,
  errandsDueAt,
  hasFailedErrand,
  MOST_ERRAND_TRIES,
  MOST_ERRANDS,
  retried,
  withErrand,
  withErrandAgain,
  withErrandAt,
  withoutErrand,
} from '../../../src/domain/errand.ts';
import { anErrand } from '../../support/an-errand.ts';
import { anyErrandIn } from '../../support/any-recovery.ts';

const NOW = Date.UTC(2026, 10, 3, 5, 30);
const STATES = ['open', 'doing', 'done', 'failed'] as const;
const fresh = anErrand({ dueAt: NOW });
const known = (errand: Partial<Errand>): Errands => ({ abort: anErrand({ dueAt: NOW - 1, tries: 3, ...errand }) });

describe('an errand under a key that nobody used', () => {
  it.each([
    ['once', withErrand({}, 'abort', 'abort', NOW)],
    ['again', withErrandAgain({}, 'abort', 'abort', NOW)],
    ['at a time', withErrandAt({}, 'abort', 'abort', NOW)],
  ])('that is to be done %s is open, and due then', (_what, errands) => {
    expect(errands).toEqual({ abort: fresh });
  });

  it('may say what it is about', () => {
    expect(withErrand({}, 'agent_order:1', 'agent_order', NOW, 'action:create_order')).toEqual({
      'agent_order:1': anErrand({ kind: 'agent_order', dueAt: NOW, about: 'action:create_order' }),
    });
  });

  it('may be the name of a property of every object', () => {
    expect(Object.keys(withErrand({}, 'constructor', 'forward', NOW))).toEqual(['constructor']);
    expect(Object.keys(withErrandAgain({}, 'toString', 'forward', NOW))).toEqual(['toString']);
    expect(retried({}, 'constructor', NOW)).toBeNull();
  });
});

describe('an errand that is known by its key', () => {
  it.each(STATES)('and is %s is not done once more', (state) => {
    const errands = known({ state });
    expect(withErrand(errands, 'abort', 'abort', NOW)).toBe(errands);
  });

  it.each([
    ['open', false],
    ['doing', true],
    ['done', true],
    ['failed', true],
  ] as const)('and is %s is opened anew when it is needed again: %s', (state, anew) => {
    const errands = known({ state, doubtful: true, note: 'aborted' });
    const again = withErrandAgain(errands, 'abort', 'abort', NOW);
    if (anew) expect(again).toEqual({ abort: fresh });
    else expect(again).toBe(errands);
  });

  it('keeps what it is about when it is opened anew', () => {
    const errands = known({ state: 'done', about: 'end-of-call' });
    expect(withErrandAgain(errands, 'abort', 'abort', NOW).abort?.about).toBe('end-of-call');
  });

  it.each([
    ['later', NOW + MINUTE, NOW],
    ['at the same time', NOW, NOW],
    ['sooner', NOW - MINUTE, NOW - MINUTE],
  ])('and is due %s is due at the earlier time', (_what, dueAt, expected) => {
    const errands = known({ state: 'open', dueAt });
    const after = withErrandAt(errands, 'abort', 'abort', NOW);
    // Everything else of an open one stays: its tries, and its doubt.
    expect(after).toEqual(known({ state: 'open', dueAt: expected }));
  });

  it.each(['doing', 'done', 'failed'] as const)('and is %s is opened anew for its time', (state) => {
    expect(withErrandAt(known({ state, doubtful: true }), 'abort', 'abort', NOW)).toEqual({ abort: fresh });
  });

  it.each(STATES)('and is %s is dropped only while it is still to be done', (state) => {
    const errands = { ...known({ state }), other: fresh };
    expect(Object.keys(withoutErrand(errands, 'abort'))).toEqual(state === 'open' ? ['other'] : ['abort', 'other']);
    expect(withoutErrand(errands, 'unheard-of')).toBe(errands);
  });

  it('is opened by each of the three in the same way however often it is said', () => {
    fc.assert(
      fc.property(
        anyErrandIn('abort'),
        fc.constantFrom(withErrand, withErrandAgain, withErrandAt),
        fc.nat(HOUR),
        (errands, open, later) => {
          const once = open(errands, 'abort', 'abort', NOW);
          expect(open(once, 'abort', 'abort', NOW + later)).toEqual(once);
        },
      ),
    );
  });
});

describe('a record full of messages to forward', () => {
  const full = Object.fromEntries(
    Array.from({ length: MOST_ERRANDS }, (_, n) => [`forward:action:a${n}:1`, anErrand({ kind: 'forward' })]),
  );

  it('takes no more of them', () => {
    expect(withErrand(full, 'forward:action:one-more:1', 'forward', NOW)).toBe(full);
    const { 'forward:action:a0:1': _gone, ...room } = full;
    expect(Object.keys(withErrand(room, 'forward:action:one-more:1', 'forward', NOW))).toHaveLength(MOST_ERRANDS);
  });

  it.each(ERRAND_KINDS.filter((kind) => kind !== 'forward'))(
    'still has room for what else there is to do: %s',
    (kind) => {
      expect(withErrand(full, kind, kind, NOW)[kind]?.state).toBe('open');
      expect(withErrandAgain(full, kind, kind, NOW)[kind]?.state).toBe('open');
      expect(withErrandAt(full, kind, kind, NOW)[kind]?.state).toBe('open');
    },
  );
});

describe('what is due', () => {
  const doingSince = (ago: number): Errand => anErrand({ state: 'doing', dueAt: 0, doingAt: NOW - ago });

  it.each<[string, Errands, string | null]>([
    ['nothing, when there is nothing', {}, null],
    ['one that is due now', { a: anErrand({ dueAt: NOW }) }, 'a'],
    ['not one that is due in a moment', { a: anErrand({ dueAt: NOW + 1 }) }, null],
    ['the one that is due longest', { a: anErrand({ dueAt: NOW - 1 }), b: anErrand({ dueAt: NOW - 2 }) }, 'b'],
    [
      'not what is over',
      { a: anErrand({ state: 'done', dueAt: 0 }), b: anErrand({ state: 'failed', dueAt: 0 }) },
      null,
    ],
    ['not what somebody is at', { a: doingSince(ERRAND_TIME_LIMIT_MS - 1) }, null],
    ['what somebody began and left', { a: doingSince(ERRAND_TIME_LIMIT_MS) }, 'a'],
    [
      'of those left, too, the one longest',
      { a: doingSince(ERRAND_TIME_LIMIT_MS), b: anErrand({ dueAt: NOW - 1 }) },
      'b',
    ],
  ])('is %s', (_what, errands, key) => {
    expect(dueErrand(errands, NOW)?.key ?? null).toBe(key);
  });

  it.each<[string, Errands, number | null]>([
    ['never, without any', {}, null],
    ['never, when all are over', { a: anErrand({ state: 'done' }), b: anErrand({ state: 'failed' }) }, null],
    ['when the first open one is', { a: anErrand({ dueAt: NOW + 2 }), b: anErrand({ dueAt: NOW + 1 }) }, NOW + 1],
    ['when one that is being done counts as left', { a: doingSince(0) }, NOW + 2 * MINUTE],
  ])('must be looked at %s', (_what, errands, at) => {
    expect(errandsDueAt(errands)).toBe(at);
  });

  it('is nothing before the next look, and something at it', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('a', 'b', 'c'),
          anyErrandIn('x').map(({ x }) => x as Errand),
        ),
        (errands) => {
          const at = errandsDueAt(errands);
          if (at === null) {
            expect(dueErrand(errands, Number.MAX_SAFE_INTEGER)).toBeNull();
          } else {
            expect(dueErrand(errands, at - 1)).toBeNull();
            expect(dueErrand(errands, at)).not.toBeNull();
          }
        },
      ),
    );
  });

  it('tells of failed ones apart', () => {
    expect(hasFailedErrand({ a: anErrand({ state: 'failed' }), b: fresh })).toBe(true);
    expect(hasFailedErrand({ a: anErrand({ state: 'done' }), b: fresh })).toBe(false);
  });
});

describe('an errand that is begun', () => {
  it.each([
    ['open', false, false],
    ['open', true, true],
    // Its process died between the request and the record.
    ['doing', false, true],
  ] as const)('when it was %s and in doubt: %s, is in doubt: %s', (state, doubtful, expected) => {
    expect(begun(anErrand({ state, doubtful, doingAt: null }), NOW)).toEqual(
      anErrand({ state: 'doing', doingAt: NOW, doubtful: expected }),
    );
  });
});

describe('an errand after a try', () => {
  const doing = anErrand({ state: 'doing', doingAt: NOW - SECOND, tries: 2, doubtful: true });
  const again = (changes: object = {}): ErrandResult => ({
    kind: 'again',
    note: 'away',
    afterMs: null,
    doubtful: false,
    ...changes,
  });

  it('that was done is over, without any doubt', () => {
    expect(afterTry(doing, { kind: 'done', note: 'taken' }, NOW, 0)).toEqual({
      ...doing,
      state: 'done',
      doingAt: null,
      doubtful: false,
      note: 'taken',
    });
  });

  it('that failed for good is over, and the doubt of earlier tries stays for the operator', () => {
    expect(afterTry(doing, { kind: 'failed', note: 'refused' }, NOW, 0)).toEqual({
      ...doing,
      state: 'failed',
      doingAt: null,
      note: 'refused',
    });
  });

  it('that must wait is open again then, and no try is spent', () => {
    expect(afterTry(doing, { kind: 'wait', note: 'no_call_id_yet', forMs: 15 * SECOND }, NOW, 0)).toEqual({
      ...doing,
      state: 'open',
      doingAt: null,
      dueAt: NOW + 15 * SECOND,
      note: 'no_call_id_yet',
    });
  });

  it('that may wait for ever never fails by it', () => {
    let errand = doing;
    for (let n = 0; n < 10 * MOST_ERRAND_TRIES; n++) {
      errand = afterTry(begun(errand, NOW), { kind: 'wait', note: 'not yet', forMs: 1 }, NOW, 0);
    }
    expect(errand).toMatchObject({ state: 'open', tries: 2 });
  });

  it('that must be repeated is open again, and a try is spent', () => {
    expect(afterTry(doing, again(), NOW, 0)).toEqual({
      ...doing,
      state: 'open',
      doingAt: null,
      tries: 3,
      dueAt: NOW + 4 * SECOND,
      note: 'away',
    });
  });

  it.each([
    [0, 0, 1_000],
    [0, 0.999_999, 2_000],
    [1, 0, 2_000],
    [1, 0.999_999, 4_000],
    [10, 0, 1_024_000],
    [11, 0, 30 * MINUTE],
    [28, 0, 30 * MINUTE],
    [28, 0.999_999_9, HOUR],
  ])('number %d with luck %d waits %d ms', (tries, random, waitMs) => {
    expect(afterTry({ ...doing, tries }, again(), NOW, random).dueAt).toBe(NOW + waitMs);
  });

  it.each([
    ['longer than the back-off', 10 * MINUTE, 10 * MINUTE],
    ['shorter than the back-off', 5, 4_000],
  ])('waits as long as it was told to, but no shorter than it would: %s', (_what, afterMs, waitMs) => {
    expect(afterTry(doing, again({ afterMs }), NOW, 0).dueAt).toBe(NOW + waitMs);
  });

  it.each([
    [false, false, false],
    [false, true, true],
    [true, false, true],
  ])('in doubt before: %s, and by this try: %s, is in doubt: %s', (before, now, doubtful) => {
    expect(afterTry({ ...doing, doubtful: before }, again({ doubtful: now }), NOW, 0).doubtful).toBe(doubtful);
  });

  it('remembers what this try, or an earlier one, has made', () => {
    const made = afterTry(doing, again({ ref: 'gid://shopify/DraftOrder/1' }), NOW, 0);
    expect(made.ref).toBe('gid://shopify/DraftOrder/1');
    expect(afterTry(begun(made, NOW), again(), NOW, 0).ref).toBe('gid://shopify/DraftOrder/1');
  });

  it('number thirty fails, and not the one before', () => {
    expect(afterTry({ ...doing, tries: MOST_ERRAND_TRIES - 2 }, again(), NOW, 0).state).toBe('open');
    const last = { ...doing, tries: MOST_ERRAND_TRIES - 1 };
    expect(afterTry(last, again({ doubtful: true, ref: 'gid' }), NOW, 0)).toEqual({
      ...doing,
      state: 'failed',
      doingAt: null,
      tries: MOST_ERRAND_TRIES,
      note: 'away',
      ref: 'gid',
    });
  });

  it.each([0, 0.5, 0.999_999])('gives up after some hours, not minutes and not weeks, with luck %d', (random) => {
    let errand: Errand = anErrand({ dueAt: NOW });
    let now = NOW;
    while (errand.state === 'open') {
      now = errand.dueAt;
      errand = afterTry(begun(errand, now), again(), now, random);
    }
    expect(errand.tries).toBe(MOST_ERRAND_TRIES);
    expect(now - NOW).toBeGreaterThan(9 * HOUR);
    expect(now - NOW).toBeLessThan(2 * DAY);
  });

  it('is never being done, whatever came of it, and never due before now unless it is over', () => {
    const results: fc.Arbitrary<ErrandResult> = fc.oneof(
      fc.record({ kind: fc.constant('done' as const), note: fc.string() }),
      fc.record({ kind: fc.constant('failed' as const), note: fc.string() }),
      fc.record({ kind: fc.constant('wait' as const), note: fc.string(), forMs: fc.nat() }),
      fc.record({
        kind: fc.constant('again' as const),
        note: fc.string(),
        afterMs: fc.option(fc.nat(), { nil: null }),
        doubtful: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(
        anyErrandIn('a'),
        results,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (errands, result, random) => {
          const after = afterTry(begun(errands.a as Errand, NOW), result, NOW, random);
          expect(after.state).not.toBe('doing');
          expect(after.doingAt).toBeNull();
          if (after.state === 'open') expect(after.dueAt).toBeGreaterThanOrEqual(NOW);
          expect(after.tries).toBeLessThanOrEqual(Math.max(MOST_ERRAND_TRIES, (errands.a as Errand).tries + 1));
        },
      ),
    );
  });
});

describe('an operator who wants it tried again', () => {
  it('opens a failed one, with all its tries and in doubt', () => {
    const errands = { abort: anErrand({ state: 'failed', tries: 30, note: 'vendor_401', ref: 'gid' }), other: fresh };
    expect(retried(errands, 'abort', NOW)).toEqual({
      abort: anErrand({ dueAt: NOW, note: 'vendor_401', ref: 'gid', doubtful: true }),
      other: fresh,
    });
  });

  it.each(STATES.filter((state) => state !== 'failed'))('is refused for one that is %s', (state) => {
    expect(retried(known({ state }), 'abort', NOW)).toBeNull();
  });

  it('is refused for one that does not exist', () => {
    expect(retried(known({ state: 'failed' }), 'unheard-of', NOW)).toBeNull();
  });
});
