/** How operators see errands: what is to be done, how often it was tried, and what came of it. Codes, nothing personal. */
import type { Errand, Errands } from '../../domain/errand.ts';
import type { RecoveryWithErrands } from '../../recovery/list-errands.ts';
import { iso } from './instants.ts';
import { viewOf } from './recovery-view.ts';

export type ErrandView = ReturnType<typeof errandViewOf>;

export function errandViewOf(key: string, { kind, state, dueAt, doingAt, tries, note, about, doubtful }: Errand) {
  return { key, kind, state, dueAt: iso(dueAt), doingAt: iso(doingAt), tries, note, about, doubtful };
}

/** The failed ones first, then by when they are or were due. */
export function errandViewsOf(errands: Errands): ErrandView[] {
  return Object.entries(errands)
    .map(([key, errand]) => errandViewOf(key, errand))
    .sort((one, other) => rankOf(one).localeCompare(rankOf(other)));
}

function rankOf({ state, dueAt, key }: ErrandView): string {
  return `${state === 'failed' ? 0 : 1} ${dueAt} ${key}`;
}

/** A recovery in the list of errands: its short view, and the errands that were asked for. */
export function listedErrandsOf({ record, errands }: RecoveryWithErrands) {
  return { ...viewOf(record), errands: errands.map(({ key, errand }) => errandViewOf(key, errand)) };
}
