/**
 * Webhooks, alarms and purchases of many checkouts around the moment when the calls are due, on two services that share
 * one Redis: the race that the record must win. Judged by the clock of the vendor and by what the shop had been told.
 */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecoveryRecord } from '../../src/domain/recovery.ts';
import { signWebhook } from '../../stand-ins/shop/deliver.ts';
import { aShopper, SHOP, type ShopperInTest, type Webhook } from '../support/a-shopper.ts';
import { CLIENT_SECRET, type Ground, openGround, type Running } from '../support/ground.ts';
import { until } from '../support/settled.ts';

const CALL_DELAY_MS = 1_200;
const CHECKOUTS = 200;
const UPDATES = 8;
/** The updates of a checkout are spread over this time: some fall before, some onto and some after the call. */
const SPREAD_MS = 2_400;
/** A webhook arrives up to so much later than it happened, and may overtake another. */
const LATEST_MS = 150;
/** Every so many-th shopper buys around the time of the call. */
const BUYS_EVERY = 4;

let ground: Ground;
let services: Running[];

beforeAll(async () => {
  ground = await openGround({ vendor: { scenario: 'silent' } });
  const env = { CALL_DELAY: `${CALL_DELAY_MS}ms`, CALLS_PER_SECOND: '1000', CALL_CONCURRENCY: '50' };
  services = [await ground.start({ env }), await ground.start({ env })];
});
afterAll(() => ground.close());

interface Sent {
  readonly kind: 'update' | 'order';
  /** What the body says. */
  readonly happenedAt: number;
  /** When the service had answered 200; from then on it knows. */
  readonly answeredAt: number;
}

/** A number in [0, 1) that belongs to the name: the same race in every run. */
function chance(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE() / 2 ** 32;
}

/** As Shopify does, which comes again when it was told "not now". Without a socket: the race is not about the network. */
async function deliver({ topic, apiVersion, body }: Webhook, { service }: Running): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    'x-shopify-topic': topic,
    'x-shopify-shop-domain': SHOP,
    'x-shopify-api-version': apiVersion,
    'x-shopify-hmac-sha256': signWebhook(body, CLIENT_SECRET),
  };
  await until('the webhook is taken', async () => {
    const { statusCode } = await service.app.inject({
      method: 'POST',
      url: '/webhooks/shopify',
      headers,
      payload: body,
    });
    expect([200, 503]).toContain(statusCode);
    return statusCode === 200;
  });
}

async function sendAt(at: number, arrivesAt: number, webhook: (at: Date) => Webhook, to: Running): Promise<number> {
  await pause(Math.max(0, arrivesAt - Date.now()));
  // The shop's clock shows whole seconds; a race needs finer ones, which the service must read as well.
  const { body, ...rest } = webhook(new Date(at));
  const exact = body.replace(/"updated_at":"[^"]*"/, `"updated_at":"${new Date(at).toISOString()}"`);
  await deliver({ ...rest, body: exact }, to);
  return Date.now();
}

/** Plays one shopper; everything that was sent, when the last answer is in. */
async function play(shopper: ShopperInTest, index: number, startedAt: number): Promise<Sent[]> {
  const at = (name: string) => chance(`${index} ${name}`);
  const events: Promise<Sent>[] = [];
  for (let n = 0; n < UPDATES; n++) {
    const happenedAt = Math.round(startedAt + at(`update ${n}`) * SPREAD_MS);
    const to = services[n % services.length] as Running;
    const arrivesAt = happenedAt + at(`late ${n}`) * LATEST_MS;
    events.push(
      sendAt(happenedAt, arrivesAt, (when) => shopper.fillsIn(when), to).then((answeredAt) => {
        return { kind: 'update', happenedAt, answeredAt };
      }),
    );
  }
  if (index % BUYS_EVERY === 0) {
    const happenedAt = Math.round(startedAt + CALL_DELAY_MS + at('order') * SPREAD_MS);
    const to = services[index % services.length] as Running;
    events.push(
      sendAt(happenedAt, happenedAt, (when) => shopper.orders(when), to).then((answeredAt) => {
        return { kind: 'order', happenedAt, answeredAt };
      }),
    );
  }
  return Promise.all(events);
}

async function recordOf({ recoveryId }: ShopperInTest): Promise<RecoveryRecord> {
  const recovery = await ground.store.load(recoveryId);
  if (!recovery) throw new Error('there is no such record');
  return recovery.record;
}

describe('a race around the due time', () => {
  it('dials each shopper at most once, never too early, and never after an order was heard of', {
    timeout: 60_000,
  }, async () => {
    const shoppers = Array.from({ length: CHECKOUTS }, () => aShopper());
    const startedAt = Date.now() + 50;
    const sent = await Promise.all(shoppers.map((shopper, index) => play(shopper, index, startedAt)));

    await until(
      'every recovery is called or cancelled',
      async () => {
        const counts = await ground.store.countByState(SHOP);
        return counts.called + counts.cancelled === CHECKOUTS;
      },
      40_000,
    );
    const ended = await Promise.all(shoppers.map(recordOf));

    const called = ended.filter(({ state }) => state === 'called');
    expect(called.length).toBeGreaterThanOrEqual(CHECKOUTS - CHECKOUTS / BUYS_EVERY);
    expect(ground.vendor.requests).toBe(called.length);
    expect(new Set(ground.vendor.calls.map(({ body }) => body.metadata?.recoveryId)).size).toBe(called.length);

    const faults: string[] = [];
    for (const [i, shopper] of shoppers.entries()) {
      const record = ended[i] as RecoveryRecord;
      const call = ground.vendor.calls.find(({ body }) => body.metadata?.recoveryId === shopper.recoveryId);
      if (!call !== (record.state === 'cancelled'))
        faults.push(`${i}: ${record.state}, and the vendor knows otherwise`);
      if (!call || record.dialingAt === null) continue;
      // What was answered before the claim was known to it: exactly that must have been obeyed.
      const known = (sent[i] as Sent[]).filter(({ answeredAt }) => answeredAt < (record.dialingAt as number));
      const newest = Math.max(...known.filter(({ kind }) => kind === 'update').map(({ happenedAt }) => happenedAt));
      const early = newest + CALL_DELAY_MS - call.receivedAt;
      if (early > 0) faults.push(`${i}: dialled ${early} ms early`);
      if (known.some(({ kind }) => kind === 'order')) faults.push(`${i}: dialled after the order`);
    }
    expect(faults).toEqual([]);
    // The race was one: updates came in time to put a call off.
    expect(called.some(({ dueAt }) => (dueAt ?? 0) > startedAt + CALL_DELAY_MS + SPREAD_MS / 4)).toBe(true);
  });
});
