/** What is known of persons, read in one script call for all webhooks of one turn: it is asked for every one of them. */
import { MONTH_MS, type PersonHistory } from '../domain/person-history.ts';
import { inOneTurn } from './in-one-turn.ts';
import type { Keys } from './keys.ts';
import type { RunScript } from './scripts.ts';
import { readSuppression } from './suppression-store.ts';

/** Bounds the time Redis spends in one script: two contacts each, with next to nothing known of most. */
const MOST_PER_CALL = 64;

export interface PersonQuestion {
  readonly shop: string;
  /** Of the contacts. */
  readonly digests: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whose own call is left out; null: none is. */
  readonly recoveryId: string | null;
}

export function readPersonHistories(run: RunScript, keys: Keys): (question: PersonQuestion) => Promise<PersonHistory> {
  // The windows end at one instant for all of a call; those of one turn are milliseconds apart.
  return inOneTurn(
    MOST_PER_CALL,
    ({ shop }) => shop,
    async (questions) => {
      const now = Math.max(...questions.map((question) => question.now));
      const sets = questions.flatMap(({ shop, digests }) => digests.flatMap((digest) => setsOf(shop, digest)));
      const args = questions.flatMap(({ digests }) => [digests.length, ...digests]);
      const own = [now - MONTH_MS, ...args];
      const answers = (await run('person-histories', [keys.suppressions, ...sets], own)) as Answer[];
      return questions.map((question, i) => historyIn(answers[i] as Answer, question));
    },
  );

  function setsOf(shop: string, digest: string): string[] {
    return [
      keys.contact('calls', digest),
      keys.contact('refusals', digest),
      ...(['withdrawal', 'order', 'burst'] as const).map((fact) => keys.person(shop, fact, digest)),
    ];
  }
}

/** As the script returns it; an instant that is not known is an empty text. */
type Answer = readonly [
  calls: readonly string[],
  refused: string,
  withdrawn: string,
  ordered: string,
  burst: string,
  listed: readonly string[],
];

function historyIn(answer: Answer, { digests, recoveryId }: PersonQuestion): PersonHistory {
  const [calls, refused, withdrawn, ordered, burst, listed] = answer;
  return {
    calls: callsIn(calls, recoveryId),
    lastRefusalAt: instantIn(refused),
    consentWithdrawnAt: instantIn(withdrawn),
    suppressed: firstSuppression(digests, listed),
    lastOrderAt: instantIn(ordered),
    burstAt: instantIn(burst),
  };
}

function instantIn(text: string): number | null {
  return text === '' ? null : Number(text);
}

/** The same call stands under every contact of the person. */
function callsIn(rows: readonly string[], except: string | null): number[] {
  const at = new Map<string, number>();
  for (let i = 0; i + 1 < rows.length; i += 2) {
    const id = rows[i] as string;
    if (id !== except) at.set(id, Math.max(Number(rows[i + 1]), at.get(id) ?? 0));
  }
  return [...at.values()].sort((one, other) => other - one);
}

function firstSuppression(digests: readonly string[], listed: readonly string[]): PersonHistory['suppressed'] {
  const found = digests.flatMap((digest, i) => readSuppression(digest, listed[i] || null) ?? []);
  const [first] = found.sort((one, other) => one.at - other.at);
  return first ? { source: first.source, at: first.at } : null;
}
