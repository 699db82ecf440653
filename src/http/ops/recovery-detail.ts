/** One recovery whole, as JSON: with its timeline, its errands, and the vendor's words on the call. */
import type { Recovery, RecoveryDiscount, RecoveryRecord } from '../../domain/recovery.ts';
import { callViewOf } from './call-view.ts';
import { errandViewsOf } from './errand-view.ts';
import { iso } from './instants.ts';
import { viewOf } from './recovery-view.ts';

export type RecoveryDetail = ReturnType<typeof detailOf>;

export function detailOf({ record, timeline }: Recovery) {
  return {
    ...viewOf(record),
    discount: record.discount && discountViewOf(record.discount),
    call: record.call && callViewOf(record.call),
    errands: errandViewsOf(record.errands),
    outcomes: outcomesOf(record.outcomes),
    timeline: timeline.map(({ at, lastAt, ...entry }) => ({
      at: iso(at),
      ...entry,
      ...(lastAt === undefined ? {} : { lastAt: iso(lastAt) }),
    })),
  };
}

function discountViewOf({ code, state, endsAt }: RecoveryDiscount) {
  return { code, state, endsAt: iso(endsAt) };
}

/** The analysis and the report as the vendor sent them; of an action its name and reason, because its payload names the shopper. */
function outcomesOf(outcomes: RecoveryRecord['outcomes']): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(outcomes).map(([key, data]) => {
      if (!key.startsWith('action')) return [key, data];
      const { action = null, reason = null } = (data ?? {}) as { action?: unknown; reason?: unknown };
      return [key, { action, reason }];
    }),
  );
}
