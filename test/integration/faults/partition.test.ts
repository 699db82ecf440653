/**
 * Two real processes, and a network between them and their neighbours in which nothing arrives for a minute and nobody is told. It heals
 * by itself, and nobody is called twice. The minute is passed by moving every clock (faults/stage), the silence on the wire is real.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advance, passTimeUntil } from '../../../faults/stage/passing-time.ts';
import { recordOf, type SeenRecord } from '../../../faults/stage/record.ts';
import { type Actor, openStage, PREFIX, type Stage } from '../../../faults/stage/stage.ts';
import { signAndSend } from '../../../stand-ins/shop/deliver.ts';
import { aShopper, SHOP, type ShopperInTest, type Webhook } from '../../support/a-shopper.ts';
import { until } from '../../support/settled.ts';

const MINUTE = 60_000;
const SILENCE_MS = 400;

let stage: Stage;
let worker: Actor;

beforeAll(async () => {
  stage = await openStage({ layout: 'split' });
  worker = stage.actors[1] as Actor;
}, 60_000);
afterAll(() => stage.close());

async function send(webhook: Webhook): Promise<{ status: number; tookMs: number }> {
  const { url } = stage.web.service;
  const startedAt = performance.now();
  const { status } = await signAndSend({ ...webhook, to: url, secret: stage.secret, shop: SHOP });
  return { status, tookMs: performance.now() - startedAt };
}

const now = (): Date => new Date(Date.now() + stage.ahead);
const look = ({ recoveryId }: ShopperInTest): Promise<SeenRecord | null> => recordOf(stage.eyes, PREFIX, recoveryId);
const dialsOf = ({ recoveryId }: ShopperInTest): number =>
  stage.vendor.calls.filter(({ body }) => body.metadata?.recoveryId === recoveryId).length;

/** Nothing gets through for a minute, while something happens; then everything does. */
async function cutOff(weather: { blackhole: boolean }, meanwhile: () => Promise<unknown>): Promise<void> {
  weather.blackhole = true;
  try {
    await meanwhile();
    await advance(stage, MINUTE);
    // What its clock makes it do now, it does into the silence.
    await pause(SILENCE_MS);
    await meanwhile();
  } finally {
    weather.blackhole = false;
  }
}

async function untilCalled(shopper: ShopperInTest): Promise<void> {
  const isCalled = async () => (await look(shopper))?.state === 'called';
  expect(await passTimeUntil(stage, isCalled, { withinMs: 3 * MINUTE })).toMatchObject({ ok: true });
  expect(dialsOf(shopper)).toBe(1);
}

describe('for a minute', { timeout: 40_000 }, () => {
  it('the web process cannot reach Redis: webhooks are refused within a second, and taken when it can', async () => {
    const shopper = aShopper();
    await cutOff(stage.web.redis.weather, async () => {
      const { status, tookMs } = await send(shopper.fillsIn(now()));
      expect(status).toBe(503);
      expect(tookMs).toBeLessThan(1_000);
    });
    await until('it is taken', async () => (await send(shopper.fillsIn(now())).catch(() => null))?.status === 200);
    await untilCalled(shopper);
  });

  it('the worker cannot reach Redis: nobody is dialled meanwhile, and what came due is dialled once', async () => {
    const shopper = aShopper();
    expect((await send(shopper.fillsIn(now()))).status).toBe(200);
    await cutOff(worker.redis.weather, async () => expect(dialsOf(shopper)).toBe(0));
    await untilCalled(shopper);
  });

  it('the worker cannot reach Redis with the vendor’s answer in its hands: it is saved, and the call made once', async () => {
    const shopper = aShopper();
    stage.vendor.onInitiate(() => {
      worker.redis.weather.blackhole = true;
    });
    expect((await send(shopper.fillsIn(now()))).status).toBe(200);
    await advance(stage, 15_000);
    await until('it is being dialled', () => dialsOf(shopper) === 1);
    await cutOff(worker.redis.weather, async () => expect((await look(shopper))?.state).toBe('dialing'));
    stage.vendor.onInitiate(() => {});
    await untilCalled(shopper);
    expect((await look(shopper))?.callId).toBe(
      stage.vendor.calls.find(({ body }) => body.metadata?.recoveryId === shopper.recoveryId)?.callId,
    );
  });

  it('the worker cannot reach the vendor: of the request that was out nobody knows, and it is not made again', async () => {
    const shopper = aShopper();
    expect((await send(shopper.fillsIn(now()))).status).toBe(200);
    const requests = stage.vendor.requests;
    worker.vendor.weather.blackhole = true;
    // Not before the request is on the wire: a process that was frozen before that sends none.
    const { judge } = worker.vendor;
    let isOut = false;
    worker.vendor.judge = {
      ...judge,
      before(name) {
        isOut = true;
        return judge.before(name);
      },
    };
    await advance(stage, 15_000);
    await until('its request is on the wire', () => isOut);
    await cutOff(worker.vendor.weather, async () => {});
    const isOver = async () => !['dialing', 'unknown'].includes((await look(shopper))?.state ?? '');
    expect(await passTimeUntil(stage, isOver, { withinMs: 5 * MINUTE })).toMatchObject({ ok: true });
    expect(await look(shopper)).toMatchObject({ state: 'cancelled', callId: null });
    expect(stage.vendor.requests - requests).toBeLessThanOrEqual(1);
  });
});
