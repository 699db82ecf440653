/** Somebody asks to be forgotten, or the whole shop does: nobody calls them, and nothing of them is left. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecoveryRecord } from '../../src/domain/recovery.ts';
import { freePort } from '../../stand-ins/free-port.ts';
import { signAndSend } from '../../stand-ins/shop/deliver.ts';
import { aPerson, type PersonInTest } from '../support/a-person.ts';
import {
  aShopper,
  EVERYTHING,
  longAgo,
  minutesAgo,
  SHOP,
  type ShopperInTest,
  type Webhook,
} from '../support/a-shopper.ts';
import { sendCallEvent } from '../support/call-event.ts';
import { everythingIn } from '../support/everything-in-redis.ts';
import { CLIENT_SECRET, type Ground, openGround, type Running } from '../support/ground.ts';
import { customersRedact, type Naming, shopRedact } from '../support/privacy-bodies.ts';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts';
import { settled, until } from '../support/settled.ts';

/** So soon is a silent worker taken for dead here. */
const LOCK_MS = 400;

async function recordOf(ground: Ground, { recoveryId }: ShopperInTest): Promise<RecoveryRecord> {
  const recovery = await ground.store.load(recoveryId);
  if (!recovery) throw new Error('there is no such record');
  return recovery.record;
}

function openRequests(ground: Ground): Promise<number> {
  return ground.redis.zcard(`${ground.prefix}:shop:${SHOP}:requests`);
}

async function carriedOut(ground: Ground, withinMs?: number): Promise<void> {
  await until('every request is carried out', async () => (await openRequests(ground)) === 0, withinMs);
}

async function accessLines(ground: Ground): Promise<string[]> {
  const rows = await ground.redis.xrange(`${ground.prefix}:access-log`, '-', '+');
  return rows.map(([, pairs]) => (pairs ?? []).join(' '));
}

/** A checkout that nobody can read, with this in it. */
function unreadable(about: Readonly<Record<string, unknown>>): Webhook {
  const body = JSON.stringify({ token: { value: 1 }, ...about }).replace(/"(\d{17,20})"/g, '$1');
  return { topic: 'checkouts/update', apiVersion: '2026-10', body };
}

/** How a call went may be known of somebody who is not. */
const EMPTY = { payload: null, phone: null, held: null };

/** When somebody was called, and that they refused, stays under a digest: it keeps them from being called. */
const mayNameSomebody = (key: string) => !/:contact:(calls|refusals):/.test(key);

