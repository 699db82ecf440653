/**
 * Errands: what must still be done for a recovery outside of it (abort its call, replace its payload, carry out what the agent
 * agreed, tell the merchant, take back a discount). They stand on the record, decided in the same write as what caused them;
 * a job only wakes somebody to see to them. Pure rules.
 */
import { HOUR, MINUTE, SECOND } from './duration.ts';

export const ERRAND_KINDS = ['abort', 'replace_payload', 'agent_order', 'forward', 'discount_delete'] as const;
export type ErrandKind = (typeof ERRAND_KINDS)[number];

export interface Errand {
  readonly kind: ErrandKind;
  /**
   * `open`: due at `dueAt`. `doing`: somebody began at `doingAt`; one that is old was interrupted and its fate is unknown.
   * `done`, `failed`: over; a failed one waits for an operator.
   */
  readonly state: 'open' | 'doing' | 'done' | 'failed';
  /** Epoch milliseconds, UTC. */
  readonly dueAt: number;
  readonly doingAt: number | null;
  /** Tries that failed. */
  readonly tries: number;
  /** True when an earlier try may have succeeded unseen: look before doing it again. */
  readonly doubtful: boolean;
  /** What came of it, or why not: a code, nothing personal. */
  readonly note: string | null;
  /** What an earlier try has made already and a later one must go on with: the shop's id of it. */
  readonly ref: string | null;
  /** What the errand is about, where its key does not say: the key of an outcome on the record. */
  readonly about: string | null;
}

/** By key; the key says what may be done only once, e.g. `agent_order:<call id>`. */
export type Errands = Readonly<Record<string, Errand>>;

/** What came of one try. */
export type ErrandResult =
  | { readonly kind: 'done'; readonly note: string }
  /** Not possible yet, and nobody's fault: no try is spent. */
  | { readonly kind: 'wait'; readonly note: string; readonly forMs: number }
  /** `doubtful`: it may have happened all the same. */
  | {
      readonly kind: 'again';
      readonly note: string;
      readonly afterMs: number | null;
      readonly doubtful: boolean;
      readonly ref?: string;
    }
  | { readonly kind: 'failed'; readonly note: string };

/** A try that is older than this was interrupted: longer than any request plus its saving. Milliseconds. */
export const ERRAND_TIME_LIMIT_MS = 2 * MINUTE;
/** With the back-off below, a little over a day. */
export const MOST_ERRAND_TRIES = 30;
/** Messages to forward are named by the vendor's words; a call brings a handful, and a record must not grow with whatever is sent. */
export const MOST_ERRANDS = 60;

const FIRST_RETRY = 2 * SECOND;
const SLOWEST_RETRY = HOUR;

/** A new errand under its key. One that is known by its key, in whatever state, is left as it is: it is done once. */
export function withErrand(
  errands: Errands,
  key: string,
  kind: ErrandKind,
  at: number,
  about: string | null = null,
): Errands {
  if (Object.hasOwn(errands, key)) return errands;
  if (kind === 'forward' && Object.keys(errands).length >= MOST_ERRANDS) return errands;
  return { ...errands, [key]: freshErrand(kind, at, about) };
}

/** An errand that may be needed again: opened anew unless it is open already. */
export function withErrandAgain(errands: Errands, key: string, kind: ErrandKind, at: number): Errands {
  const known = Object.hasOwn(errands, key) ? errands[key] : undefined;
  if (known?.state === 'open') return errands;
  if (!known) return withErrand(errands, key, kind, at);
  // The try under way may be too early for what has just happened; its own result must not close this one.
  return { ...errands, [key]: freshErrand(kind, at, known.about) };
}

/**
 * An errand that may be needed again, and is due no later than `at`. One that is over was seen to on other grounds (a code that was
 * still offered, a call that was not known yet), and one that is being done may be too early for these: both are opened anew.
 */
export function withErrandAt(errands: Errands, key: string, kind: ErrandKind, at: number): Errands {
  const opened = withErrandAgain(errands, key, kind, at);
  const known = opened[key];
  return known === undefined || known.dueAt <= at ? opened : { ...opened, [key]: { ...known, dueAt: at } };
}

function freshErrand(kind: ErrandKind, at: number, about: string | null): Errand {
  return { kind, state: 'open', dueAt: at, doingAt: null, tries: 0, doubtful: false, note: null, ref: null, about };
}

