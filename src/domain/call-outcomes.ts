/**
 * The vendor's words on a call as sent, one per kind. Of two different ones of a kind the same is kept in whatever order they
 * come; how they are read is not the matter here.
 */
import { actionName, type CallEvent, DOCUMENTED_ACTIONS } from './call-event.ts';
import { canonicalJson, compareKeys, greaterOf, type SortKey } from './canonical.ts';
import { readFigure } from './figure.ts';
import type { RecoveryRecord } from './recovery.ts';

type Outcomes = RecoveryRecord['outcomes'];

/** Several times what is documented; names are an open set, and a record must not grow with whatever is sent. */
const MOST_OUTCOMES = 40;

/** Of two of one kind the fuller; of more kinds than there is room for, the documented ones and then the first in the alphabet. */
export function withOutcome(known: Outcomes, told: CallEvent['outcome']): Outcomes {
  if (told === null) return known;
  const { key, data } = told;
  const all = { ...known, [key]: Object.hasOwn(known, key) ? greaterOf(known[key], data, fullness) : data };
  const keys = Object.keys(all);
  if (keys.length <= MOST_OUTCOMES) return all;
  const spare = keys.reduce((one, other) => (compareKeys(importance(other), importance(one)) > 0 ? other : one));
  return Object.fromEntries(Object.entries(all).filter(([name]) => name !== spare));
}

function importance(key: string): SortKey {
  const action = key.startsWith('action:') ? actionName(key.slice('action:'.length)) : null;
  const documented = action === null || DOCUMENTED_ACTIONS.has(action);
  return [documented ? 0 : 1, key];
}

/**
 * What was told after more attempts says more, then what cost more, then what is longer; the text decides the rest. An event
 * without an analysis never takes the place of one.
 */
function fullness(data: unknown): SortKey {
  const [analysis, report, credits] = [inside(data).analysis, inside(data).report, inside(data).credits].map(inside);
  const repeats = (readFigure(report?.reAttemptCount) ?? 0) + (readFigure(report?.rescheduledCount) ?? 0);
  const text = canonicalJson(data);
  const analysed = Object.keys(analysis ?? {}).length > 0 ? 1 : 0;
  return [analysed, repeats, readFigure(credits?.used) ?? 0, text.length, text];
}

function inside(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
