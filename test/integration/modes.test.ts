/** When nobody is phoned although everything is there: a dry run, a checkout gone cold, and the hours in which people sleep. */
import { DateTime } from 'luxon';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CORVIN_PREMIUM, JOERDIS_DE, ODILE_US, WILHELMINA_REFUSES } from '../../stand-ins/shop/people.ts';
import { aShopper, EVERYTHING, longAgo, minutesAgo } from '../support/a-shopper.ts';
import { type Ground, openGround } from '../support/ground.ts';
import { logLines } from '../support/log-lines.ts';
import { settled } from '../support/settled.ts';

let ground: Ground;

beforeEach(async () => {
  ground = await openGround({ vendor: { scenario: 'silent' } });
});
afterEach(() => ground.close());

async function recordOf(id: string) {
  const recovery = await ground.store.load(id);
  if (!recovery) throw new Error('there is no such record');
  return recovery.record;
}

describe('a dry run', () => {
  it('takes every decision, calls nobody, and says so', async () => {
    const service = await ground.start({ env: { CALL_MODE: 'dry-run' } });
    const shopper = aShopper();
    await service.send(shopper.fillsIn(longAgo()));
    const { record, timeline } = await settled(ground.store, shopper.recoveryId, 'skipped');
    expect(record).toMatchObject({ reason: 'dry_run', attempts: 0, phone: shopper.shopper.e164 });
    expect(timeline.at(-1)).toMatchObject({ event: 'ring', reason: 'dry_run' });
    expect(ground.vendor.requests).toBe(0);
  });
});

describe('a shop that widens who may be called, or when', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['with no sign of consent at all', { CALL_CONSENT: 'none' }, /^CALL_CONSENT is none/],
    [
      'with hours of its own',
      {
        ...{ CALLING_HOURS: 'rules', CALLING_WINDOW_OVERRIDE: 'mon-sun 09:00-20:00' },
        CALLING_WINDOW_OVERRIDE_REASON: 'counsel, 2026-11-03',
      },
      /^CALLING_WINDOW_OVERRIDE/,
    ],
  ])('is told so in the log at every start: %s', async (_what, env, warning) => {
    for (let starts = 0; starts < 2; starts++) {
      const log = logLines();
      const service = await ground.start({ env, logger: log.logger });
      await service.service.close();
      const told = log.of('config_warning');
      expect(told).toContainEqual(expect.objectContaining({ level: 40, msg: expect.stringMatching(warning) }));
    }
  });
});

describe('a checkout', () => {
  it('that was left too long ago is not called about when it arrives', async () => {
    const service = await ground.start({ env: { CALL_MAX_AGE: '1h' } });
    const shopper = aShopper();
    await service.send(shopper.fillsIn(minutesAgo(61)));
    expect(await recordOf(shopper.recoveryId)).toMatchObject({ state: 'skipped', reason: 'too_old' });
    // Back at the cart, and the shopper is fresh again.
    await service.send(shopper.fillsIn(minutesAgo(1)));
    expect(await recordOf(shopper.recoveryId)).toMatchObject({ state: 'scheduled', reason: null });
  });

  it('that grew too old while dialling was paused is not called about when it rings', async () => {
    let ahead = 0;
    const service = await ground.start({ overrides: { clock: { now: () => Date.now() + ahead } } });
    await service.ops.put('/ops/api/dialing', { paused: true });
    const shopper = aShopper();
    await service.send(shopper.fillsIn(longAgo()));
    ahead = 24 * 3_600_000;
    await service.ops.put('/ops/api/dialing', { paused: false });
    const { record } = await settled(ground.store, shopper.recoveryId, 'skipped');
    expect(record).toMatchObject({ reason: 'too_old', attempts: 0 });
    expect(ground.vendor.requests).toBe(0);
  });

  it('that never became callable is given up by the sweep', async () => {
    let ahead = 0;
    const service = await ground.start({
      env: { CALL_MAX_AGE: '1h', ROLE: 'web' },
      overrides: { clock: { now: () => Date.now() + ahead } },
    });
    const [stale, fresh] = [aShopper(), aShopper()];
    await service.send(stale.opens(new Date()));
    expect((await service.service.sweep()).expired).toBe(0);
    ahead = 61 * 60_000;
    await service.send(fresh.opens(new Date(Date.now() + ahead)));
    expect((await service.service.sweep()).expired).toBe(1);
    expect(await recordOf(stale.recoveryId)).toMatchObject({ state: 'skipped', reason: 'too_old' });
    expect((await recordOf(fresh.recoveryId)).state).toBe('waiting');
  });

  it.each([
    ['whose shopper refused', WILHELMINA_REFUSES, 'no' as const, 'no_consent'],
    ['whose number costs more than a call', CORVIN_PREMIUM, 'yes' as const, 'invalid_phone'],
  ])('%s is skipped, and a later webhook may open it again', async (_who, who, consent, reason) => {
    const service = await ground.start();
    const shopper = aShopper({ shopper: who });
    await service.send(shopper.fillsIn(minutesAgo(15), { ...EVERYTHING, consent }));
    expect(await recordOf(shopper.recoveryId)).toMatchObject({ state: 'skipped', reason });
    const mended = aShopper({ shopper: ODILE_US, token: shopper.token });
    await service.send(mended.fillsIn(minutesAgo(12)));
    await settled(ground.store, shopper.recoveryId, 'called');
    expect(ground.vendor.requests).toBe(1);
  });
});

