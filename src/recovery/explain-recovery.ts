/** Why was this shopper (not) called, and what would be decided now: every gate's answer on the record as it stands. */
import { type Explained, explain } from '../domain/decide.ts';
import { personOf } from '../domain/person.ts';
import type { PersonHistories, PersonHistory } from '../domain/person-history.ts';
import type { CallPolicy } from '../domain/policy.ts';
import type { Clock, DialSwitch, RecoveryStore } from '../domain/ports.ts';
import { isHold } from '../domain/reasons.ts';
import { FINAL_SKIPS, OPEN_STATES, type Recovery, type RecoveryRecord } from '../domain/recovery.ts';
import { isRecoveryId, jitterOf, recoveryIdOf } from '../domain/recovery-id.ts';
import { LIVE_STATES } from '../domain/transition/stop.ts';

export interface Explanation {
  readonly recovery: Recovery;
  /** Sentences on what stands above all gates: dialling is paused, or this recovery is behind them. Mostly none. */
  readonly notes: readonly string[];
  /** Empty where nothing is known to decide on: a purchase without its checkout, or personal data that is gone. */
  readonly gates: readonly Explained[];
}

/** @param name - a checkout token or a recovery id. @returns null when there is no such recovery. */
export type ExplainRecovery = (name: string) => Promise<Explanation | null>;

export function explainRecovery(deps: {
  readonly store: RecoveryStore;
  readonly people: PersonHistories;
  readonly dialSwitch: Pick<DialSwitch, 'state'>;
  readonly policy: CallPolicy;
  readonly shop: string;
  readonly clock: Clock;
}): ExplainRecovery {
  const { store, people, dialSwitch, policy, shop, clock } = deps;
  return async (name) => {
    const recovery = await store.load(isRecoveryId(name) ? name : recoveryIdOf(shop, name));
    if (!recovery) return null;
    const { record } = recovery;
    const { candidate, phone, lastActivityAt, createdAt, id } = record;
    const notes = [...whatHoldsAll(await dialSwitch.state()), ...whereItStands(record)];
    if (candidate === null) return { recovery, notes, gates: [] };
    const now = clock.now();
    const gates = explain({
      candidate,
      person: await historyOf(record, now),
      policy,
      shop,
      personKey: phone,
      lastActivityAt: lastActivityAt ?? createdAt,
      // If it rang now, whenever it is due.
      wantedAt: now,
      moment: 'ring',
      jitter: jitterOf(id),
      now,
    });
    return { recovery, notes, gates: gates.map((gate) => besideOwnCall(gate, record)) };
  };

  /** What is not going to be dialled has no contacts on its record, but their digests. null: those are gone, too. */
  async function historyOf(record: RecoveryRecord, now: number): Promise<PersonHistory | null> {
    const contacts = personOf(record);
    if (contacts.length > 0) return people.historyOf(shop, contacts, now, record.id);
    if (record.contacts.length === 0) return null;
    return people.historyOfDigests(shop, record.contacts, now, record.id);
  }
}

function whatHoldsAll({ paused, reason, since }: Awaited<ReturnType<DialSwitch['state']>>): string[] {
  if (!paused) return [];
  const [why, from] = [reason === null ? '' : ` (${reason})`, since === null ? '' : ` since ${instant(since)}`];
  const isShut = reason === 'uninstalled' || reason === 'shop_redacted';
  return [
    isShut
      ? `The shop is shut${why}${from}: nobody is dialled and no checkout is taken in until an operator resumes.`
      : `Dialling is paused${why}${from}: nobody is dialled until it is resumed, whatever the gates say.`,
  ];
}

function whereItStands({ state, reason }: RecoveryRecord): string[] {
  if (state === 'scheduled' && isHold(reason)) {
    return [`Its dial is held (${reason}), and looked at again: see the runbook. The gates have nothing against it.`];
  }
  if (LIVE_STATES.has(state)) return ['It has been dialled: no gate is asked about it any more.'];
  if (OPEN_STATES.has(state) && !(state === 'skipped' && FINAL_SKIPS.has(reason ?? ''))) return [];
  return [`It is over (${[state, reason].filter(Boolean).join(': ')}): nothing that comes opens it again.`];
}

/** The recovery's own call must not forbid it to go on; who reads "0 calls" of somebody who was called must be told. */
function besideOwnCall(gate: Explained, { attempts, calledAt, dialingAt }: RecoveryRecord): Explained {
  const own = calledAt ?? dialingAt;
  if (gate.gate !== 'frequency' || gate.verdict === 'unknown' || attempts === 0 || own === null) return gate;
  return { ...gate, seen: `${gate.seen}, beside its own of ${instant(own)}` };
}

const WORDS: Readonly<Record<Explained['verdict'], string>> = {
  pass: 'passed',
  defer: 'put off',
  wait: 'waits',
  skip: 'not called',
  stop: 'stopped',
  unknown: 'unknown',
};

/** One sentence: `consent passed: sms_marketing = accepted, seen … (CALL_CONSENT@2026-11).` */
export function sentenceOf({ gate, verdict, reason, until, seen, rule, decides }: Explained): string {
  const why = reason === null ? '' : ` (${reason})`;
  const to = until === null ? '' : ` to ${instant(until)}`;
  return `${gate} ${WORDS[verdict]}${to}${why}: ${seen} [${rule}]${decides ? '  <- decides' : ''}`;
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
