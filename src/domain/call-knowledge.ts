/**
 * CallKnowledge: what the events of one call told, so far, in a form that depends on what was told and never on the order or the
 * number of times: {@link learn} only ever takes the greater of two by a fixed order, or joins two sets. JSON all the way down.
 */
import { actionName, type CallAction, type CallEvent, type CallFacts, DOCUMENTED_ACTIONS } from './call-event.ts';
import { isDocumented, rankOf } from './call-status.ts';
import { canonicalJson, greaterOf, type SortKey, sortedBy } from './canonical.ts';
import { cut, inBrief } from './in-brief.ts';

/** One status as one type of event told it. */
export interface ToldStatus {
  readonly status: string;
  readonly type: string;
  /** When it was first received, epoch milliseconds, UTC. */
  readonly at: number;
}

/** One kind of thing that the agent did. */
export interface ToldAction {
  /** In the one spelling: `create_order`. */
  readonly name: string;
  /** Where the same action came with several, the last in the alphabet. */
  readonly reason: string | null;
  /** When it was first received, epoch milliseconds, UTC. */
  readonly at: number;
}

/** What the vendor made of the conversation. Of several `end-of-call` events it is the one that {@link fullness} puts first. */
export interface Verdict {
  readonly success: boolean | null;
  /** May hold personal data, as may all that follows but the figures. */
  readonly summary: string | null;
  readonly insights: Readonly<Record<string, unknown>> | null;
  readonly outcome: Readonly<Record<string, unknown>> | null;
  readonly requiredActions: readonly string[];
  readonly creditsUsed: number | null;
  /** What the workspace had left, then. */
  readonly creditsAvailable: number | null;
  /** What the choice among several events rests on; null: none came. */
  readonly verdictFrom: {
    /** It brought an analysis that says something. */
    readonly analysed: boolean;
    /** How often the vendor had called again by then, for whatever reason. */
    readonly repeats: number;
  } | null;
}

/** Start, end, duration and URLs all come from one event, so that they belong to one conversation. */
export interface CallKnowledge extends CallFacts, Verdict {
  /** How the call went: every status by every type of event that told it, in the order of a call's life, not of arrival. */
  readonly statuses: readonly ToldStatus[];
  /** The status told by the event that the facts come from: of all events with such facts the furthest along. */
  readonly factsFrom: string | null;
  /** The vendor's own repeats: the most that was reported; null: nothing was. */
  readonly reAttempts: number | null;
  /** At the shopper's wish: the most that was reported; null: nothing was. */
  readonly reschedules: number | null;
  /** By name. */
  readonly actions: readonly ToldAction[];
  /** Types of events that the vendor's pages do not know, by name. */
  readonly unknownTypes: readonly string[];
}

/** What is known before any event. */
export const EMPTY_KNOWLEDGE: CallKnowledge = Object.freeze({
  statuses: [],
  startedAt: null,
  endedAt: null,
  durationSeconds: null,
  recordingUrl: null,
  detailUrl: null,
  factsFrom: null,
  success: null,
  summary: null,
  insights: null,
  outcome: null,
  requiredActions: [],
  creditsUsed: null,
  creditsAvailable: null,
  verdictFrom: null,
  reAttempts: null,
  reschedules: null,
  actions: [],
  unknownTypes: [],
});

/** Several times what a call can bring. A record must not grow with whatever is sent. */
const MOST_STATUSES = 60;
const MOST_ACTIONS = 20;
const MOST_REQUIRED_ACTIONS = 20;
const MOST_UNKNOWN_TYPES = 20;
/** In characters. */
const MOST_NAME = 60;
const MOST_REASON = 200;
const MOST_SUMMARY = 2_000;
const MOST_URL = 2_048;

/**
 * What is known once the event is heard. The same event again changes nothing but, if it was received earlier, an `at`.
 *
 * @param at - when it was received, epoch milliseconds, UTC.
 */
export function learn(known: CallKnowledge | null, event: CallEvent, at: number): CallKnowledge {
  const { statuses, actions, unknownTypes, reAttempts, reschedules, ...before } = known ?? EMPTY_KNOWLEDGE;
  return {
    statuses: withStatuses(statuses, event, at),
    ...greaterOf(factsIn(before), factsOf(event), furtherness),
    ...greaterOf(verdictIn(before), verdictOf(event), fullness),
    reAttempts: most(reAttempts, event.report?.reAttempts ?? null),
    reschedules: most(reschedules, event.report?.reschedules ?? null),
    actions: event.action ? withAction(actions, event.action, at) : actions,
    unknownTypes: event.isKnownType ? unknownTypes : withType(unknownTypes, event.type),
  };
}

/** Whether the shopper and the agent talked, as far as is known. */
export function wasAnswered(known: CallKnowledge | null): boolean {
  if (known === null) return false;
  return known.verdictFrom?.analysed === true || known.statuses.some(tellsOfAnAnswer);
}

/** Whether the vendor's analysis calls the conversation a success. What "success" is, the assistant's own settings say. */
export function endedWithSuccess(known: CallKnowledge | null): boolean {
  return known?.success === true;
}

const ANSWERED: ReadonlySet<string> = new Set(['in-progress', 'ended', 'completed', 'timeout']);

/** Where the lifecycle's end calls the call `ended`, that may be said of the lifecycle: also of one that nobody answered. */
function tellsOfAnAnswer({ status, type }: ToldStatus): boolean {
  return ANSWERED.has(status) && !(status === 'ended' && type === 'call.lifecycle-ended');
}

