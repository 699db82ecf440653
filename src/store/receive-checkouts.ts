/**
 * Webhooks into records, the hot path: those that arrive in one turn of the event loop go to Redis in one script call.
 */
import type { AlarmState, CheckoutIntake, IntakeOutcome, IntakeResult, RecoveryStore } from '../domain/ports.ts';
import type { RecoveryState } from '../domain/recovery.ts';
import { inOneTurn } from './in-one-turn.ts';
import type { Keys } from './keys.ts';
import { lookupKey } from './lookup-key.ts';
import { kindOf } from './record-codec.ts';
import type { RunScript } from './scripts.ts';

/** Bounds the time Redis spends in one script: 64 webhooks take it about two milliseconds. */
const MOST_PER_CALL = 64;

export function receiveCheckouts(run: RunScript, keys: Keys, ttlMs: number): RecoveryStore['receive'] {
  return inOneTurn(
    MOST_PER_CALL,
    ({ facts }) => facts.shop,
    async (intakes) => {
      const { shop } = (intakes[0] as CheckoutIntake).facts;
      const keysOfAll = keysOfShop(shop);
      const args: (string | number)[] = [ttlMs];
      for (const intake of intakes) {
        const { id, lookups } = intake;
        keysOfAll.push(keys.recovery(id));
        for (const lookup of lookups) keysOfAll.push(lookupKey(keys, shop, lookup));
        args.push(lookups.length, ...argumentsOf(intake));
      }
      return ((await run('receive-checkouts', keysOfAll, args)) as string[]).map(resultOf);
    },
  );

  function keysOfShop(shop: string): string[] {
    return [
      keys.all(shop),
      keys.inState(shop, 'waiting'),
      keys.inState(shop, 'scheduled'),
      keys.inState(shop, 'skipped'),
      keys.inState(shop, 'cancelled'),
    ];
  }

  function argumentsOf(intake: CheckoutIntake): (string | number)[] {
    const { id, now, checkoutUpdatedAt, lastActivityAt, state, dueAt, reason, entry, lookups, facts } = intake;
    // The contacts are in `facts`; here it is enough to see whether they changed.
    const lookedUpBy = lookups.map(({ kind, value }) => `${kind}:${value}`).join();
    return [
      id,
      now,
      checkoutUpdatedAt,
      state,
      dueAt ?? now,
      reason ?? '',
      kindOf(entry),
      JSON.stringify(entry),
      lookedUpBy,
      lastActivityAt,
      JSON.stringify(facts),
    ];
  }
}

function resultOf(answer: string): IntakeResult {
  const [outcome, state, reason, due, alarm, alarmAt, nextAlarm] = answer.split('|');
  return {
    outcome: outcome as IntakeOutcome,
    state: state as RecoveryState,
    reason: reason || null,
    dueAt: due ? Number(due) : null,
    alarm: alarmState(alarm, alarmAt),
    nextAlarm: nextAlarm ? Number(nextAlarm) : null,
  };
}

/** `''` and null both stand for none. */
export function alarmState(number?: string | null, at?: string | null): AlarmState {
  return { number: number ? Number(number) : null, at: at ? Number(at) : null };
}