/** A second call of one recovery is never wanted: it is taken back under its own id, whatever becomes of the first. */
export function withSecondCall(errands: Errands, callId: string | null, at: number): Errands {
  if (callId === null || Object.keys(errands).length >= MOST_ERRANDS) return errands;
  return withErrand(errands, `abort:${callId.slice(0, 80)}`, 'abort', at, callId);
}

/** Drops what is still to be done; what is being done, or is over, stays. */
export function withoutErrand(errands: Errands, key: string): Errands {
  if (errands[key]?.state !== 'open') return errands;
  const { [key]: _dropped, ...rest } = errands;
  return rest;
}

/** Those of these kinds that are not done yet will not be: what they were about is gone. */
export function withFailed(errands: Errands, kinds: ReadonlySet<ErrandKind>, note: string): Errands {
  const entries = Object.entries(errands).map(([key, errand]): [string, Errand] => {
    const isOver = errand.state === 'done' || errand.state === 'failed';
    return [key, isOver || !kinds.has(errand.kind) ? errand : { ...errand, state: 'failed', doingAt: null, note }];
  });
  return Object.fromEntries(entries);
}

/** The errand to see to now: the one due longest; null when none is. */
export function dueErrand(errands: Errands, now: number): { readonly key: string; readonly errand: Errand } | null {
  let first: { key: string; errand: Errand } | null = null;
  for (const [key, errand] of Object.entries(errands)) {
    const at = wakesAt(errand);
    if (at !== null && at <= now && (first === null || at < (wakesAt(first.errand) ?? 0))) first = { key, errand };
  }
  return first;
}

export function hasFailedErrand(errands: Errands): boolean {
  return Object.values(errands).some(({ state }) => state === 'failed');
}

/** When somebody must look at these errands next; null when never. */
export function errandsDueAt(errands: Errands): number | null {
  const times = Object.values(errands)
    .map(wakesAt)
    .filter((at) => at !== null);
  return times.length === 0 ? null : Math.min(...times);
}

function wakesAt({ state, dueAt, doingAt }: Errand): number | null {
  if (state === 'open') return dueAt;
  return state === 'doing' ? (doingAt ?? 0) + ERRAND_TIME_LIMIT_MS : null;
}

/** The errand as somebody begins it. One that was being done before was interrupted: its fate is in doubt. */
export function begun(errand: Errand, now: number): Errand {
  return { ...errand, state: 'doing', doingAt: now, doubtful: errand.doubtful || errand.state === 'doing' };
}

/** The errand after a try. @param random - uniform in [0, 1). */
export function afterTry(errand: Errand, result: ErrandResult, now: number, random: number): Errand {
  const { note } = result;
  const over = { ...errand, doingAt: null, note };
  switch (result.kind) {
    case 'done':
      return { ...over, state: 'done', doubtful: false };
    case 'failed':
      return { ...over, state: 'failed' };
    case 'wait':
      return { ...over, state: 'open', dueAt: now + result.forMs };
    case 'again': {
      const tries = errand.tries + 1;
      const doubtful = errand.doubtful || result.doubtful;
      const ref = result.ref ?? errand.ref;
      if (tries >= MOST_ERRAND_TRIES) return { ...over, state: 'failed', tries, doubtful, ref };
      const ceiling = Math.min(SLOWEST_RETRY, FIRST_RETRY * 2 ** Math.min(tries - 1, 20));
      const backOff = ceiling / 2 + (ceiling / 2) * random;
      return {
        ...over,
        state: 'open',
        tries,
        doubtful,
        ref,
        // Whoever asks for more patience than the slowest pause is asked again all the same.
        dueAt: now + Math.round(Math.max(backOff, Math.min(result.afterMs ?? 0, SLOWEST_RETRY))),
      };
    }
  }
}

/**
 * An operator wants a failed one tried again. What its tries left behind is not known, so it is in doubt.
 *
 * @returns null when there is no such failed errand.
 */
export function retried(errands: Errands, key: string, now: number): Errands | null {
  const errand = Object.hasOwn(errands, key) ? errands[key] : undefined;
  if (errand?.state !== 'failed') return null;
  return { ...errands, [key]: { ...errand, state: 'open', dueAt: now, tries: 0, doubtful: true } };
}