describe('customers/redact', () => {
  let ground: Ground;
  let service: Running;

  beforeAll(async () => {
    ground = await openGround({ vendor: { scenario: 'silent' } });
    service = await ground.start();
  });
  afterAll(() => ground.close());

  const takes = async (...webhooks: Webhook[]) => {
    for (const webhook of webhooks) expect(await service.send(webhook)).toBe(200);
  };

  /** One recovery that waits for its time, one whose call is with the vendor, and one whose call is over. */
  async function threeRecoveriesOf(person: PersonInTest) {
    const [ended, live, scheduled] = [person.first, person.another(), person.another()];
    ground.vendor.nextScenarios.push('answered');
    await takes(ended.fillsIn(longAgo()));
    const { record } = await settled(ground.store, ended.recoveryId, 'ended');
    const { firstName, lastName } = person.first.shopper;
    const data = { analysis: { summary: `${firstName} ${lastName} will think about it`, success: false } };
    const event = { type: 'end-of-call', metadata: { recoveryId: record.id }, data };
    expect(await sendCallEvent(service.url, ground.vendor.keys, event)).toBe(200);
    await takes(live.fillsIn(longAgo()), scheduled.fillsIn(minutesAgo(1)));
    await settled(ground.store, live.recoveryId, 'called');
    return { ended, live, scheduled };
  }

  const forms: [string, Naming][] = [
    ['the customer’s id', { id: true }],
    ['the e-mail address alone', { email: true }],
    ['the number alone, written without a country', { phone: true }],
    ['all of them', { id: true, email: true, phone: true }],
  ];

  it.each(forms)('by %s stops what is under way, and leaves nothing of the person', async (_how, naming) => {
    const [person, other] = [aPerson(), aPerson()];
    await takes(other.first.fillsIn(minutesAgo(1)));
    const { ended, live, scheduled } = await threeRecoveriesOf(person);
    const { shopper, ids, token } = person.first;
    await takes(
      unreadable({ email: shopper.email }),
      unreadable({ shipping_address: { phone: shopper.typedPhone } }),
      unreadable({ customer: { id: `${ids.customerId}`, note: shopper.lastName } }),
      unreadable({ completed: token, who: shopper.firstName }),
      unreadable({ email: other.first.shopper.email }),
    );
    const before = await everythingIn(ground.redis, ground.prefix);
    expect(person.tracesIn(before).length).toBeGreaterThan(8);

    await takes(customersRedact(person.first, naming));
    await carriedOut(ground);

    expect(await recordOf(ground, scheduled)).toMatchObject({ ...EMPTY, state: 'cancelled', reason: 'redacted' });
    expect(await recordOf(ground, live)).toMatchObject({ ...EMPTY, stopReason: 'redacted' });
    expect(await recordOf(ground, ended)).toMatchObject({ ...EMPTY, state: 'ended' });
    await settled(ground.store, live.recoveryId, 'ended');
    const call = ground.vendor.calls.find(({ body }) => body.metadata?.recoveryId === live.recoveryId);
    expect(call).toMatchObject({ status: 'aborted', over: true });
    for (const { recoveryId } of [ended, live, scheduled]) {
      const timeline = (await ground.store.load(recoveryId))?.timeline ?? [];
      expect(timeline.filter(({ event }) => event === 'erased')).toMatchObject([{ reason: 'redacted' }]);
    }
    const after = await everythingIn(ground.redis, ground.prefix, mayNameSomebody);
    // Where the id was not named, nothing else could tell whose account that is: what stands under it alone stays.
    const ofAccount = [shopper.lastName, `${ids.customerId}`];
    expect(person.tracesIn(after)).toEqual(naming.id === true ? [] : ofAccount);
    expect(other.tracesIn(after).length).toBeGreaterThan(4);
    expect(await recordOf(ground, other.first)).toMatchObject({ state: 'scheduled', phone: other.first.shopper.e164 });
  });

  it('by an order alone finds what came of it', async () => {
    const person = aPerson();
    await takes(person.first.fillsIn(minutesAgo(2)), person.first.orders(minutesAgo(1)));
    const nobody = aShopper();
    await takes(customersRedact(nobody, {}, [nobody.ids.orderId, person.first.ids.orderId]));
    await carriedOut(ground);
    const record = await recordOf(ground, person.first);
    expect(record).toMatchObject({ ...EMPTY, state: 'cancelled', reason: 'ordered' });
    expect(person.tracesIn(JSON.stringify(record))).toEqual([]);
  });

  it('forgets what was remembered of the person beside the recoveries', async () => {
    const person = aPerson();
    await takes(person.first.orders(minutesAgo(1)));
    const facts = () => everythingIn(ground.redis, ground.prefix, (key) => key.includes(':person:'));
    expect(person.tracesIn(await facts()).length).toBe(2);
    await takes(customersRedact(person.first));
    await carriedOut(ground);
    expect(person.tracesIn(await facts())).toEqual([]);
  });

  it('takes a record away that nobody can read, because nobody can say what is in it', async () => {
    const person = aPerson();
    const [spoilt, sound] = [person.first, person.another()];
    await takes(spoilt.fillsIn(minutesAgo(1)), sound.fillsIn(minutesAgo(1)));
    await ground.redis.hset(`${ground.prefix}:recovery:${spoilt.recoveryId}`, { facts: spoilt.shopper.email });
    await takes(customersRedact(person.first));
    await carriedOut(ground);
    expect(await ground.redis.exists(`${ground.prefix}:recovery:${spoilt.recoveryId}`)).toBe(0);
    const indexes = await everythingIn(ground.redis, ground.prefix, (key) => /:(state|recoveries)/.test(key));
    expect(indexes).not.toContain(spoilt.recoveryId);
    expect(await recordOf(ground, sound)).toMatchObject({ ...EMPTY, state: 'cancelled' });
    expect(person.tracesIn(await everythingIn(ground.redis, ground.prefix, mayNameSomebody))).toEqual([]);
  });

  it('once more changes nothing; and what came since goes as well', async () => {
    const person = aPerson();
    await takes(person.first.fillsIn(minutesAgo(1)), customersRedact(person.first));
    await carriedOut(ground);
    const before = await ground.store.load(person.first.recoveryId);
    await takes(customersRedact(person.first), customersRedact(person.first));
    await carriedOut(ground);
    expect(await ground.store.load(person.first.recoveryId)).toEqual(before);
    const again = person.another();
    await takes(again.fillsIn(minutesAgo(1)));
    expect(await recordOf(ground, again)).toMatchObject({ state: 'scheduled' });
    await takes(customersRedact(person.first));
    await carriedOut(ground);
    expect(await recordOf(ground, again)).toMatchObject({ ...EMPTY, state: 'cancelled', reason: 'redacted' });
  });

  it('is not undone by a webhook of the same checkout that comes late', async () => {
    const person = aPerson();
    await takes(person.first.fillsIn(minutesAgo(3)), customersRedact(person.first));
    await carriedOut(ground);
    await takes(person.first.fillsIn(minutesAgo(1)), person.first.fillsIn(minutesAgo(3)));
    expect(await recordOf(ground, person.first)).toMatchObject({ ...EMPTY, state: 'cancelled', reason: 'redacted' });
    expect(person.tracesIn(await everythingIn(ground.redis, ground.prefix, mayNameSomebody))).toEqual([]);
  });

  it('of somebody who left many checkouts and was never to be called forgets that, too', async () => {
    const person = aPerson();
    const many = [person.first, ...Array.from({ length: 6 }, () => person.another())];
    for (const one of many) await takes(one.fillsIn(minutesAgo(1), { ...EVERYTHING, consent: 'no' }));
    const bursts = () => everythingIn(ground.redis, ground.prefix, (key) => /:person:burst:/.test(key));
    expect(await bursts()).not.toBe('');
    await takes(customersRedact(person.first, { email: true, e164: true }));
    await carriedOut(ground);
    expect(await bursts()).toBe('');
  });

  it('of somebody nobody knows is a request like any other', async () => {
    const before = (await accessLines(ground)).length;
    await takes(customersRedact(aPerson().first));
    await carriedOut(ground);
    const done = /who service what customer_redact outcome done about [\w-]{16} detail recoveries: 0, parked: 0$/;
    expect((await accessLines(ground)).slice(before)).toEqual([
      expect.stringMatching(/who shopify what customers\/redact outcome taken about [\w-]{16}$/),
      expect.stringMatching(done),
    ]);
  });

  it('is put down in the access log and in the metrics, and whom it was about is not', async () => {
    const person = aPerson();
    await takes(person.first.fillsIn(minutesAgo(1)), customersRedact(person.first));
    await carriedOut(ground);
    const log = (await accessLines(ground)).join('\n');
    expect(log).toContain('recoveries: 1, parked: 0');
    expect(person.tracesIn(log)).toEqual([]);
    expect(await (await fetch(`${service.url}/metrics`)).text()).toMatch(
      /ringback_webhooks_total\{source="shopify",topic="customers\/redact",answer="handled"\} \d+/,
    );
  });

  describe('that is not what it seems', () => {
    let person: PersonInTest;
    beforeAll(async () => {
      person = aPerson();
      await takes(person.first.fillsIn(minutesAgo(1)));
    });
    const untouched = async () => {
      await carriedOut(ground);
      const { e164: phone } = person.first.shopper;
      expect(await recordOf(ground, person.first)).toMatchObject({ state: 'scheduled', phone });
    };
    const send = (webhook: Webhook, more: { signature?: 'wrong' | 'absent' } = {}) =>
      signAndSend({ ...webhook, to: service.url, secret: CLIENT_SECRET, shop: SHOP, ...more });
    const redact = (change: (body: string) => string): Webhook => {
      const webhook = customersRedact(person.first);
      return { ...webhook, body: change(webhook.body) };
    };

    it.each(['wrong', 'absent'] as const)('with a signature that is %s is refused with 401', async (signature) => {
      for (const webhook of [customersRedact(person.first), shopRedact()]) {
        expect((await send(webhook, { signature })).status).toBe(401);
      }
      await untouched();
    });

    it.each<[string, () => Webhook, string]>([
      ['of another shop, under our name', () => redact((body) => body.replace(SHOP, 'o.myshopify.com')), 'shop_domain'],
      ['for another shop as a whole', () => shopRedact('other.myshopify.com'), 'shop_domain'],
      ['for a shop that it does not name', () => ({ ...shopRedact(), body: '{"shop_id":1}' }), 'shop_domain'],
      ['of one person, sent as one of the shop', () => ({ ...shopRedact(), body: redact(String).body }), 'customer'],
      ['that names nobody', () => customersRedact(person.first, {}), 'customer'],
      ['that is no object', () => redact(() => '[1]'), 'body'],
    ])('%s is parked, and nothing is touched', async (_what, webhook, field) => {
      expect((await send(webhook())).status).toBe(200);
      const { json } = await service.ops.get('/ops/api/parked');
      expect(json.parked.at(-1)).toMatchObject({ field });
      await untouched();
    });

    it('with a name that cannot be read is obeyed by the others, and parked for an operator', async () => {
      const one = aPerson();
      await takes(one.first.fillsIn(minutesAgo(1)));
      const { body, ...rest } = customersRedact(one.first, { id: true });
      const strange = body.replace('"email":null', '"email":{"address":7}');
      expect((await send({ ...rest, body: strange })).status).toBe(200);
      await carriedOut(ground);
      expect(await recordOf(ground, one.first)).toMatchObject({ ...EMPTY, state: 'cancelled', reason: 'redacted' });
    });
  });
});

