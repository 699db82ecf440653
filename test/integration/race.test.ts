/**
 * Webhooks, alarms and purchases of many checkouts around the moment when the calls are due, on two services that share
 * one Redis: the race that the record must win. Judged by the clock of the vendor and by what the shop had been told.
 */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Recovery } from '../../src/domain/recovery.ts';
import { signWebhook } from '../../stand-ins/shop/deliver.ts';
import { aShopper, SHOP, type ShopperInTest, type Webhook } from '../support/a-shopper.ts';
import { CLIENT_SECRET, type Ground, openGround, type Running } from '../support/ground.ts';
import { until } from '../support/settled.ts';

const CALL_DELAY_MS = 700;
const CHECKOUTS = 200;
/** So many updates come in the first moments, in any order … */
const EARLY_UPDATES = 4;
const EARLY_MS = 500;
/** … and so many just when the alarm rings: each puts the call off, or comes too late. */
const UPDATES_AT_THE_RING = 4;
/** How far from the due time such an update arrives: alarms ring a little late. */
const AROUND = { fromMs: -10, toMs: 60 };
/** A webhook arrives up to so much later than it happened, and may overtake another. */
const LATEST_MS = 150;
/** Every so many-th shopper buys at one of those moments. */
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
  await until(
    'the webhook is taken',
    async () => {
      const { statusCode } = await service.app.inject({
        method: 'POST',
        url: '/webhooks/shopify',
        headers,
        payload: body,
      });
      expect([200, 503]).toContain(statusCode);
      return statusCode === 200;
    },
    30_000,
  );
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
  const service = (n: number) => services[(index + n) % services.length] as Running;
  const events: Promise<Sent>[] = [];
  const send = (kind: Sent['kind'], happenedAt: number, arrivesAt: number, to: Running) => {
    const webhook = (when: Date) => (kind === 'order' ? shopper.orders(when) : shopper.fillsIn(when));
    events.push(sendAt(happenedAt, arrivesAt, webhook, to).then((answeredAt) => ({ kind, happenedAt, answeredAt })));
  };
  let newest = 0;
  for (let n = 0; n < EARLY_UPDATES; n++) {
    const happenedAt = Math.round(startedAt + at(`update ${n}`) * EARLY_MS);
    newest = Math.max(newest, happenedAt);
    send('update', happenedAt, happenedAt + at(`late ${n}`) * LATEST_MS, service(n));
  }
  const buysAt = index % BUYS_EVERY === 0 ? Math.floor(at('order') * UPDATES_AT_THE_RING) : null;
  for (let n = 0; n < UPDATES_AT_THE_RING; n++) {
    const ring = newest + CALL_DELAY_MS + AROUND.fromMs + at(`ring ${n}`) * (AROUND.toMs - AROUND.fromMs);
    newest = Math.round(ring);
    send(n === buysAt ? 'order' : 'update', newest, newest, service(n + 1));
  }
  return Promise.all(events);
}

async function recoveryOf({ recoveryId }: ShopperInTest): Promise<Recovery> {
  const recovery = await ground.store.load(recoveryId);
  if (!recovery) throw new Error('there is no such record');
  return recovery;
}

describe('a race around the due time', () => {
  it('dials each shopper at most once, never too early, and never after an order was heard of', {
    timeout: 60_000,
  }, async () => {
    const shoppers = Array.from({ length: CHECKOUTS }, () => aShopper());
    const startedAt = Date.now() + 50;
    const sent = await Promise.all(shoppers.map((shopper, index) => play(shopper, index, startedAt)));

    await until(
      'every recovery is called, cancelled, or over because its call was aborted',
      async () => {
        const { scheduled, dialing } = await ground.store.countByState(SHOP);
        const bought = await Promise.all(shoppers.filter((_, index) => index % BUYS_EVERY === 0).map(recoveryOf));
        return scheduled + dialing === 0 && bought.every(({ record }) => record.state !== 'called');
      },
      15_000,
    );
    const ended = await Promise.all(shoppers.map(recoveryOf));

    const called = ended.filter(({ record }) => record.callId !== null);
    expect(called.length).toBeGreaterThanOrEqual(CHECKOUTS - CHECKOUTS / BUYS_EVERY);
    expect(ground.vendor.requests).toBe(called.length);
    expect(new Set(ground.vendor.calls.map(({ body }) => body.metadata?.recoveryId)).size).toBe(called.length);
    expect(
      ended.flatMap((recovery, i) => faultsIn(recovery, sent[i] as Sent[]).map((fault) => `${i}: ${fault}`)),
    ).toEqual([]);
    // The race was one: updates that came just at the ring put calls off.
    const putOff = called.filter(({ record }) => (record.dueAt ?? 0) > startedAt + EARLY_MS + CALL_DELAY_MS);
    expect(putOff.length).toBeGreaterThan(0);
  });
});

function faultsIn({ record, timeline }: Recovery, sent: readonly Sent[]): string[] {
  const faults: string[] = [];
  const call = ground.vendor.calls.find(({ body }) => body.metadata?.recoveryId === record.id);
  if (!call !== (record.state === 'cancelled')) faults.push(`is ${record.state}, and the vendor knows otherwise`);
  const bought = sent.some(({ kind }) => kind === 'order');
  if (call && call.over !== bought)
    faults.push(bought ? 'bought, and is still to be phoned' : 'was aborted for nothing');
  if (!call || record.dialingAt === null) return faults;
  // What was answered before the claim was known to it: the vendor's clock must show that it was obeyed.
  const known = sent.filter(({ answeredAt }) => answeredAt < (record.dialingAt as number));
  const newest = Math.max(...known.filter(({ kind }) => kind === 'update').map(({ happenedAt }) => happenedAt));
  const early = newest + CALL_DELAY_MS - call.receivedAt;
  if (early > 0) faults.push(`dialled ${early} ms early`);
  if (known.some(({ kind }) => kind === 'order')) faults.push('dialled after the order');
  // And what was stored before the claim, answered or not: after it, no webhook moves the due time or the state any more.
  if (record.dialingAt < (record.dueAt ?? Infinity)) faults.push('claimed before it was due');
  if (timeline.some(({ state }) => state === 'cancelled')) faults.push('claimed when it was cancelled');
  return faults;
}
