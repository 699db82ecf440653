/** A recovery as it stands in Redis, read from outside: only what the checks need, and nothing of the service's own reading code. */
import type { Redis } from 'ioredis';

export interface SeenErrand {
  readonly kind: string;
  readonly state: 'open' | 'doing' | 'done' | 'failed';
  readonly note: string | null;
}

export interface SeenRecord {
  readonly state: string;
  readonly reason: string | null;
  readonly attemptId: string | null;
  readonly callId: string | null;
  readonly stopReason: string | null;
  readonly orderedAt: number | null;
  readonly dueAt: number | null;
  readonly alarm: string | null;
  /** Of the newest webhook that was taken in. */
  readonly checkoutUpdatedAt: number;
  readonly finalStatus: string | null;
  readonly errands: Readonly<Record<string, SeenErrand>>;
  /** Event names, the states they brought, and when by the service's clock, oldest first. */
  readonly timeline: readonly { readonly event: string; readonly state: string | null; readonly at: number }[];
}

export async function recordOf(eyes: Redis, prefix: string, id: string): Promise<SeenRecord | null> {
  const hash = (await eyes.hgetall(`${prefix}:recovery:${id}`)) as Record<string, string>;
  if (!hash.state) return null;
  const lines = Array.from({ length: Number(hash.tn ?? 0) }, (_, n) => JSON.parse(hash[`t${n + 1}`] ?? '{}'));
  return {
    state: hash.state,
    reason: hash.reason || null,
    attemptId: hash.attemptId || null,
    callId: hash.callId || null,
    stopReason: hash.stopReason || null,
    orderedAt: hash.orderedAt ? Number(hash.orderedAt) : null,
    dueAt: hash.dueAt ? Number(hash.dueAt) : null,
    alarm: hash.alarm || null,
    checkoutUpdatedAt: Number(hash.checkoutUpdatedAt ?? 0),
    finalStatus: hash.finalStatus || null,
    errands: JSON.parse(hash.errands || '{}'),
    timeline: lines.map(({ event, state, at }) => ({ event, state: state ?? null, at })),
  };
}

/** A job that rings at its time, or is about to: anything but finished and missing. */
export async function isLiveJob(eyes: Redis, prefix: string, queue: string, jobId: string): Promise<boolean> {
  const below = `${prefix}:${queue}`;
  const places = await Promise.all([
    eyes.zscore(`${below}:delayed`, jobId),
    eyes.zscore(`${below}:prioritized`, jobId),
    eyes.lpos(`${below}:wait`, jobId),
    eyes.lpos(`${below}:active`, jobId),
    eyes.lpos(`${below}:paused`, jobId),
  ]);
  return places.some((place) => place !== null);
}
