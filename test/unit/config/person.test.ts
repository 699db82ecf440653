/** The variables about a person: how often they may be called, and by which words they may not be any more. */
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import type { Signal } from '../../../src/domain/call-signals.ts';
import { DAY } from '../../../src/domain/duration.ts';
import { DEFAULT_CAPS } from '../../../src/domain/person-history.ts';
import { type Env, faultsIn, NEEDED } from '../../support/an-environment.ts';

const load = (changes: Env = {}) => loadConfig({ ...NEEDED, ...changes });

const faultsOf = (changes: Env = {}) => faultsIn(() => load(changes));

const said = (where: 'insights' | 'outcome', name: string, value: string | null = null): Signal => ({
  ...({ kind: 'said', where, name, value } as const),
});

describe('what is asked for by default', () => {
  it('is as strict as the strictest country', () => {
    expect(load().person.caps).toEqual(DEFAULT_CAPS);
    expect(load().person.caps).toEqual({ perDay: 1, perWeek: 2, perMonth: 4, refusalSilenceMs: 60 * DAY });
    expect(load().warnings.filter((text) => /CALLS_PER|REFUSAL|SIGNALS/.test(text))).toEqual([]);
  });

  it('hears what the vendor and the usual analyses say', () => {
    expect(load().person.signals).toEqual({
      doNotCall: [
        { kind: 'status', status: 'skip' },
        said('insights', 'donotcall'),
        said('outcome', 'donotcall'),
        { kind: 'action', name: 'donotcall' },
      ],
      refusal: [
        said('insights', 'notinterested'),
        said('outcome', 'notinterested'),
        said('outcome', 'intent', 'notinterested'),
        { kind: 'action', name: 'notinterested' },
      ],
    });
  });
});

describe('a merchant’s own choice', () => {
  it('is taken', () => {
    const { caps, signals } = load({
      ...{ CALLS_PER_DAY: '2', CALLS_PER_WEEK: '5', CALLS_PER_MONTH: '10', REFUSAL_SILENCE: '90d' },
      ...{ DO_NOT_CALL_SIGNALS: ' insights.stop , call.skip', REFUSAL_SIGNALS: 'none' },
    }).person;
    expect(caps).toEqual({ perDay: 2, perWeek: 5, perMonth: 10, refusalSilenceMs: 90 * DAY });
    expect(signals).toEqual({ doNotCall: [said('insights', 'stop'), { kind: 'status', status: 'skip' }], refusal: [] });
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ CALLS_PER_DAY: '3' }, /reached first/],
    [{ CALLS_PER_MONTH: '1' }, /reached first/],
    [{ REFUSAL_SILENCE: '59d' }, /REFUSAL_SILENCE is below 60 days/],
    [{ DO_NOT_CALL_SIGNALS: 'none' }, /not heard/],
  ])('is warned about where it is bold: %o', (changes, warning) => {
    expect(load(changes).warnings).toContainEqual(expect.stringMatching(warning));
  });

  it.each<[Record<string, string>, string]>([
    [{ CALLS_PER_DAY: '0' }, 'CALLS_PER_DAY must be a whole number from 1 to 24'],
    [{ CALLS_PER_WEEK: '101' }, 'CALLS_PER_WEEK must be a whole number from 1 to 100'],
    [{ CALLS_PER_MONTH: 'many' }, 'CALLS_PER_MONTH must be a whole number from 1 to 300'],
    [{ REFUSAL_SILENCE: '60' }, 'REFUSAL_SILENCE is not a duration such as 500ms, 10s, 15m or 24h'],
    [
      { DO_NOT_CALL_SIGNALS: 'call.skip,insight.do_not_call' },
      'DO_NOT_CALL_SIGNALS item 2 is not one of call.<status>, action:<name>, insights.<name>, outcome.<name>, or stands for every call',
    ],
    [
      { REFUSAL_SIGNALS: 'call.completed' },
      'REFUSAL_SIGNALS item 1 is not one of call.<status>, action:<name>, insights.<name>, outcome.<name>, or stands for every call',
    ],
    [
      { REFUSAL_SIGNALS: 'outcome.x,' },
      'REFUSAL_SIGNALS item 2 is not one of call.<status>, action:<name>, insights.<name>, outcome.<name>, or stands for every call',
    ],
  ])('is a fault where it cannot be meant: %o', (changes, fault) => {
    expect(faultsOf(changes)).toEqual([fault]);
  });
});
