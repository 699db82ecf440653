/** Somebody wants to know what is held of them: the merchant finds the request, downloads the answer, and that is seen. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signAndSend } from '../../stand-ins/shop/deliver.ts';
import { aPerson, type PersonInTest } from '../support/a-person.ts';
import { longAgo, minutesAgo, SHOP, type Webhook } from '../support/a-shopper.ts';
import { sendCallEvent } from '../support/call-event.ts';
import { CLIENT_SECRET, type Ground, openGround, type Running } from '../support/ground.ts';
import { logLines } from '../support/log-lines.ts';
import { customersRedact, dataRequest, type Naming } from '../support/privacy-bodies.ts';
import { settled, until } from '../support/settled.ts';

const DAY_MS = 86_400_000;
const api = '/ops/api/data-requests';

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

const listed = async () => (await service.ops.get(api)).json.dataRequests;
const download = async (id: string) => (await service.ops.get(`${api}/${id}`)).json;

/** A call that is over, a checkout that waits for its time, an order, and a webhook that nobody could read. */
async function muchIsHeldOf(person: PersonInTest) {
  const [called, scheduled] = [person.first, person.another()];
  await takes(called.fillsIn(longAgo()));
  const { record } = await settled(ground.store, called.recoveryId, 'called');
  const data = { analysis: { summary: `${called.shopper.firstName} was at the theatre` }, call: { id: record.callId } };
  const event = { type: 'end-of-call', metadata: { recoveryId: record.id }, data };
  expect(await sendCallEvent(service.url, ground.vendor.keys, event)).toBe(200);
  await takes(scheduled.fillsIn(minutesAgo(1)), person.another().orders(minutesAgo(60 * 24 * 40)));
  const body = JSON.stringify({ token: { value: 1 }, email: called.shopper.email });
  await takes({ topic: 'checkouts/update', apiVersion: '2026-10', body });
  return { called, scheduled };
}