describe('shop/redact', () => {
  it('of 2,000 recoveries is answered at once, and carried out to the last one', async () => {
    const ground = await openGround({ vendor: { scenario: 'silent' } });
    try {
      const service = await ground.start();
      const people = Array.from({ length: 4 }, () => aPerson());
      const [called] = people as [PersonInTest];
      const shoppers = Array.from({ length: 1_996 }, () => aShopper());
      const all = [...people.map(({ first }) => first), ...shoppers];
      expect(await service.send(called.first.fillsIn(longAgo()))).toBe(200);
      await settled(ground.store, called.first.recoveryId, 'called');
      for (let i = 1; i < all.length; i += 25) {
        const some = all.slice(i, i + 25).map((one) => service.send(one.fillsIn(minutesAgo(1))));
        expect(new Set(await Promise.all(some))).toEqual(new Set([200]));
      }
      expect(await service.send(unreadable({ email: called.first.shopper.email }))).toBe(200);
      expect(await service.send(called.another().orders(minutesAgo(30)))).toBe(200);

      const begun = Date.now();
      expect(await service.send(shopRedact())).toBe(200);
      // Shopify gives five seconds; to carry it out takes longer.
      expect(Date.now() - begun).toBeLessThan(2_000);
      await carriedOut(ground, 20_000);

      expect(await ground.store.countByState(SHOP)).toMatchObject({ scheduled: 0, waiting: 0, skipped: 0 });
      for (const one of all) expect(await recordOf(ground, one)).toMatchObject(EMPTY);
      expect(await recordOf(ground, called.first)).toMatchObject({ stopReason: 'redacted' });
      await until('the call is taken back', () => ground.vendor.calls[0]?.status === 'aborted');
      const left = await everythingIn(ground.redis, ground.prefix, mayNameSomebody);
      for (const person of people) expect(person.tracesIn(left)).toEqual([]);
      expect(left).not.toMatch(/shopper-\d+@example\.com|Marrable|ferry road/i);
      expect((await service.ops.get('/ops/api/parked')).json.parked).toEqual([]);
      // The vendor's last word on the call may come after it, and is filed under the call's id, which names nobody.
      const filed = (key: string) => /:(person|claim):|:find:(?!call:)/.test(key);
      expect(await everythingIn(ground.redis, ground.prefix, filed)).toBe('');

      const dialing = (await service.ops.get('/ops/api/dialing')).json;
      expect(dialing).toMatchObject({ paused: true, reason: 'shop_redacted' });
      const late = aPerson();
      expect(await service.send(late.first.fillsIn(minutesAgo(1)))).toBe(200);
      expect(await ground.store.load(late.first.recoveryId)).toBeNull();
      expect((await accessLines(ground)).join('\n')).toContain('what shop_redact outcome done');
    } finally {
      await ground.close();
    }
  }, 60_000);
});

