/** A shop that uninstalls the app, and a customer who takes consent back: nobody of the one, and not the other, is called any more. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RecoveryRecord } from '../../src/domain/recovery.ts';
import { signAndSend } from '../../stand-ins/shop/deliver.ts';
import { aPerson } from '../support/a-person.ts';
import {
  aShopper,
  EVERYTHING,
  longAgo,
  minutesAgo,
  SHOP,
  type ShopperInTest,
  type Webhook,
} from '../support/a-shopper.ts';
import { CLIENT_SECRET, type Ground, openGround, type Running } from '../support/ground.ts';
import { logLines } from '../support/log-lines.ts';
import { appUninstalled, marketingConsent, type Naming } from '../support/privacy-bodies.ts';
import { settled, until } from '../support/settled.ts';

let ground: Ground;
let service: Running;
const log = logLines();

beforeAll(async () => {
  ground = await openGround({ vendor: { scenario: 'silent' } });
  service = await ground.start({ logger: log.logger });
});
afterAll(() => ground.close());

async function takes(...webhooks: Webhook[]): Promise<void> {
  for (const webhook of webhooks) expect(await service.send(webhook)).toBe(200);
}

async function recordOf({ recoveryId }: ShopperInTest): Promise<RecoveryRecord> {
  const recovery = await ground.store.load(recoveryId);
  if (!recovery) throw new Error('there is no such record');
  return recovery.record;
}

async function called(shopper: ShopperInTest = aShopper()): Promise<ShopperInTest> {
  await takes(shopper.fillsIn(longAgo()));
  await settled(ground.store, shopper.recoveryId, 'called');
  return shopper;
}

async function isTakenBack({ recoveryId }: ShopperInTest): Promise<void> {
  await settled(ground.store, recoveryId, 'ended');
  const call = ground.vendor.calls.find(({ body }) => body.metadata?.recoveryId === recoveryId);
  expect(call).toMatchObject({ status: 'aborted', over: true });
}

const dialing = async () => (await service.ops.get('/ops/api/dialing')).json;
const resume = () => service.ops.put('/ops/api/dialing', { paused: false });

async function carriedOut(): Promise<void> {
  const key = `${ground.prefix}:shop:${SHOP}:requests`;
  await until('every request is carried out', async () => (await ground.redis.zcard(key)) === 0);
}

describe('a shop that has uninstalled the app', () => {
  afterEach(resume);

  it('has everything stopped that is under way, and nothing that is over', async () => {
    const live = await called();
    ground.vendor.nextScenarios.push('answered');
    const ended = aShopper();
    await takes(ended.fillsIn(longAgo()));
    await settled(ground.store, ended.recoveryId, 'ended');
    const [scheduled, waiting, skipped] = [aShopper(), aShopper(), aShopper()];
    await takes(scheduled.fillsIn(minutesAgo(1)), waiting.opens(minutesAgo(1)));
    await takes(skipped.fillsIn(minutesAgo(1), { ...EVERYTHING, consent: 'no' }));
    const before = await recordOf(ended);

    await takes(appUninstalled());
    expect(await dialing()).toMatchObject({ paused: true, reason: 'uninstalled' });
    await carriedOut();
    expect(await recordOf(skipped)).toMatchObject({ state: 'skipped', reason: 'no_consent' });
    for (const open of [scheduled, waiting]) {
      expect(await recordOf(open)).toMatchObject({ state: 'cancelled', reason: 'uninstalled' });
    }
    await isTakenBack(live);
    expect(await recordOf(live)).toMatchObject({ stopReason: 'uninstalled' });
    expect(await recordOf(ended)).toEqual(before);
    expect(log.of('alarm')).toContainEqual(expect.objectContaining({ alarm: 'shop_uninstalled' }));
  });

  it('has nothing scheduled, whatever webhook comes late and whoever else pauses, until an operator resumes', async () => {
    const [known, unknown] = [aShopper(), aShopper()];
    await takes(known.fillsIn(minutesAgo(3)), appUninstalled());
    await carriedOut();
    await service.ops.put('/ops/api/dialing', { paused: true });
    expect(await dialing()).toMatchObject({ paused: true, reason: 'uninstalled' });
    await takes(known.fillsIn(minutesAgo(1)), unknown.opens(minutesAgo(2)), unknown.fillsIn(longAgo()));
    expect(await recordOf(known)).toMatchObject({ state: 'cancelled', reason: 'uninstalled' });
    expect(await ground.store.load(unknown.recoveryId)).toBeNull();

    expect((await resume()).json).toEqual({ paused: false });
    expect(await dialing()).toEqual({ paused: false, reason: null, since: null });
    await takes(unknown.fillsIn(minutesAgo(1)));
    expect(await recordOf(unknown)).toMatchObject({ state: 'scheduled' });
  });

  it('twice is stopped once', async () => {
    const shopper = aShopper();
    await takes(shopper.fillsIn(minutesAgo(1)), appUninstalled());
    await carriedOut();
    const before = await ground.store.load(shopper.recoveryId);
    const { since } = await dialing();
    await takes(appUninstalled(), appUninstalled());
    await carriedOut();
    expect(await ground.store.load(shopper.recoveryId)).toEqual(before);
    expect(await dialing()).toMatchObject({ reason: 'uninstalled', since });
  });

  it('that names itself only in the header is believed; another shop, or no shop at all, is not', async () => {
    const other = appUninstalled('other.myshopify.com');
    const none = { ...appUninstalled(), body: aShopper().fillsIn(minutesAgo(1)).body };
    for (const strange of [other, none]) {
      await takes(strange);
      expect((await service.ops.get('/ops/api/parked')).json.parked.at(-1)).toMatchObject({
        field: 'myshopify_domain',
      });
      expect(await dialing()).toMatchObject({ paused: false });
    }
    await takes(appUninstalled(null));
    expect(await dialing()).toMatchObject({ paused: true, reason: 'uninstalled' });
    await carriedOut();
  });

  it('has signed that itself: with another signature it is refused', async () => {
    const forged = {
      ...appUninstalled(),
      to: service.url,
      secret: CLIENT_SECRET,
      shop: SHOP,
      signature: 'wrong' as const,
    };
    expect((await signAndSend(forged)).status).toBe(401);
    expect(await dialing()).toMatchObject({ paused: false });
  });

  it('is seen in the access log and in the metrics', async () => {
    await takes(appUninstalled());
    await carriedOut();
    const { json } = await service.ops.get('/ops/api/access-log?limit=10');
    expect(json.entries).toContainEqual(
      expect.objectContaining({ what: 'app/uninstalled', who: 'shopify', outcome: 'taken' }),
    );
    expect(json.entries).toContainEqual(
      expect.objectContaining({ what: 'uninstalled', who: 'service', outcome: 'done' }),
    );
    expect(await (await fetch(`${service.url}/metrics`)).text()).toMatch(
      /topic="app\/uninstalled",answer="handled"\} \d/,
    );
  });
});

describe('consent to text messages that is taken back', () => {
  it.each<[string, Naming]>([
    ['the customer’s id alone', { id: true }],
    ['the number', { phone: true }],
    ['the e-mail address', { email: true }],
  ])('by %s stops the person within a second, also a call that is out', async (_how, naming) => {
    const [person, other] = [aPerson(), aPerson()];
    const [live, scheduled] = [person.first, person.another()];
    await called(live);
    await takes(scheduled.fillsIn(minutesAgo(1)), other.first.fillsIn(minutesAgo(1)));
    const begun = Date.now();
    await takes(marketingConsent(person.first, 'unsubscribed', naming));
    expect(await recordOf(scheduled)).toMatchObject({ state: 'cancelled', reason: 'opted_out' });
    expect(await recordOf(live)).toMatchObject({ stopReason: 'opted_out' });
    expect(Date.now() - begun).toBeLessThan(1_000);
    await isTakenBack(live);
    expect(await recordOf(other.first)).toMatchObject({ state: 'scheduled' });
  });

  it.each(['unsubscribed', 'UNSUBSCRIBED', 'not_subscribed', 'redacted', 'something_new', '', null])(
    'is so when its state is %s',
    async (state) => {
      const shopper = aShopper();
      await takes(shopper.fillsIn(minutesAgo(1)), marketingConsent(shopper, state));
      expect(await recordOf(shopper)).toMatchObject({ state: 'cancelled', reason: 'opted_out' });
    },
  );

  it('holds for what the person left before, and not for a checkout in which they agree again', async () => {
    const person = aPerson();
    const [late, anew] = [person.another(), person.another()];
    await takes(marketingConsent(person.first, 'unsubscribed', { phone: true }, minutesAgo(5).toISOString()));
    await takes(late.fillsIn(minutesAgo(10)));
    expect(await recordOf(late)).toMatchObject({ state: 'skipped', reason: 'consent_withdrawn' });
    await takes(anew.fillsIn(minutesAgo(0)));
    expect(await recordOf(anew)).toMatchObject({ state: 'scheduled' });
  });

  it.each(['subscribed', 'SUBSCRIBED', 'pending'])(
    'is not so when its state is %s, and that is none to a call either',
    async (state) => {
      const shopper = aShopper();
      await takes(shopper.fillsIn(minutesAgo(1)), marketingConsent(shopper, state));
      expect(await recordOf(shopper)).toMatchObject({ state: 'scheduled' });
      const silent = aShopper();
      await takes(silent.fillsIn(minutesAgo(1), { ...EVERYTHING, consent: 'no' }), marketingConsent(silent, state));
      expect(await recordOf(silent)).toMatchObject({ state: 'skipped', reason: 'no_consent' });
    },
  );

  it('is another one when it is about e-mail', async () => {
    const shopper = aShopper();
    const { body } = marketingConsent(shopper, 'unsubscribed', { id: true, email: true });
    await takes(shopper.fillsIn(minutesAgo(1)));
    await takes({ topic: 'customers_email_marketing_consent/update', apiVersion: '2026-10', body });
    expect(await recordOf(shopper)).toMatchObject({ state: 'scheduled' });
    expect(await (await fetch(`${service.url}/metrics`)).text()).toContain(
      'topic="customers_email_marketing_consent/update",answer="ignored"} 1',
    );
  });

  it('twice is noted once, and leaves what is over as it is', async () => {
    ground.vendor.nextScenarios.push('answered');
    const person = aPerson();
    const [ended, open] = [person.first, person.another()];
    await takes(ended.fillsIn(longAgo()));
    await settled(ground.store, ended.recoveryId, 'ended');
    await takes(open.fillsIn(minutesAgo(1)));
    const before = await ground.store.load(ended.recoveryId);
    await takes(marketingConsent(person.first, 'unsubscribed'));
    const cancelled = await ground.store.load(open.recoveryId);
    await takes(marketingConsent(person.first, 'unsubscribed'));
    expect(await ground.store.load(ended.recoveryId)).toEqual(before);
    expect(await ground.store.load(open.recoveryId)).toEqual(cancelled);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['of nobody', { id: null, sms_marketing_consent: { state: 'unsubscribed' } }, 'id'],
    ['that does not speak of messages', { id: 7000000000001 }, 'sms_marketing_consent'],
    ['in a shape nobody knows', { id: 7000000000001, sms_marketing_consent: 'no' }, 'sms_marketing_consent'],
    [
      'with a state nobody knows how to read',
      { id: 7, sms_marketing_consent: { state: {} } },
      'sms_marketing_consent.state',
    ],
  ])('%s is parked', async (_what, body, field) => {
    await takes({ topic: 'customers_marketing_consent/update', apiVersion: '2026-10', body: JSON.stringify(body) });
    expect((await service.ops.get('/ops/api/parked')).json.parked.at(-1)).toMatchObject({ field });
  });

  it('has to be signed', async () => {
    const shopper = aShopper();
    await takes(shopper.fillsIn(minutesAgo(1)));
    const webhook = {
      ...marketingConsent(shopper, 'unsubscribed'),
      to: service.url,
      secret: CLIENT_SECRET,
      shop: SHOP,
    };
    expect((await signAndSend({ ...webhook, signature: 'wrong' })).status).toBe(401);
    expect(await recordOf(shopper)).toMatchObject({ state: 'scheduled' });
  });
});
