/** The real service with a DATA_KEY: calls go as ever, a wrong key stops it before it does harm, data goes in time, keys are rotated. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY } from '../../src/domain/duration.ts';
import type { RecoveryStore } from '../../src/domain/ports.ts';
import { StoreUnavailableError } from '../../src/errors.ts';
import { keysBelow } from '../../src/store/keys.ts';
import { recoveryStore } from '../../src/store/recovery-store.ts';
import type { DataKeys } from '../../src/store/vault.ts';
import { type PrivateRedis, startPrivateRedis } from '../../stand-ins/private-redis.ts';
import { ODILE_US } from '../../stand-ins/shop/people.ts';
import { aDataKey } from '../support/a-data-key.ts';
import { aShopper, longAgo, minutesAgo } from '../support/a-shopper.ts';
import { sendCallEvent } from '../support/call-event.ts';
import { type Ground, openGround } from '../support/ground.ts';
import { logLines } from '../support/log-lines.ts';
import { sealsWith } from '../support/seals-with.ts';
import { settled, until } from '../support/settled.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** The test's own eyes, with these keys. */
function eyesOn(ground: Ground, dataKeys: DataKeys): RecoveryStore {
  const keys = keysBelow(ground.prefix);
  return recoveryStore(ground.redis, keys, DAY, sealsWith(ground.redis, keys, dataKeys));
}

/** @returns what the command wrote, and its exit code. */
async function cli(words: readonly string[], env: Record<string, string>) {
  const run = promisify(execFile)(process.execPath, [CLI, ...words], { env: { PATH: process.env.PATH ?? '', ...env } });
  const failed = (error: unknown) => error as { code: number; stdout: string; stderr: string };
  const { code = 0, stdout, stderr } = await run.then((out) => ({ ...out, code: 0 }), failed);
  return { code, stdout, stderr };
}

