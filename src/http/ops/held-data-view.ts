/** All that is held of one person, to hand on to them: whole, with instants as people read them. */
import type { HeldData } from '../../recovery/requests/answer-data-request.ts';
import { iso } from './instants.ts';

export function heldDataOf({ request, gatheredAt, recoveries, unreadable, facts, history, parked }: HeldData) {
  const { id, shopifyId, customerId, receivedAt } = request;
  return {
    request: { id, shopifyId, customerId, receivedAt: iso(receivedAt) },
    gatheredAt: iso(gatheredAt),
    recoveries: recoveries.map(({ record, timeline }) => ({
      ...(withInstants(record) as Readonly<Record<string, unknown>>),
      timeline: withInstants(timeline),
    })),
    /** Something is held under these ids that nobody can read. */
    unreadableRecoveries: unreadable,
    remembered: facts.map(({ at, ...fact }) => ({ ...fact, at: iso(at) })),
    /** What decides whether they may be called. */
    history: {
      ...(withInstants(history) as Readonly<Record<string, unknown>>),
      calls: history.calls.map((at) => iso(at)),
    },
    /** Webhooks that could not be read and that seem to be about this person; the bodies as they came. */
    unreadWebhooks: parked.map(({ receivedAt: at, source, topic, body }) => ({ at: iso(at), source, topic, body })),
  };
}

/** What others said, in their words: a number in it is theirs. */
const IN_OTHERS_WORDS = new Set(['payload', 'outcomes', 'insights', 'outcome']);

function withInstants(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withInstants);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => {
    if (IN_OTHERS_WORDS.has(name)) return [name, inner];
    return [name, isInstant(name, inner) ? iso(inner) : withInstants(inner)];
  });
  return Object.fromEntries(entries);
}

function isInstant(name: string, value: unknown): value is number {
  return typeof value === 'number' && (name === 'at' || name.endsWith('At'));
}
