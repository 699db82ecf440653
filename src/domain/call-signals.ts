/**
 * Signals: what in a call event means that the shopper wants no calls any more, or said no this time. Vendors' analyses have
 * names that depend on the assistant, so the merchant says which. Pure.
 */
import type { CallEvent, JsonObject } from './call-event.ts';

/**
 * - `status`: the call event `call.<status>`, or another event that tells of this status.
 * - `action`: the agent did this, or the analysis asks for it.
 * - `said`: the analysis's insights, or outcome, have a member of that name which is true, or equals `value`.
 */
export type Signal =
  | { readonly kind: 'status'; readonly status: string }
  | { readonly kind: 'action'; readonly name: string }
  | {
      readonly kind: 'said';
      readonly where: 'insights' | 'outcome';
      readonly name: string;
      readonly value: string | null;
    };

export interface SignalNames {
  /** Never call this person again. */
  readonly doNotCall: readonly Signal[];
  /** Not now: silence for a while. */
  readonly refusal: readonly Signal[];
}

/** Every call that is answered has them: as a signal they would stand for everybody. */
const IN_EVERY_CALL: ReadonlySet<string> = new Set([
  'initiate',
  'in-progress',
  'ended',
  'completed',
  'lifecycle-ended',
]);

const NAME = '[a-zA-Z0-9][\\w-]{0,59}';

/** `call.skip`, `action:do_not_call`, `insights.do_not_call`, `outcome.intent=not_interested`; null for anything else. */
export function parseSignal(text: string): Signal | null {
  const [, status] = /^call\.([a-z][a-z-]{0,39})$/.exec(text) ?? [];
  if (status) return IN_EVERY_CALL.has(status) ? null : { kind: 'status', status };
  const [, action] = new RegExp(`^action:(${NAME})$`).exec(text) ?? [];
  if (action) return { kind: 'action', name: folded(action) };
  const [, where, name, value = null] =
    new RegExp(`^(insights|outcome)\\.(${NAME})(?:=(${NAME}))?$`, 'i').exec(text) ?? [];
  if (!where || !name) return null;
  return {
    kind: 'said',
    where: where.toLowerCase() === 'insights' ? 'insights' : 'outcome',
    name: folded(name),
    value: value === null ? null : folded(value),
  };
}

/** Whether the event says one thing, the other, or both. */
export function signalsOf(
  event: CallEvent,
  names: SignalNames,
): { readonly doNotCall: boolean; readonly refusal: boolean } {
  return {
    doNotCall: names.doNotCall.some((signal) => isIn(event, signal)),
    refusal: names.refusal.some((signal) => isIn(event, signal)),
  };
}

function isIn(event: CallEvent, signal: Signal): boolean {
  switch (signal.kind) {
    case 'status':
      return [event.status, event.finalStatus].includes(signal.status) || event.type === `call.${signal.status}`;
    case 'action': {
      const asked = [...(event.action ? [event.action.name] : []), ...(event.analysis?.requiredActions ?? [])];
      return asked.some((name) => folded(name) === signal.name);
    }
    case 'said':
      return membersOf(event.analysis?.[signal.where] ?? null).some(
        ([name, value]) =>
          folded(name) === signal.name && (signal.value === null ? isTrue(value) : isWord(value, signal.value)),
      );
  }
}

/** Its own members, and those of the objects in it: some assistants group what they found. */
function membersOf(object: JsonObject | null): [string, unknown][] {
  const own = Object.entries(object ?? {});
  const inner = own.flatMap(([, value]) => (isPlainObject(value) ? Object.entries(value) : []));
  return [...own, ...inner];
}

function isPlainObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A language model filled it in: the same truth comes as a flag, a number and a word. */
function isTrue(value: unknown): boolean {
  if (typeof value === 'string') return ['true', 'yes'].includes(value.trim().toLowerCase());
  return value === true || value === 1;
}

function isWord(value: unknown, word: string): boolean {
  return typeof value === 'string' && value.length <= 200 && folded(value) === word;
}

/** `doNotCall`, `do-not-call` and `Do Not Call` are one name. */
function folded(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}