describe('calling hours', () => {
  /**
   * The next time that the clocks in Berlin show this on a Tuesday in February, when no day there is a holiday; always ahead of now,
   * so that real timers agree on the order.
   */
  function nextInBerlin(hour: number, minute: number, second = 0): DateTime {
    let day = DateTime.now().setZone('Europe/Berlin').plus({ days: 1 });
    while (day.month !== 2 || day.weekday !== 2) day = day.plus({ days: 1 });
    return day.set({ hour, minute, second, millisecond: 0 });
  }

  function nextOpening(after: DateTime): DateTime {
    return after.plus({ days: 1 }).set({ hour: 10, minute: 0, second: 0, millisecond: 0 });
  }

  /** Those that are put off to the same opening begin spread over a quarter of an hour. */
  function expectSoonAfter(dueAt: number | null, opening: DateTime): void {
    expect(dueAt).toBeGreaterThanOrEqual(opening.toMillis());
    expect(dueAt).toBeLessThanOrEqual(opening.plus({ minutes: 15 }).toMillis());
  }

  const rules = { CALLING_HOURS: 'rules', CALL_DELAY: '1s' };

  it('put a call that is due at night off until ten in the morning, where the shopper is', async () => {
    const night = nextInBerlin(23, 30);
    const service = await ground.start({ env: rules, overrides: { clock: { now: () => night.toMillis() } } });
    const shopper = aShopper({ shopper: JOERDIS_DE });
    await service.send(shopper.fillsIn(night.toJSDate()));
    const record = await recordOf(shopper.recoveryId);
    expect(record).toMatchObject({ state: 'scheduled', reason: 'outside_hours' });
    expectSoonAfter(record.dueAt, nextOpening(night));
  });

  it('are looked at again when the alarm rings: too late in the evening is tomorrow', async () => {
    const evening = nextInBerlin(17, 59, 50);
    const startedAt = Date.now();
    // So many seconds later than the test: at first before six o'clock, then after it.
    let ahead = evening.toMillis() - startedAt;
    const service = await ground.start({ env: rules, overrides: { clock: { now: () => Date.now() + ahead } } });
    const shopper = aShopper({ shopper: JOERDIS_DE });
    await service.send(shopper.fillsIn(evening.toJSDate()));
    expect(await recordOf(shopper.recoveryId)).toMatchObject({ state: 'scheduled', reason: null });
    ahead += 30_000;
    const { record, timeline } = await settled(
      ground.store,
      shopper.recoveryId,
      (seen) => seen.record.reason === 'outside_hours',
    );
    expect(record).toMatchObject({ state: 'scheduled', attempts: 0 });
    expectSoonAfter(record.dueAt, nextOpening(evening));
    expect(timeline.filter(({ event }) => event === 'ring')).toEqual([
      expect.objectContaining({ reason: 'outside_hours', rule: expect.stringMatching(/^calling-rules@\S+ .*DE/) }),
    ]);
    expect(ground.vendor.requests).toBe(0);
  });

  it('do not hold a call back by day', async () => {
    const noon = nextInBerlin(12, 0);
    const ahead = noon.toMillis() - Date.now();
    const service = await ground.start({ env: rules, overrides: { clock: { now: () => Date.now() + ahead } } });
    const shopper = aShopper({ shopper: JOERDIS_DE });
    await service.send(shopper.fillsIn(noon.toJSDate()));
    await settled(ground.store, shopper.recoveryId, 'called');
    expect(ground.vendor.requests).toBe(1);
  });
});