function withStatuses(known: readonly ToldStatus[], event: CallEvent, at: number): readonly ToldStatus[] {
  const type = cut(event.type, MOST_NAME);
  const told = [event.status, event.finalStatus].filter((status) => status !== null);
  const all = new Map(known.map((entry) => [nameOf(entry), entry]));
  for (const status of told.map((word) => cut(word, MOST_NAME))) {
    const entry = { status, type, at };
    all.set(nameOf(entry), { ...entry, at: Math.min(at, all.get(nameOf(entry))?.at ?? at) });
  }
  const kept = sortedBy([...all.values()], spareness).slice(0, MOST_STATUSES);
  return sortedBy(kept, ({ status, type }) => [rankOf(status), status, type]);
}

function nameOf({ status, type }: ToldStatus): string {
  return JSON.stringify([status, type]);
}

/** What must make room last: the documented statuses by their own events, then what is further along. */
function spareness({ status, type }: ToldStatus): SortKey {
  const isOwn = isDocumented(status) && type === `call.${status}`;
  return [isOwn ? 0 : 1, -rankOf(status), status, type];
}

type Facts = CallFacts & Pick<CallKnowledge, 'factsFrom'>;

function factsIn({ startedAt, endedAt, durationSeconds, recordingUrl, detailUrl, factsFrom }: Facts): Facts {
  return { startedAt, endedAt, durationSeconds, recordingUrl, detailUrl, factsFrom };
}

function factsOf({ call, status, finalStatus }: CallEvent): Facts {
  const from = status ?? finalStatus;
  return {
    startedAt: call?.startedAt ?? null,
    endedAt: call?.endedAt ?? null,
    durationSeconds: call?.durationSeconds ?? null,
    recordingUrl: usableUrl(call?.recordingUrl ?? null),
    detailUrl: usableUrl(call?.detailUrl ?? null),
    factsFrom: from === null ? null : cut(from, MOST_NAME),
  };
}

/** Half an address leads nowhere. */
function usableUrl(url: string | null): string | null {
  return url !== null && url.length <= MOST_URL ? url : null;
}

/** By how far along the event is; within one status by the later conversation. An event without facts is behind all others. */
function furtherness({ startedAt, endedAt, durationSeconds, recordingUrl, detailUrl, factsFrom }: Facts): SortKey {
  const figures = [endedAt, startedAt, durationSeconds].map((figure) => figure ?? Number.NEGATIVE_INFINITY);
  const texts = [recordingUrl ?? '', detailUrl ?? ''];
  const saysNothing = figures.every((figure) => figure === Number.NEGATIVE_INFINITY) && texts.join('') === '';
  return saysNothing ? [-1] : [rankOf(factsFrom), ...figures, ...texts, factsFrom ?? ''];
}

function verdictIn(known: Verdict): Verdict {
  const { success, summary, insights, outcome, requiredActions, creditsUsed, creditsAvailable, verdictFrom } = known;
  return { success, summary, insights, outcome, requiredActions, creditsUsed, creditsAvailable, verdictFrom };
}

function verdictOf({ analysis, credits, report }: CallEvent): Verdict {
  const said = {
    success: analysis?.success ?? null,
    summary: analysis?.summary ? cut(analysis.summary, MOST_SUMMARY) : null,
    insights: inBrief(analysis?.insights ?? null),
    outcome: inBrief(analysis?.outcome ?? null),
    requiredActions: (analysis?.requiredActions ?? [])
      .slice(0, MOST_REQUIRED_ACTIONS)
      .map((action) => cut(action, MOST_REASON)),
  };
  const analysed = Object.values(said).some((value) => (Array.isArray(value) ? value.length > 0 : value !== null));
  const repeats = (report?.reAttempts ?? 0) + (report?.reschedules ?? 0);
  const { used: creditsUsed = null, available: creditsAvailable = null } = credits ?? {};
  const came = analysed || creditsUsed !== null || creditsAvailable !== null;
  return { ...said, creditsUsed, creditsAvailable, verdictFrom: came ? { analysed, repeats } : null };
}

/**
 * The analysis that was made after more calls, then the one that cost more; the text decides the rest. An event without one, as
 * one that tells of credits alone, never takes the place of an analysis.
 */
function fullness(verdict: Verdict): SortKey {
  const { verdictFrom, creditsUsed } = verdict;
  if (verdictFrom === null) return [-1];
  const text = canonicalJson(verdict);
  return [
    verdictFrom.analysed ? 1 : 0,
    verdictFrom.repeats,
    creditsUsed ?? Number.NEGATIVE_INFINITY,
    text.length,
    text,
  ];
}

function withAction(known: readonly ToldAction[], told: CallAction, at: number): readonly ToldAction[] {
  const name = cut(actionName(told.name), MOST_NAME);
  const before = known.find((action) => action.name === name);
  const reason = told.reason === null ? null : cut(told.reason, MOST_REASON);
  const entry = { name, reason: most(before?.reason ?? null, reason), at: Math.min(at, before?.at ?? at) };
  const all = [...known.filter((action) => action !== before), entry];
  const kept = sortedBy(all, ({ name }) => [DOCUMENTED_ACTIONS.has(name) ? 0 : 1, name]).slice(0, MOST_ACTIONS);
  return sortedBy(kept, ({ name }) => [name]);
}

function withType(known: readonly string[], type: string): readonly string[] {
  const all = new Set([...known, cut(type, MOST_NAME)]);
  return [...all].sort().slice(0, MOST_UNKNOWN_TYPES);
}

function most<T extends number | string>(one: T | null, other: T | null): T | null {
  if (one === null || other === null) return one ?? other;
  return other > one ? other : one;
}