describe('a request that is broken off', () => {
  async function leaveMany(service: Running, person: PersonInTest, count: number): Promise<ShopperInTest[]> {
    const shoppers = [person.first, ...Array.from({ length: count - 1 }, () => person.another())];
    for (let i = 0; i < count; i += 100) {
      await Promise.all(shoppers.slice(i, i + 100).map((one) => service.send(one.fillsIn(minutesAgo(1)))));
    }
    return shoppers;
  }

  it.each<[string, (person: PersonInTest) => Webhook]>([
    ['of one person', ({ first }) => customersRedact(first, { id: true })],
    ['of the whole shop', () => shopRedact()],
  ])(
    '%s, by a worker that dies, is carried on by the next one',
    async (_whose, webhook) => {
      const ground = await openGround();
      let worker: ServiceProcess | null = null;
      try {
        const web = await ground.start({ env: { ROLE: 'web' } });
        const person = aPerson();
        const shoppers = await leaveMany(web, person, 500);
        expect(await web.send(webhook(person))).toBe(200);
        const keys = await ground.redis.keys(`${ground.prefix}:shop:${SHOP}:request:*`);
        const request = keys.find((key) => /:request:[\w-]+$/.test(key)) ?? '';
        const seen = async () => Number(await ground.redis.hget(request, 'seen'));
        const blank = async () => {
          const records = await Promise.all(shoppers.map((one) => recordOf(ground, one)));
          return records.filter(({ payload }) => payload === null).length;
        };

        const environment = ground.environment(await freePort(), {
          ...{ ROLE: 'worker', KILL_AT: 'never', LOCK_MS: `${LOCK_MS}`, PUBLIC_URL: web.url },
        });
        worker = await startServiceProcess(environment, { entry: 'test/support/worker-to-kill.ts', untilReady: false });
        await until('it is under way', async () => (await seen()) >= 100, 15_000);
        worker.kill('SIGKILL');
        await worker.ended;
        expect(await seen()).toBeLessThan(500);
        expect(await blank()).toBeGreaterThanOrEqual(100);
        expect(await blank()).toBeLessThan(500);

        await ground.start({ env: { ROLE: 'worker', PUBLIC_URL: web.url }, overrides: { lockMs: LOCK_MS } });
        await carriedOut(ground, 20_000);
        expect(await blank()).toBe(500);
        expect(person.tracesIn(await everythingIn(ground.redis, ground.prefix, mayNameSomebody))).toEqual([]);
      } finally {
        worker?.kill('SIGKILL');
        await ground.close();
      }
    },
    60_000,
  );

  it('because its wake was lost is found again by its list', async () => {
    const ground = await openGround();
    try {
      const web = await ground.start({ env: { ROLE: 'web' } });
      const person = aPerson();
      expect(await web.send(person.first.fillsIn(minutesAgo(1)))).toBe(200);
      expect(await web.send(customersRedact(person.first))).toBe(200);
      const jobs = await ground.redis.keys(`${ground.prefix}:requests:*`);
      expect(jobs.length).toBeGreaterThan(0);
      await ground.redis.unlink(...jobs);
      await ground.start({ env: { ROLE: 'worker', PUBLIC_URL: web.url } });
      await carriedOut(ground);
      expect(await recordOf(ground, person.first)).toMatchObject({ ...EMPTY, state: 'cancelled', reason: 'redacted' });
    } finally {
      await ground.close();
    }
  });

  it('holds no name, number or address while it waits, and is counted', async () => {
    const ground = await openGround();
    try {
      const web = await ground.start({ env: { ROLE: 'web' } });
      const person = aPerson();
      expect(await web.send(customersRedact(person.first))).toBe(200);
      expect(await openRequests(ground)).toBe(1);
      const { firstName, lastName, email, e164 } = person.first.shopper;
      const text = await everythingIn(ground.redis, ground.prefix);
      for (const secret of [firstName, lastName, email, e164 ?? '', `${person.first.ids.customerId}`]) {
        expect(text).not.toContain(secret);
      }
      expect(await (await fetch(`${web.url}/metrics`)).text()).toContain('ringback_requests_open 1');
    } finally {
      await ground.close();
    }
  });
});
