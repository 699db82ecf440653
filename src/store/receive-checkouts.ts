/**
 * Webhooks into records, the hot path: those that arrive in one turn of the event loop go to Redis in one script call.
 */
import { saysNo } from '../domain/consent.ts';
import { BURST_MS, MANY_CHECKOUTS, MONTH_MS } from '../domain/person-history.ts';
import type { AlarmState, CheckoutIntake, IntakeOutcome, IntakeResult, RecoveryStore } from '../domain/ports.ts';
import type { RecoveryState } from '../domain/recovery.ts';
import { SealedTextError } from '../errors.ts';
import { factsInShort, type Said } from './facts-in-short.ts';
import { inOneTurn } from './in-one-turn.ts';
import type { Keys } from './keys.ts';
import { formerDigests, lookupName } from './lookup-key.ts';
import { kindOf } from './record-codec.ts';
import type { RunScript } from './scripts.ts';
import type { Seals } from './seals.ts';

/** Bounds the time Redis spends in one script: 16 webhooks take it a millisecond, or three if every shopper has ten contacts. */
const MOST_PER_CALL = 16;

/** An address that a shop's own staff types into every test checkout must not grow without end. */
const MOST_RECENT_CHECKOUTS = 100;

/** No checkout is called about later: CALL_MAX_AGE is at most 30 days. */
const BURST_KEPT_MS = MONTH_MS;

/** What one webhook adds to a call. */
interface Part {
  readonly shop: string;
  readonly key: string;
  readonly args: readonly (string | number)[];
}

export function receiveCheckouts(
  run: RunScript,
  keys: Keys,
  ttlMs: number,
  { vault, contacts }: Seals,
): RecoveryStore['receive'] {
  const readable = vault.keyIds.join();
  const inShort = factsInShort(vault);
  const send = inOneTurn<Part, string>(
    MOST_PER_CALL,
    ({ shop }) => shop,
    async (parts) => {
      const { shop } = parts[0] as Part;
      const keysOfAll = [...keysOfShop(shop), ...parts.map((part) => part.key)];
      const args = [...argsOfShop(shop), ...parts.flatMap((part) => part.args)];
      return (await run('receive-checkouts', keysOfAll, args)) as string[];
    },
  );

  // By recovery: what is told in short may have to be told again, and must not be overtaken. What fails, fails for all who wait.
  const inShortNow = new Map<string, Promise<string>>();

  return async (intake) => {
    if (!contacts.isLoaded) await contacts.load();
    const { id } = intake;
    while (inShortNow.has(id)) await inShortNow.get(id);
    const said = inShort(id, intake.facts);
    return resultOf(await (said.kept === '' ? tellInShort(intake, said) : send(partOf(intake, said))));
  };

  async function tellInShort(intake: CheckoutIntake, said: Said): Promise<string> {
    const { id } = intake;
    const told = send(partOf(intake, said));
    const telling = told.then((answer) =>
      answer.startsWith('facts_missing|') ? send(partOf(intake, said.inFull())) : answer,
    );
    inShortNow.set(id, telling);
    try {
      return await telling;
    } finally {
      inShortNow.delete(id);
    }
  }

  function keysOfShop(shop: string): string[] {
    return [
      keys.all(shop),
      keys.inState(shop, 'waiting'),
      keys.inState(shop, 'scheduled'),
      keys.inState(shop, 'skipped'),
      keys.inState(shop, 'cancelled'),
      keys.erasable(shop),
      keys.dialSwitch,
      keys.suppressions,
      keys.news,
    ];
  }

  function argsOfShop(shop: string): (string | number)[] {
    return [
      ttlMs,
      readable,
      MANY_CHECKOUTS,
      BURST_MS,
      MOST_RECENT_CHECKOUTS,
      BURST_KEPT_MS,
      keys.lookups(shop),
      keys.contact('calls', ''),
      keys.contact('refusals', ''),
      keys.person(shop, 'withdrawal', ''),
      keys.person(shop, 'order', ''),
      keys.person(shop, 'checkout', ''),
      keys.person(shop, 'burst', ''),
    ];
  }

  /** @throws {StoreUnavailableError} when the key of contacts has been lost meanwhile: it must not fail for the others. */
  function partOf(intake: CheckoutIntake, said: Said): Part {
    const { id, now, checkoutUpdatedAt, lastActivityAt, state, dueAt, reason, entry, lookups, facts, ifStranger } =
      intake;
    const no = saysNo(facts) ? '1' : '';
    const asStranger = ifStranger ? '1' : '';
    return {
      shop: facts.shop,
      key: keys.recovery(id),
      args: [
        `${id}|${now}|${checkoutUpdatedAt}|${state}|${dueAt ?? now}|${reason ?? ''}|${lastActivityAt}|${no}|${asStranger}|${said.mark}`,
        kindOf(entry),
        JSON.stringify(entry),
        lookups.map((lookup) => lookupName(lookup, contacts)).join('\n'),
        formerDigests(lookups, contacts),
        said.kept,
      ],
    };
  }
}

/** @throws {SealedTextError} */
function resultOf(answer: string): IntakeResult {
  if (answer.startsWith('unreadable|')) throw new SealedTextError('DATA_KEY_UNKNOWN');
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
