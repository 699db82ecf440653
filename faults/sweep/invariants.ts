/** What must be true after every run, whatever was killed and when. Names as in docs/faults.md. */
import { isLiveJob } from '../stage/record.ts';
import { PREFIX } from '../stage/stage.ts';
import { isOver, type Run, TERMINAL } from './run.ts';

/** @returns what is wrong, in words; empty when everything holds. */
export async function faultsOf(run: Run): Promise<string[]> {
  const faults = [...run.faults, ...atMostOneInitiate(run)];
  for (const shopper of run.shoppers) {
    const record = await run.recordOf(shopper);
    if (record === null) {
      if (run.acknowledged.some(({ recoveryId }) => recoveryId === shopper.recoveryId)) {
        faults.push('I2: acknowledged, and there is no record');
      }
      continue;
    }
    const acked = run.acknowledged.filter(({ recoveryId }) => recoveryId === shopper.recoveryId);
    const call = run.callOf(shopper);
    const has = (what: string, detail?: string) =>
      acked.some((each) => each.what === what && (detail === undefined || each.detail === detail));

    // I2: every acknowledged webhook has reached its state.
    const open = record.state === 'waiting' || record.state === 'scheduled';
    const newest = Math.max(0, ...acked.filter(({ what }) => what === 'checkout').map(({ detail }) => Number(detail)));
    if (open && record.checkoutUpdatedAt < newest) faults.push('I2: an acknowledged update is not on the record');
    // An order by another way, before the webhook of her checkout, is not this checkout's: it only keeps it from being called.
    const isHeeded = record.orderedAt !== null || record.reason === 'ordered_since';
    if (has('order') && !isHeeded) faults.push('I2: an acknowledged order is not on the record');
    if (has('event') && record.callId !== call?.callId)
      faults.push('I2: events told of a call that the record does not know');
    const isTold = run.stage.vendor.replacements.some(({ callId }) => callId === call?.callId);
    if (call && has('cart') && !isTold && !Object.keys(record.errands).some((key) => key.startsWith('replace_payload')))
      faults.push('I2: another cart was acknowledged during the call, and nobody meant to tell the vendor');
    if (has('event', 'action')) {
      const ids = new Set(run.messages.filter(({ type }) => type.includes('action')).map(({ id }) => id));
      if (ids.size !== 1) faults.push(`I2: the action was told to the merchant as ${ids.size} messages`);
    }

    // I4, and the abort: after an acknowledged order nobody is phoned.
    if (call && has('order') && !run.stage.vendor.aborts.some(({ callId }) => callId === call.callId)) {
      faults.push('I4: ordered while the call was live, and no abort was asked for');
    }

    // I6: what is over stays over.
    // A sweep that came too late only notes that it set an alarm; the alarm finds nothing to do.
    const moves = record.timeline.filter(({ event }) => event !== 'alarm_missing');
    const states = moves.flatMap(({ state }) => (state === null ? [] : [state]));
    const first = states.findIndex((state) => state === 'ended' || state === 'cancelled' || state === 'rejected');
    if (first !== -1 && states.slice(first).some((state) => !TERMINAL.has(state))) {
      faults.push(`I6: went on after its end: ${states.join(' → ')}`);
    }

    // Nothing is stuck, nothing lacks its timer.
    if (record.state === 'dialing') faults.push('stuck in dialing');
    if (record.state === 'scheduled' && !(await ringsAgain(run, shopper.recoveryId, record.alarm))) {
      faults.push('scheduled without an alarm');
    }
    if (!isOver(record) || run.healedAfterMs === null) {
      const left = Object.entries(record.errands).filter(([, { state }]) => state !== 'done');
      const errands = left.map(([key, { state, note }]) => `${key} ${state} ${note ?? ''}`.trim());
      faults.push(`not over in time: ${record.state} ${record.reason ?? ''} ${errands.join(', ')}`.trim());
    }
  }
  for (const queue of ['dial', 'errands']) {
    const active = await run.stage.eyes.llen(`${PREFIX}:${queue}:active`);
    if (active > 0 && run.healedAfterMs === null) faults.push(`${active} jobs of ${queue} without a worker`);
  }
  return faults;
}

/** I1, and over all attempts of a recovery: no scenario gives a reason for a second one. */
function atMostOneInitiate(run: Run): string[] {
  const faults: string[] = [];
  for (const name of ['attemptId', 'recoveryId'] as const) {
    const seen = run.calls.map(({ body }) => String(body.metadata?.[name]));
    const twice = seen.filter((id, i) => seen.indexOf(id) !== i);
    if (twice.length > 0) faults.push(`I1: ${twice.length + 1} initiates for one ${name}`);
  }
  return faults;
}

async function ringsAgain(run: Run, recoveryId: string, alarm: string | null): Promise<boolean> {
  return alarm !== null && isLiveJob(run.stage.eyes, PREFIX, 'dial', `rec-${recoveryId}-${alarm}`);
}