describe('a service with a DATA_KEY', () => {
  const DATA_KEY = aDataKey();
  /** A Redis of its own: all its connections are cut. */
  let redis: PrivateRedis;
  let ground: Ground;
  let eyes: RecoveryStore;

  beforeAll(async () => {
    redis = await startPrivateRedis({ appendonly: 'everysec' });
    ground = await openGround({ redisUrl: redis.url });
    eyes = eyesOn(ground, { current: DATA_KEY, old: [] });
  });
  afterAll(async () => {
    await ground.close();
    await redis.stop();
  });

  it('calls, and hears how it went', async () => {
    const service = await ground.start({ env: { DATA_KEY } });
    const shopper = aShopper();
    expect(await service.send(shopper.fillsIn(longAgo()))).toBe(200);
    const { record } = await settled(eyes, shopper.recoveryId, 'ended');
    expect(record).toMatchObject({ phone: shopper.shopper.e164, attempts: 1 });
    expect(record.call?.statuses.length).toBeGreaterThan(1);
    await service.close();
  });

  it('erases when the time has come, by the clock, and goes on matching orders', async () => {
    const clock = { at: Date.now(), now: () => clock.at };
    const service = await ground.start({ env: { DATA_KEY, RECORD_TTL: '60d' }, overrides: { clock } });
    const shopper = aShopper();
    await service.send(shopper.fillsIn(longAgo()));
    const { record } = await settled(eyes, shopper.recoveryId, 'ended');
    clock.at = Math.max(Date.now(), record.lastEventAt ?? 0) + 30 * DAY - 60_000;
    await service.service.sweep();
    expect((await eyes.load(shopper.recoveryId))?.record).toMatchObject({ erasedAt: null, phone: record.phone });
    clock.at += 60_000;
    await service.service.sweep();
    const erased = await settled(eyes, shopper.recoveryId, ({ record: now }) => now.erasedAt !== null);
    expect(erased.record).toMatchObject({ payload: null, phone: null, outcomes: {}, contacts: record.contacts });
    expect(erased.record).toMatchObject({ state: 'ended', callId: record.callId, cartValue: record.cartValue });
    expect(erased.timeline.at(-1)).toMatchObject({ event: 'erased', reason: 'retention' });
    const found = await service.ops.get(`/ops/api/recoveries?query=${encodeURIComponent(String(record.phone))}`);
    expect(found.json.recoveries).toMatchObject([{ id: shopper.recoveryId, phone: null }]);
    await service.close();
  });

  it('puts the key of the contacts back when Redis comes back without it', async () => {
    const service = await ground.start({ env: { DATA_KEY } });
    const keys = keysBelow(ground.prefix);
    const { contacts } = sealsWith(ground.redis, keys, { current: DATA_KEY, old: [] });
    await contacts.load();
    await ground.redis.del(keys.contactKey);
    await ground.redis.call('CLIENT', 'KILL', 'TYPE', 'normal').catch(() => {});
    await until('it is there again', async () => (await ground.redis.exists(keys.contactKey).catch(() => 0)) === 1);
    const after = sealsWith(ground.redis, keys, { current: DATA_KEY, old: [] }).contacts;
    await after.load();
    expect(after.of('x')).toBe(contacts.of('x'));
    await service.close();
  });

  it.each([
    ['another', { DATA_KEY: aDataKey() }],
    ['none', {}],
  ])('does nothing with %s: it is not ready, refuses with 503 and says why', async (_which, env) => {
    const first = await ground.start({ env: { DATA_KEY } });
    const shopper = aShopper();
    await first.send(shopper.fillsIn(minutesAgo(2)));
    await first.close();
    const before = await ground.redis.hgetall(keysBelow(ground.prefix).recovery(shopper.recoveryId));
    const log = logLines();
    const service = await ground.start({ env: { ROLE: 'web', ...env }, logger: log.logger, untilReady: false });
    const ready = await fetch(`${service.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'not_ready', reason: 'data_key_unknown' }]);
    expect(await service.send(shopper.fillsIn(minutesAgo(1)))).toBe(503);
    expect(await service.send(aShopper().fillsIn(minutesAgo(1)))).toBe(503);
    expect(await service.send(shopper.deletes())).toBe(503);
    const event = { type: 'call.ended', metadata: { recoveryId: shopper.recoveryId } };
    expect(await sendCallEvent(service.url, ground.vendor.keys, event)).toBe(503);
    await expect(service.service.sweep()).rejects.toThrow(StoreUnavailableError);
    expect(log.of('alarm')).toContainEqual(expect.objectContaining({ alarm: 'data_key_unknown' }));
    for (const path of ['recoveries', 'errands', 'report', `recoveries/${shopper.recoveryId}`]) {
      const { status, json } = await service.ops.get(`/ops/api/${path}`);
      expect([path, status, json]).toEqual([path, 503, expect.objectContaining({ error: 'data_key_unknown' })]);
    }
    for (const path of ['', '/errands', '/data-requests']) {
      const { text } = await service.ops.get(`/ops${path}`);
      expect(text).toContain('What is stored cannot be read with this DATA_KEY');
      expect(text).not.toContain('Nothing here yet');
    }
    expect((await service.ops.get('/ops/api/dialing')).status).toBe(200);
    expect(await ground.redis.hgetall(keysBelow(ground.prefix).recovery(shopper.recoveryId))).toEqual(before);
    for (const words of [['report'], ['explain', shopper.recoveryId], ['reencrypt'], ['parked', 'list']]) {
      const { code, stdout, stderr } = await cli(words, ground.environment(0, { DATA_KEY: aDataKey(), ...env }));
      expect([words, code, stdout]).toEqual([words, 1, '']);
      expect(stderr).toContain('DATA_KEY does not fit what is stored');
      expect(stderr).not.toContain('Does Redis answer?');
    }
    await service.close();
  });
});

describe('the command line', () => {
  const [old, current] = [aDataKey(), aDataKey()];
  let ground: Ground;

  beforeAll(async () => {
    ground = await openGround();
  });
  afterAll(() => ground.close());

  it('makes keys that the configuration takes, without any configuration', async () => {
    const keys = await Promise.all([cli(['data-key'], {}), cli(['data-key'], {})]);
    expect(keys.map(({ code }) => code)).toEqual([0, 0]);
    const [one, other] = keys.map(({ stdout }) => stdout.trim());
    expect(one).not.toBe(other);
    const checked = await cli(['check-config'], ground.environment(0, { DATA_KEY: String(one) }));
    expect(checked.stdout).toContain('The configuration can be used.');
    expect(checked.stdout).not.toContain('DATA_KEY');
  });

  it('says what reencrypt is for, and that it needs a key', async () => {
    expect((await cli(['reencrypt', '--help'], {})).stdout).toMatch(/reencrypt\s+seals everything anew/);
    const without = await cli(['reencrypt'], ground.environment(0));
    expect([without.code, without.stderr]).toEqual([1, expect.stringContaining('DATA_KEY is not set')]);
  });

  it('rotates the key while the service runs', async () => {
    const before = await ground.start({ env: { DATA_KEY: old } });
    const shoppers = Array.from({ length: 12 }, () => aShopper());
    for (const shopper of shoppers) await before.send(shopper.fillsIn(minutesAgo(5)));
    await before.close();
    const env = { DATA_KEY: current, DATA_KEYS_OLD: old };
    const service = await ground.start({ env });
    const traffic = Promise.all(shoppers.map((shopper) => service.send(shopper.fillsIn(minutesAgo(4)))));
    const first = await cli(['reencrypt'], ground.environment(0, env));
    expect(await traffic).toEqual(shoppers.map(() => 200));
    expect(first.stdout).toContain('append-only file');
    expect([first.code, first.stderr]).toEqual([0, expect.stringMatching(/^\d+ of about \d+ keys$/m)]);
    const second = await cli(['reencrypt'], ground.environment(0, env));
    expect(second.stdout).toContain(`0 sealed anew, ${shoppers.length} were current`);
    await service.close();
    const eyes = eyesOn(ground, { current, old: [] });
    for (const { recoveryId, shopper } of shoppers) {
      expect((await eyes.load(recoveryId))?.record.phone).toBe(shopper.e164);
    }
  });

  it('tells of what cannot be opened, and fails', async () => {
    const keys = keysBelow(ground.prefix);
    const record = keys.recovery(aShopper({ shopper: ODILE_US }).recoveryId);
    const { vault } = sealsWith(ground.redis, keys, { current: aDataKey(), old: [] });
    await ground.redis.hset(record, { state: 'scheduled', facts: vault.seal('somewhere', '{}') });
    const { code, stdout } = await cli(['reencrypt'], ground.environment(0, { DATA_KEY: current, DATA_KEYS_OLD: old }));
    expect([code, stdout]).toEqual([1, expect.stringContaining('1 cannot be opened and were left as they are')]);
  });
});
