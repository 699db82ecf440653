/** EarningsRecord → EarningsFacts: what a record says it came to. Pure; nothing personal comes out. */
import { endedWithSuccess, wasAnswered } from './call-knowledge.ts';
import { dayOf } from './days.ts';
import type { EarningsFacts, EarningsOrder } from './earnings-facts.ts';
import type { EarningsRecord } from './earnings-reader.ts';

export function toEarningsFacts(record: EarningsRecord): EarningsFacts {
  const { createdAt, state, reason, arm, call } = record;
  const credits = call?.creditsUsed ?? null;
  return {
    day: dayOf(createdAt),
    state,
    reason,
    callable: wasCallable(record),
    arm,
    called: record.callId !== null || record.calledAt !== null,
    answered: wasAnswered(call),
    endedWithSuccess: endedWithSuccess(call),
    order: orderOf(record),
    // Credits that were given back tell nothing of what the call cost.
    creditsUsed: credits !== null && credits >= 0 ? credits : null,
  };
}

/** It had what a call needs at some time: a later webhook or an erasure may have taken that away again, but not the dial or the draw. */
function wasCallable({ payload, hadPayload, attempts, arm }: EarningsRecord): boolean {
  return payload !== null || hadPayload || attempts > 0 || arm !== null;
}

function orderOf(record: EarningsRecord): EarningsOrder | null {
  const { orderedAt, orderTotal: total, orderCurrency: currency, orderMatch, attributed } = record;
  if (orderedAt === null) return null;
  // Records of the time before people were matched know orders of their own checkout only.
  return { total, currency, match: orderMatch ?? 'checkout', attributed };
}
