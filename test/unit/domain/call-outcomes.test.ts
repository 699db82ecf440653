/** Which of the vendor's words on a call are kept, as sent: the same ones in whatever order they come. */
import { describe, expect, it } from 'vitest';
import { withOutcome } from '../../../src/domain/call-outcomes.ts';

type Told = { key: string; data: unknown };

function kept(told: readonly Told[]): Readonly<Record<string, unknown>> {
  let known: Readonly<Record<string, unknown>> = {};
  for (const one of told) known = withOutcome(known, one);
  return known;
}

const endOfCall = (data: unknown): Told => ({ key: 'end-of-call', data });
const analysed = { analysis: { success: true } };

describe('of two different words of one kind', () => {
  it.each([
    [
      'the one after more attempts is kept',
      { ...analysed, report: { reAttemptCount: 1, rescheduledCount: 1 }, credits: { used: 1 } },
      { ...analysed, report: { reAttemptCount: 1, rescheduledCount: 0 }, credits: { used: 9 }, more: 'words' },
    ],
    [
      'the counts may be texts',
      { ...analysed, report: { reAttemptCount: '10' } },
      { ...analysed, report: { reAttemptCount: '9' }, more: 'words' },
    ],
    [
      'the one that cost more is kept, after as many attempts',
      { ...analysed, credits: { used: '2.5' } },
      { ...analysed, credits: { used: 2 }, more: 'words' },
    ],
    ['the longer is kept, when nothing else tells them apart', { ...analysed, a: 1 }, analysed],
    ['the later in the alphabet is kept, of the same length', { analysis: { x: 'b' } }, { analysis: { x: 'a' } }],
    ['an analysis is kept rather than none', analysed, { report: { reAttemptCount: 3 }, credits: { used: 5 } }],
    ['an analysis is kept rather than an empty one', analysed, { analysis: {}, credits: { used: 5 } }],
    ['anything is kept rather than nothing', { a: 1 }, null],
    ['what is no object counts as words', 'agreed', 'no'],
  ])('%s, whichever came last', (_what, better, worse) => {
    expect(kept([endOfCall(better), endOfCall(worse)])).toEqual({ 'end-of-call': better });
    expect(kept([endOfCall(worse), endOfCall(better)])).toEqual({ 'end-of-call': better });
  });

  it('that differ in the order of their members alone, the first stays', () => {
    const one = { analysis: { success: true, summary: 'x' } };
    const other = { analysis: { summary: 'x', success: true } };
    expect(JSON.stringify(kept([endOfCall(one), endOfCall(other)])['end-of-call'])).toBe(JSON.stringify(one));
  });
});

describe('of more kinds than there is room for', () => {
  const strange = Array.from({ length: 60 }, (_, n) => ({ key: `action:a${n}`, data: n }));
  const documented = [
    'end-of-call',
    'call.lifecycle-ended',
    'action',
    'action:update-address',
    'action:create_order',
  ].map((key) => ({ key, data: 'x' }));

  it.each([
    ['last', [...strange, ...documented]],
    ['first', [...documented, ...strange]],
    ['in between, and all else backwards', [...strange.slice(30), ...documented, ...strange.slice(0, 30)].reverse()],
  ])('the documented ones are kept though they came %s, and the first of the others', (_when, told) => {
    const keys = Object.keys(kept(told)).sort();
    const others = strange.map(({ key }) => key).sort();
    expect(keys).toEqual([...documented.map(({ key }) => key), ...others.slice(0, 35)].sort());
  });
});

it('an event without words changes nothing', () => {
  const known = { 'end-of-call': analysed };
  expect(withOutcome(known, null)).toBe(known);
});