describe('a request for data', () => {
  it('is listed, and downloaded with everything that is held of the person and nothing of others', async () => {
    const [person, other] = [aPerson(), aPerson()];
    await takes(other.first.fillsIn(minutesAgo(1)));
    const { called, scheduled } = await muchIsHeldOf(person);
    await takes(dataRequest(person.first, 70001));

    const request = (await listed()).find(({ shopifyId }: { shopifyId: string }) => shopifyId === '70001');
    expect(request).toEqual({
      id: 'data-70001',
      shopifyId: '70001',
      customerId: `${person.first.ids.customerId}`,
      receivedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      recoveries: 2,
    });
    const answer = await service.ops.get(`${api}/data-70001`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="data-request-data-70001.json"');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { recoveries, remembered, history, unreadWebhooks, unreadableRecoveries } = answer.json;
    expect(recoveries.map(({ id }: { id: string }) => id).sort()).toEqual(
      [called.recoveryId, scheduled.recoveryId].sort(),
    );
    const told = recoveries.find(({ id }: { id: string }) => id === called.recoveryId);
    const { firstName, lastName, email, e164, address } = person.first.shopper;
    expect(told).toMatchObject({
      phone: e164,
      state: 'called',
      payload: {
        customer: { firstName, lastName, email },
        shippingAddress: { address1: address.address1, city: address.city },
      },
      call: { summary: `${firstName} was at the theatre` },
    });
    expect(told.timeline.map(({ event }: { event: string }) => event)).toEqual(
      expect.arrayContaining(['checkout_received', 'dial_begun', 'dial_placed', 'end-of-call']),
    );
    for (const at of [told.createdAt, told.calledAt, told.timeline[0].at]) expect(new Date(at).toISOString()).toBe(at);
    expect(remembered).toMatchObject([{ fact: 'order', at: expect.stringMatching(/Z$/) }]);
    expect(history).toMatchObject({ calls: [expect.stringMatching(/Z$/)], suppressed: null, consentWithdrawnAt: null });
    expect(unreadWebhooks).toMatchObject([{ topic: 'checkouts/update', body: expect.stringContaining(email) }]);
    expect(unreadableRecoveries).toEqual([]);
    expect(other.tracesIn(answer.text)).toEqual([]);
  });

  it('is answered with what is held at the download, not at the request', async () => {
    const person = aPerson();
    await takes(person.first.fillsIn(minutesAgo(1)), dataRequest(person.first, 70012));
    const later = person.another();
    await takes(later.fillsIn(minutesAgo(1)), person.another().orders(minutesAgo(60 * 24 * 40)));
    const added = await service.ops.post('/ops/api/suppressions', { phone: person.first.shopper.e164 });
    expect(added.status).toBe(201);
    const { recoveries, remembered, history } = await download('data-70012');
    expect(recoveries.map(({ id }: { id: string }) => id).sort()).toEqual(
      [person.first.recoveryId, later.recoveryId].sort(),
    );
    expect(remembered).toMatchObject([{ fact: 'order' }]);
    expect(history).toMatchObject({ suppressed: { source: 'operator' }, lastOrderAt: expect.stringMatching(/Z$/) });
    const kept = await ground.redis.get(`${ground.prefix}:shop:${SHOP}:data-request:data-70012`);
    const { e164, email, lastName } = person.first.shopper;
    for (const personal of [e164, email, lastName]) expect(kept).not.toContain(personal);
  });

  it('has a page from which it is downloaded', async () => {
    const person = aPerson();
    await takes(person.first.fillsIn(minutesAgo(1)), dataRequest(person.first, 70002));
    const { text } = await service.ops.get('/ops/data-requests');
    expect(text).toContain('<a href="/ops/api/data-requests/data-70002">download</a>');
    expect((await service.ops.get('/ops')).text).toContain('<a href="/ops/data-requests">');
    const { firstName, email } = person.first.shopper;
    expect(text).not.toContain(firstName);
    expect(text).not.toContain(email);
  });

  it('raises an alarm, once, and is listed once, however often it is sent', async () => {
    const person = aPerson();
    const alarms = () => log.of('alarm').filter(({ requestId }) => requestId === 'data-70003');
    await takes(dataRequest(person.first, 70003), dataRequest(person.first, 70003), dataRequest(person.first, 70003));
    expect(alarms()).toMatchObject([{ alarm: 'data_requested' }]);
    const ids = (await listed()).map(({ id }: { id: string }) => id);
    expect(ids.filter((id: string) => id === 'data-70003')).toHaveLength(1);
    // Newest first.
    expect(ids[0]).toBe('data-70003');
    expect(await download('data-70003')).toMatchObject({ recoveries: [], remembered: [], unreadWebhooks: [] });
  });

  it.each<[string, Naming, number]>([
    ['the customer’s id', { id: true }, 71001],
    ['e-mail address', { email: true }, 71002],
    ['number with its country code', { e164: true }, 71003],
  ])('by %s alone finds the person', async (_how, naming, number) => {
    const person = aPerson();
    await takes(person.first.fillsIn(minutesAgo(1)), dataRequest(person.first, number, naming));
    expect((await download(`data-${number}`)).recoveries).toMatchObject([{ id: person.first.recoveryId }]);
  });

  it('by a number without its country code alone finds nobody: it may be another’s', async () => {
    const person = aPerson();
    await takes(person.first.fillsIn(minutesAgo(1)), dataRequest(person.first, 71004, { phone: true }));
    expect((await download('data-71004')).recoveries).toEqual([]);
  });

  it('without a number of Shopify’s has one of ours', async () => {
    const person = aPerson();
    const { body, ...rest } = dataRequest(person.first, 70004);
    await takes({ ...rest, body: body.replace('"data_request":{"id":70004}', '"data_request":null') });
    const [{ id, shopifyId }] = await listed();
    expect(shopifyId).toBeNull();
    expect(id).toMatch(/^[\w-]{16}$/);
    expect((await service.ops.get(`${api}/${id}`)).status).toBe(200);
  });

  it('tells of what cannot be read that it is there', async () => {
    const person = aPerson();
    await takes(person.first.fillsIn(minutesAgo(1)), dataRequest(person.first, 70005));
    await ground.redis.hset(`${ground.prefix}:recovery:${person.first.recoveryId}`, { facts: 'spoilt' });
    expect(await download('data-70005')).toMatchObject({
      recoveries: [],
      unreadableRecoveries: [person.first.recoveryId],
    });
    await ground.redis.unlink(`${ground.prefix}:recovery:${person.first.recoveryId}`);
  });

  it('goes with the person: who is forgotten is not listed any more', async () => {
    const [person, other] = [aPerson(), aPerson()];
    await takes(person.first.fillsIn(minutesAgo(1)), dataRequest(person.first, 70006), dataRequest(other.first, 70007));
    await takes(customersRedact(person.first, { id: true }));
    await until('it is carried out', async () => {
      return (await ground.redis.zcard(`${ground.prefix}:shop:${SHOP}:requests`)) === 0;
    });
    const ids = (await listed()).map(({ id }: { id: string }) => id);
    expect(ids).not.toContain('data-70006');
    expect(ids).toContain('data-70007');
    expect((await service.ops.get(`${api}/data-70006`)).status).toBe(404);
  });

  it('is kept for 30 days', async () => {
    const person = aPerson();
    await takes(dataRequest(person.first, 70008));
    const ttl = await ground.redis.pttl(`${ground.prefix}:shop:${SHOP}:data-request:data-70008`);
    expect(ttl).toBeGreaterThan(30 * DAY_MS - 60_000);
    expect(ttl).toBeLessThanOrEqual(30 * DAY_MS);
    const later = await ground.start({
      env: { ROLE: 'web' },
      overrides: { clock: { now: () => Date.now() + 30 * DAY_MS + 60_000 } },
    });
    expect((await later.ops.get(api)).json.dataRequests).toEqual([]);
    await later.close();
  });

  it('and every download of its answer are in the access log, without the person', async () => {
    const person = aPerson();
    await takes(dataRequest(person.first, 70009));
    for (let i = 0; i < 2; i++) await download('data-70009');
    const { json, text } = await service.ops.get('/ops/api/access-log?limit=20');
    const about = json.entries.filter((entry: { about: string }) => entry.about === 'data-70009');
    expect(about.reverse()).toMatchObject([
      { who: 'shopify', what: 'customers/data_request', outcome: 'kept' },
      { who: 'ops', what: 'GET /ops/api/data-requests/:id', outcome: '200' },
      { who: 'ops', what: 'GET /ops/api/data-requests/:id', outcome: '200' },
    ]);
    expect(person.tracesIn(text)).toEqual([]);
  });

  it('is behind the password, and only what is there is found', async () => {
    for (const path of [api, `${api}/data-70001`, '/ops/data-requests']) {
      expect((await service.ops.ask('GET', path, { login: null })).status).toBe(401);
    }
    for (const id of ['data-404', 'nobody', '%2e%2e', 'data-70001:x']) {
      expect((await service.ops.get(`${api}/${id}`)).status).toBe(404);
    }
  });

  it('that is not signed is refused, and one that is a redaction is not taken for it', async () => {
    const person = aPerson();
    const webhook = dataRequest(person.first, 70010);
    const forged = { ...webhook, to: service.url, secret: CLIENT_SECRET, shop: SHOP, signature: 'wrong' as const };
    expect((await signAndSend(forged)).status).toBe(401);
    await takes({ ...customersRedact(person.first), topic: 'customers/data_request' });
    await takes({ ...dataRequest(person.first, 70011), topic: 'customers/redact' });
    const fields = (await service.ops.get('/ops/api/parked')).json.parked.map(({ field }: { field: string }) => field);
    expect(fields.slice(-2)).toEqual(['orders_to_redact', 'data_request']);
    expect((await service.ops.get(`${api}/data-70010`)).status).toBe(404);
  });
});
