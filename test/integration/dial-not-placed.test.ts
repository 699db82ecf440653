/** Dials that certainly placed no call: nothing was sent, or the vendor said "not now". Nobody is lost, nobody is dialled twice. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../stand-ins/free-port.ts';
import { startVoiceVendor } from '../../stand-ins/voice-vendor/server.ts';
import { aShopper, longAgo, type ShopperInTest } from '../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';
import { settled, until } from '../support/settled.ts';

async function onGround(use: (ground: Ground) => Promise<void>): Promise<void> {
  const ground = await openGround({ vendor: { scenario: 'silent' } });
  try {
    await use(ground);
  } finally {
    await ground.close();
  }
}

async function sendAll(service: Running, shoppers: readonly ShopperInTest[]): Promise<void> {
  for (const shopper of shoppers) expect(await service.send(shopper.fillsIn(longAgo()))).toBe(200);
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe.concurrent('a dial that sent nothing', () => {
  it('because nobody listened is tried again after a pause, and once', () =>
    onGround(async (ground) => {
      const port = await freePort();
      const service = await ground.start({
        env: { VOICE_API_URL: `http://127.0.0.1:${port}` },
        overrides: { random: () => 0 },
      });
      const shopper = aShopper();
      await sendAll(service, [shopper]);
      const { record } = await settled(ground.store, shopper.recoveryId, ({ record }) => record.notPlaced === 1);
      expect(record).toMatchObject({ state: 'scheduled', reason: 'econnrefused', attempts: 1 });
      // The first back-off: five seconds, halved by the smallest jitter.
      expect(record.dueAt).toBe(record.changedAt + 2_500);
      const vendor = await startVoiceVendor({ port, keys: ground.vendor.keys, scenario: 'silent' });
      try {
        const { record: after } = await settled(ground.store, shopper.recoveryId, 'called');
        expect(vendor.requests).toBe(1);
        expect(vendor.calls[0]?.receivedAt).toBeGreaterThanOrEqual(record.dueAt ?? Infinity);
        expect(vendor.calls[0]?.body.metadata?.attemptId).toBe(`${shopper.recoveryId}.2`);
        expect(after).toMatchObject({ attempts: 2, notPlaced: 0 });
      } finally {
        await vendor.close();
      }
    }));

  it('because the vendor’s name cannot be resolved stays scheduled', () =>
    onGround(async (ground) => {
      // No label of a name may have more than 63 characters: no resolver even asks.
      const service = await ground.start({ env: { VOICE_API_URL: `https://${'v'.repeat(64)}.invalid` } });
      const shopper = aShopper();
      await sendAll(service, [shopper]);
      const { record } = await settled(ground.store, shopper.recoveryId, ({ record }) => record.notPlaced === 1);
      expect(record.state).toBe('scheduled');
      expect(record.reason).toMatch(/^(enotfound|eai_)/);
    }));

  it('because the other end speaks no TLS stays scheduled', () =>
    onGround(async (ground) => {
      const server = createServer((socket) => socket.on('error', () => {}).end('220 mail.example ESMTP\r\n'));
      const service = await ground.start({ env: { VOICE_API_URL: `https://127.0.0.1:${await listening(server)}` } });
      const shopper = aShopper();
      await sendAll(service, [shopper]);
      const { record } = await settled(ground.store, shopper.recoveryId, ({ record }) => record.notPlaced === 1);
      expect(record).toMatchObject({ state: 'scheduled', attempts: 1 });
      server.close();
    }));

  it('because the TLS handshake never ends stays scheduled', () =>
    onGround(async (ground) => {
      const sockets: { destroy(): void }[] = [];
      const server = createServer((socket) => sockets.push(socket.on('error', () => {})));
      const VOICE_API_URL = `https://127.0.0.1:${await listening(server)}`;
      const service = await ground.start({ env: { VOICE_API_URL, VOICE_TIMEOUT: '300ms' } });
      const shopper = aShopper();
      await sendAll(service, [shopper]);
      const { record } = await settled(ground.store, shopper.recoveryId, ({ record }) => record.notPlaced === 1);
      expect(record).toMatchObject({ state: 'scheduled', reason: 'timeout' });
      for (const socket of sockets) socket.destroy();
      server.close();
    }));

  it('because nobody vouches for the vendor’s certificate stays scheduled, and the keys stay here', () =>
    onGround(async (ground) => {
      let requests = 0;
      const server = createTlsServer(await selfSigned(), (_request, response) => {
        requests++;
        response.end('{"callId":"x"}');
      });
      const service = await ground.start({ env: { VOICE_API_URL: `https://127.0.0.1:${await listening(server)}` } });
      const shopper = aShopper();
      await sendAll(service, [shopper]);
      const { record } = await settled(ground.store, shopper.recoveryId, ({ record }) => record.notPlaced === 1);
      expect(record).toMatchObject({ state: 'scheduled', reason: 'depth_zero_self_signed_cert' });
      expect(requests).toBe(0);
      server.close();
    }));
});

describe.concurrent('a 429 makes the whole queue wait', () => {
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000);

  it.each<[string, () => Record<string, string>, (throttledAt: number, retryAfter: string) => number]>([
    ['for as many seconds as it says', () => ({ 'retry-after': '2' }), (at) => at + 2_000],
    ['until the date it names', () => ({ 'retry-after': inSeconds(3).toUTCString() }), (_at, date) => Date.parse(date)],
    ['for five seconds when it does not say', () => ({}), (at) => at + 5_000],
    ['for five seconds when it talks nonsense', () => ({ 'retry-after': '-1' }), (at) => at + 5_000],
  ])('%s; all are dialled once afterwards', (_what, headersOf, notBefore) =>
    onGround(async (ground) => {
      const headers = headersOf();
      ground.vendor.nextAnswers.push({ status: 429, headers });
      const env = { CALL_CONCURRENCY: '1', ROLE: 'worker' };
      const web = await ground.start({ env: { ROLE: 'web' } });
      const shoppers = [aShopper(), aShopper(), aShopper(), aShopper()];
      await sendAll(web, shoppers);
      // Two workers, one after the other: the second must respect what the first was told.
      await ground.start({ env });
      const throttled = await until('one dial was throttled', async () => {
        const all = await Promise.all(shoppers.map(({ recoveryId }) => ground.store.load(recoveryId)));
        return all.find((recovery) => recovery?.record.reason === 'throttled');
      });
      await ground.start({ env });
      expect(throttled.record).toMatchObject({ state: 'scheduled', notPlaced: 0 });
      const at = throttled.timeline.find(({ event }) => event === 'dial_not_placed')?.at ?? Number.NaN;
      const from = notBefore(at, headers['retry-after'] ?? '');

      const calls = await ground.vendor.waitForCalls(shoppers.length, { timeoutMs: 12_000 });
      for (const shopper of shoppers) await settled(ground.store, shopper.recoveryId, 'called');
      expect(Math.min(...calls.map(({ receivedAt }) => receivedAt))).toBeGreaterThanOrEqual(from);
      expect(new Set(calls.map(({ body }) => body.metadata?.recoveryId)).size).toBe(shoppers.length);
      expect(ground.vendor.requests).toBe(shoppers.length + 1);
    }),
  );

  it('also when the throttled shopper has bought meanwhile', () =>
    onGround(async (ground) => {
      ground.vendor.nextAnswers.push({ status: 429, headers: { 'retry-after': '2' }, delayMs: 300 });
      const service = await ground.start({ env: { CALL_CONCURRENCY: '1' } });
      const [buyer, other] = [aShopper(), aShopper()];
      await sendAll(service, [buyer]);
      await settled(ground.store, buyer.recoveryId, 'dialing');
      await sendAll(service, [other]);
      await service.send(buyer.orders(new Date()));
      const { record } = await settled(ground.store, buyer.recoveryId, 'cancelled');
      const [call] = await ground.vendor.waitForCalls(1);
      expect(call?.body.metadata?.recoveryId).toBe(other.recoveryId);
      expect(call?.receivedAt).toBeGreaterThanOrEqual(record.changedAt + 2_000);
    }));
});

describe.concurrent('a vendor that serves none of our calls', () => {
  it.each([401, 402, 403])(
    '(%i) pauses dialling for all; nobody is lost, and a resume dials everybody once',
    (status) =>
      onGround(async (ground) => {
        ground.vendor.nextAnswers.push({ status });
        const service = await ground.start({ env: { CALL_CONCURRENCY: '1' } });
        const first = aShopper();
        await sendAll(service, [first]);
        const { record } = await settled(ground.store, first.recoveryId, ({ record }) => record.reason !== null);
        expect(record).toMatchObject({ state: 'scheduled', reason: `vendor_${status}`, notPlaced: 0 });
        expect((await service.ops.get('/ops/api/dialing')).json).toMatchObject({
          paused: true,
          reason: `vendor_${status}`,
        });
        expect(await service.service.metrics.alarms.get()).toMatchObject({
          values: [{ labels: { name: 'dialling_barred' }, value: 1 }],
        });

        // The switch is everybody's: a worker that starts now dials nobody either.
        await ground.start({ env: { ROLE: 'worker' } });
        const others = [aShopper(), aShopper()];
        await sendAll(service, others);
        await until('both alarms have rung for a paused queue', async () => {
          const { json } = await service.ops.get('/ops/queues/api/queues');
          const { counts } = json.queues.find(({ name }: { name: string }) => name === 'dial');
          return counts.waiting === 2 && counts.active === 0;
        });
        expect(ground.vendor.requests).toBe(1);

        const resumedAt = Date.now();
        expect((await service.ops.put('/ops/api/dialing', { paused: false })).json).toEqual({ paused: false });
        await ground.vendor.waitForCalls(2);
        // The one that was refused looks again within a minute; the operator need not wait.
        await service.ops.post(`/ops/api/recoveries/${first.recoveryId}/call-now`);
        const calls = await ground.vendor.waitForCalls(3);
        for (const { recoveryId } of [first, ...others]) await settled(ground.store, recoveryId, 'called');
        expect(Math.min(...calls.map(({ receivedAt }) => receivedAt))).toBeGreaterThanOrEqual(resumedAt);
        expect(ground.vendor.requests).toBe(4);
      }),
  );
});

/** A certificate that no authority signed, made for this run. */
async function selfSigned(): Promise<{ key: Buffer; cert: Buffer }> {
  const dir = await mkdtemp(join(tmpdir(), 'ringback-certificate-'));
  try {
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    await promisify(execFile)('openssl', [...request, ...names, '-keyout', key, '-out', cert]);
    return { key: await readFile(key), cert: await readFile(cert) };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
