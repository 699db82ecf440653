/** When dials are held because the vendor is in trouble, and who tries whether it still is. */
import { describe, expect, it } from 'vitest';
import {
  afterDial,
  BREAKER_LIMITS,
  type Breaker,
  CLOSED,
  passBreaker,
  withoutProbe,
} from '../../../src/domain/breaker.ts';
import { MINUTE, SECOND } from '../../../src/domain/duration.ts';
import type { DialResult } from '../../../src/domain/voice-calls.ts';

const NOW = Date.UTC(2026, 10, 3, 5, 30);
const { opensAfter, firstOpenMs, longestOpenMs } = BREAKER_LIMITS;

function following(results: readonly DialResult['kind'][], from: Breaker = CLOSED, now = NOW): Breaker {
  return results.reduce((breaker, result, n) => afterDial(breaker, `r${n}`, result, now), from);
}

const unknowns = (count: number): DialResult['kind'][] => Array.from({ length: count }, () => 'unknown');
const opened = following(unknowns(opensAfter));
const dueAt = opened.openUntil ?? Number.NaN;

/** The breaker with a probe of this recovery under way. */
function probing(breaker: Breaker, recoveryId: string, now: number): Breaker {
  const passage = passBreaker(breaker, recoveryId, now);
  if (passage.kind !== 'go') throw new Error('no probe may begin');
  return passage.breaker;
}

describe('a breaker', () => {
  it('lets everybody through while it is closed', () => {
    expect(passBreaker(following(unknowns(opensAfter - 1)), 'one', NOW)).toMatchObject({ kind: 'go', isProbe: false });
  });

  it('opens after so many dials of unknown fate in a row', () => {
    expect(opened).toMatchObject({ openUntil: NOW + firstOpenMs, inARow: opensAfter });
    expect(passBreaker(opened, 'one', dueAt - 1)).toEqual({ kind: 'hold', until: dueAt });
  });

  it.each(['placed', 'refused', 'barred'] as const)('counts from the start again after an answer: %s', (answer) => {
    expect(following([...unknowns(opensAfter - 1), answer, ...unknowns(opensAfter - 1)]).openUntil).toBeNull();
  });

  it('learns nothing from a dial that sent nothing', () => {
    expect(following([...unknowns(opensAfter - 1), 'not_placed', 'unknown']).openUntil).not.toBeNull();
  });

  it('is not opened for longer by dials that were under way when it opened', () => {
    expect(following(unknowns(9), opened, NOW + SECOND)).toMatchObject({ openUntil: dueAt, lastOpenMs: firstOpenMs });
  });

  it('is closed by an answer to one of those', () => {
    expect(following(['placed'], opened)).toEqual(CLOSED);
  });

  it('lets one try when its time is over, and only one', () => {
    const first = passBreaker(opened, 'one', dueAt);
    expect(first).toMatchObject({ kind: 'go', isProbe: true });
    const breaker = probing(opened, 'one', dueAt);
    expect(passBreaker(breaker, 'another', dueAt + 1)).toEqual({ kind: 'hold', until: dueAt + 1 + firstOpenMs });
    // The same one asks again when its record changed meanwhile.
    expect(passBreaker(breaker, 'one', dueAt + 1)).toMatchObject({ kind: 'go', isProbe: true });
  });

  it('stays open twice as long each time the one that tried had no answer, up to a bound', () => {
    let breaker = opened;
    const lengths: number[] = [];
    for (let n = 0; n < 7; n++) {
      const at = breaker.openUntil ?? Number.NaN;
      breaker = afterDial(probing(breaker, 'one', at), 'one', 'unknown', at);
      lengths.push((breaker.openUntil ?? Number.NaN) - at);
    }
    expect(lengths.map((ms) => ms / SECOND)).toEqual([30, 60, 120, 240, 300, 300, 300]);
    expect(lengths.at(-1)).toBe(longestOpenMs);
  });

  it.each(['placed', 'refused', 'barred'] as const)('closes when the one that tried was %s', (answer) => {
    expect(afterDial(probing(opened, 'one', dueAt), 'one', answer, dueAt)).toEqual(CLOSED);
  });

  it('stays open for as long again when the one that tried could send nothing', () => {
    const breaker = afterDial(probing(opened, 'one', dueAt), 'one', 'not_placed', dueAt);
    expect(breaker).toMatchObject({ openUntil: dueAt + firstOpenMs, lastOpenMs: firstOpenMs, probe: null });
  });

  it('lets the next one try when the one that was to did not dial after all', () => {
    const breaker = withoutProbe(probing(opened, 'one', dueAt), 'one');
    expect(passBreaker(breaker, 'another', dueAt)).toMatchObject({ kind: 'go', isProbe: true });
    // Somebody else's end takes nobody's turn away.
    const taken = probing(opened, 'one', dueAt);
    expect(withoutProbe(taken, 'another')).toEqual(taken);
  });

  it('does not wait for ever for one whose end is never told', () => {
    const breaker = probing(opened, 'one', dueAt);
    expect(passBreaker(breaker, 'another', dueAt + 2 * MINUTE)).toMatchObject({ kind: 'go', isProbe: true });
  });
});
