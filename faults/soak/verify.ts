/** After the storm: every shopper end to end, by what the service acknowledged, what the vendor saw, and what stands on record. */
import type { VoiceVendor } from '../../stand-ins/voice-vendor/server.ts';
import { recordOf, type SeenRecord } from '../stage/record.ts';
import { PREFIX, type Stage } from '../stage/stage.ts';
import type { Life } from './traffic.ts';

export interface Checked {
  /** In words, with the recovery's id; empty when everything holds. */
  readonly faults: readonly string[];
  /** How many recoveries ended how. */
  readonly ends: ReadonlyMap<string, number>;
}

/** From here on a recovery goes nowhere by itself. */
const OVER = new Set(['ended', 'cancelled', 'rejected', 'skipped']);
/** What the soak configures as CALL_CLOSE_AFTER; after it a silent call counts as over, and an order aborts nothing. */
export const CLOSE_AFTER_MS = 60_000;
/** And as CALL_DELAY. */
export const CALL_DELAY_MS = 2_000;

export async function verify(stage: Stage, lives: readonly Life[]): Promise<Checked> {
  const faults: string[] = [];
  const ends = new Map<string, number>();
  for (const life of lives) {
    const { recoveryId } = life.shopper;
    const record = await recordOf(stage.eyes, PREFIX, recoveryId);
    const end = record ? [record.state, record.reason].filter(Boolean).join(': ') : 'no record';
    ends.set(end, (ends.get(end) ?? 0) + 1);
    for (const fault of faultsOf(life, record, stage.vendor))
      faults.push(`${recoveryId} (${life.plan.conduct}): ${fault}`);
  }
  return { faults: [...faults, ...askedTwice(stage.vendor)], ends };
}

/** I1: also of requests that came to nothing. */
function askedTwice({ attempts }: VoiceVendor): string[] {
  const asked = new Set<string>();
  return attempts.flatMap((attempt) => {
    if (!asked.has(attempt)) return asked.add(attempt) && [];
    return [`I1: the vendor was asked again for attempt ${attempt || 'without a name'}`];
  });
}

/** Whether nothing will happen to this recovery any more. */
export function isSettled(record: SeenRecord | null): boolean {
  return (
    record !== null &&
    OVER.has(record.state) &&
    Object.values(record.errands).every(({ state }) => state === 'done' || state === 'failed')
  );
}

function faultsOf({ shopper, taken, plan }: Life, record: SeenRecord | null, vendor: VoiceVendor): string[] {
  if (record === null) return ['I2: acknowledged, and there is no record'];
  const faults: string[] = [];
  const calls = vendor.calls.filter(({ body }) => body.metadata?.recoveryId === shopper.recoveryId);
  const order = taken.find(({ what }) => what === 'order');

  // I1: one initiate per attempt; and nothing here gives a reason for a second attempt that is placed.
  if (calls.length > 1) faults.push(`I1: ${calls.length} calls were placed`);
  // I2, I3
  const updates = taken.filter(({ what }) => what === 'checkout');
  for (const { at: begunAt } of record.timeline.filter(({ event }) => event === 'dial_begun')) {
    const known = updates.filter(({ at }) => at < begunAt).map(({ updatedAt }) => updatedAt);
    const early = Math.max(0, ...known) + CALL_DELAY_MS - begunAt;
    if (early > 0) faults.push(`I3: dialled ${early} ms too early after her last acknowledged activity`);
  }
  if (!OVER.has(record.state)) faults.push(`I2: is still ${record.state} ${record.reason ?? ''}`.trim());
  // One that came before the checkout is the person's, and no order of this recovery.
  if (order && record.orderedAt === null && record.reason !== 'ordered_since')
    faults.push('I2: an acknowledged order is not on the record');
  for (const [key, { state, note }] of Object.entries(record.errands)) {
    if (state !== 'done') faults.push(`I2: errand ${key} is ${state}: ${note ?? ''}`);
  }
  if (plan.conduct === 'says no' && calls.length > 0) faults.push('I4: was phoned without consent');

  for (const { callId, receivedAt } of calls) {
    const told = vendor.deliveries.filter((each) => each.callId === callId && each.status === 200);
    if (told.length > 0 && record.callId !== callId)
      faults.push('I2: the vendor told of its call, and the record does not know it');
    if (order === undefined || record.callId !== callId) continue;
    const endKnownAt = told.find(({ type }) => type === 'call.lifecycle-ended')?.at ?? Number.POSITIVE_INFINITY;
    const closedAt = receivedAt + CLOSE_AFTER_MS;
    const aborted = vendor.aborts.some((each) => each.callId === callId);
    if (aborted || order.at >= Math.min(endKnownAt, closedAt)) continue;
    // The errand was there, and its turn came when the call was over: the vendor's word was faster.
    const errand = record.errands.abort;
    if (errand?.state === 'done' && errand.note?.startsWith('nothing_to_abort')) continue;
    const when = order.at < receivedAt ? 'phoned after an acknowledged order' : 'ordered while the call was live';
    const life = `call after ${receivedAt - order.at} ms, end known after ${endKnownAt - order.at} ms, ${record.state} ${record.reason ?? ''}`;
    const asked = errand ? `${errand.state} ${errand.note ?? ''}` : 'none';
    faults.push(`I4: ${when}, and no abort was asked for (${life}, stop ${record.stopReason}, errand ${asked})`);
  }

  // I6
  const states = record.timeline.filter(({ event }) => event !== 'alarm_missing').flatMap(({ state }) => state ?? []);
  const first = states.findIndex((state) => state === 'ended' || state === 'cancelled' || state === 'rejected');
  if (first !== -1 && states.slice(first).some((state) => !OVER.has(state)))
    faults.push(`I6: went on after its end: ${states.join(' → ')}`);
  return faults;
}
