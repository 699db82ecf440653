/** The operator's door: closed without the password, on every path; and what can be seen and done behind it. */
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasFailedErrand } from '../../src/domain/errand.ts';
import { ODILE_US } from '../../stand-ins/shop/people.ts';
import { anErrand } from '../support/a-called-recovery.ts';
import { aShopper, longAgo, minutesAgo, type ShopperInTest } from '../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';
import { OPS_PASSWORD, OPS_USERNAME } from '../support/ops-client.ts';
import { settled, until } from '../support/settled.ts';

let ground: Ground;
let service: Running;
/** Called, and then she bought: her call was aborted. */
let odile: ShopperInTest;
/** For her ten minutes. */
let waiting: ShopperInTest;
/** Ordered on the phone, and the shop would not take the order. */
let failing: ShopperInTest;

/** Every service here has the same hands: any one's worker may be given any errand. */
const start = (env: Readonly<Record<string, string>> = {}) =>
  ground.start({ env: { ...ground.admin, LAST_LOOK: 'off', AGENT_ORDER: 'draft', ...env } });

beforeAll(async () => {
  ground = await openGround({ vendor: { scenario: 'silent' } });
  service = await start();
  odile = aShopper({ shopper: ODILE_US, apiVersion: '2024-10' });
  waiting = aShopper();
  await service.send(odile.fillsIn(longAgo()));
  await settled(ground.store, odile.recoveryId, 'called');
  await service.send(odile.orders(minutesAgo(1)));
  await settled(ground.store, odile.recoveryId, 'ended');
  await service.send(waiting.fillsIn(minutesAgo(1)));
  failing = aShopper();
  ground.vendor.nextScenarios.push('create-order');
  ground.shop.nextAnswers.push({ status: 422 });
  await service.send(failing.fillsIn(longAgo()));
  await settled(
    ground.store,
    failing.recoveryId,
    ({ record }) => record.state === 'ended' && hasFailedErrand(record.errands),
  );
});
afterAll(() => ground.close());

const api = '/ops/api';

/** As it stands in a path. */
const errandOf = (shopper: ShopperInTest) => encodeURIComponent(`agent_order:${shopper.recoveryId}.1`);

/** Bull Board's own list of what it serves: what a later version adds is tested from its first day. */
const { appRoutes } = createRequire(import.meta.url)('@bull-board/api/dist/routes.js') as {
  appRoutes: { api: { method: string; route: string }[] };
};

/** Every kind of path below /ops: pages, JSON, Bull Board's page, its API, its static files, and what does not exist. */
const PATHS: [method: string, path: string][] = [
  ['GET', '/ops'],
  ['GET', '/ops/'],
  ['GET', '/ops?query=%2B14155550142'],
  ['GET', '/ops/recoveries/some.id'],
  ['GET', `${api}/recoveries`],
  ['GET', `${api}/recoveries/some.id`],
  ['GET', `${api}/recoveries/some.id/explanation`],
  ['GET', `${api}/dialing`],
  ['GET', `${api}/data-requests`],
  ['GET', `${api}/data-requests/data-1`],
  ['GET', '/ops/data-requests'],
  ['GET', `${api}/access-log`],
  ['GET', '/ops/access-log'],
  ['GET', `${api}/parked`],
  ['GET', `${api}/errands`],
  ['GET', `${api}/report`],
  ['GET', '/ops/errands'],
  ['GET', '/ops/report'],
  ['POST', `${api}/recoveries/some.id/errands/abort/retry`],
  ['POST', '/ops/recoveries/some.id/errands/abort/retry'],
  ['POST', `${api}/parked/replay`],
  ['POST', `${api}/recoveries/some.id/cancel`],
  ['POST', `${api}/recoveries/some.id/call-now`],
  ['POST', `${api}/recoveries/some.id/settle`],
  ['PUT', `${api}/dialing`],
  ['GET', '/ops/queues'],
  ['GET', '/ops/queues/'],
  ['GET', '/ops/queues/queue/dial'],
  ['GET', '/ops/queues/api/queues'],
  ['GET', '/ops/queues/api/queues/dial/some-job'],
  ['PUT', '/ops/queues/api/queues/dial/pause'],
  ['GET', '/ops/queues/static/js/main.js'],
  ['GET', '/ops/queues/static/favicon.ico'],
];

/** Nothing is served here; that much may be told to anybody. */
const NOTHING_THERE: [method: string, path: string][] = [
  ['GET', '/ops/nothing-here'],
  ['OPTIONS', `${api}/recoveries`],
  ['DELETE', '/ops/queues/api/queues/dial'],
];

describe('without a password in the configuration', () => {
  it('there is nothing below /ops, whoever asks', async () => {
    const bare = await start({ ROLE: 'web', OPS_PASSWORD: '' });
    for (const [method, path] of [...PATHS, ...NOTHING_THERE]) {
      const { status } = await bare.ops.ask(method, path);
      expect([method, path, status]).toEqual([method, path, 404]);
    }
  });

  it('nor in a worker, with one', async () => {
    const worker = await start({ ROLE: 'worker' });
    expect((await worker.ops.get('/ops')).status).toBe(404);
    expect((await fetch(`${worker.url}/webhooks/shopify`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${worker.url}/readyz`)).status).toBe(200);
  });
});

describe('the door', () => {
  it.each<[string, string | null]>([
    ['nothing', null],
    ['a wrong password', `${OPS_USERNAME}:${OPS_PASSWORD}x`],
    ['another name', `admin:${OPS_PASSWORD}`],
    ['the name alone', `${OPS_USERNAME}:`],
    ['neither', ':'],
  ])('stays shut for who brings %s, on every path', async (_what, login) => {
    for (const [method, path] of PATHS) {
      const { status, text } = await service.ops.ask(method, path, { login });
      expect([method, path, status]).toEqual([method, path, 401]);
      expect(text).not.toMatch(/fenwick|Ringback/);
    }
    for (const [method, path] of NOTHING_THERE) {
      expect([401, 404]).toContain((await service.ops.ask(method, path, { login })).status);
    }
  });

  it('asks for the password as a browser understands it', async () => {
    const { headers } = await service.ops.ask('GET', '/ops', { login: null });
    expect(headers.get('www-authenticate')).toMatch(/^Basic realm="ringback"/);
  });

  it.each(['Bearer abc', 'Basic', 'Basic !!!', `Basic ${Buffer.from('no-colon').toString('base64')}`])(
    'is not opened by “%s”',
    async (authorization) => {
      const { status } = await service.ops.ask('GET', '/ops', { login: null, headers: { authorization } });
      expect([400, 401]).toContain(status);
    },
  );

  it.each(['cross-site', 'same-site'])(
    'takes no action that a page of a %s sends with the browser’s password',
    async (site) => {
      const headers = { 'sec-fetch-site': site };
      for (const [method, path, body] of [
        ['POST', `${api}/recoveries/${waiting.recoveryId}/cancel`, undefined],
        ['POST', `${api}/recoveries/${waiting.recoveryId}/call-now`, undefined],
        ['POST', `${api}/recoveries/${failing.recoveryId}/errands/${errandOf(failing)}/retry`, undefined],
        ['POST', `/ops/recoveries/${failing.recoveryId}/errands/${errandOf(failing)}/retry`, undefined],
        ['PUT', `${api}/dialing`, { paused: true }],
      ] as const) {
        expect((await service.ops.ask(method, path, { headers, body })).status).toBe(403);
      }
      expect((await ground.store.load(waiting.recoveryId))?.record.state).toBe('scheduled');
      expect((await service.ops.get(`${api}/dialing`)).json).toMatchObject({ paused: false });
    },
  );

  const cancel = () => `${api}/recoveries/${waiting.recoveryId}/cancel`;
  it.each([
    ['another host', 'http://elsewhere.example'],
    ['another port', 'http://127.0.0.1:1'],
    ['nobody', 'null'],
    ['something that is no origin', 'elsewhere'],
  ])('takes no action on the word of %s where the browser tells no relation', async (_who, origin) => {
    expect((await service.ops.post(cancel(), undefined, { origin })).status).toBe(403);
    expect((await ground.store.load(waiting.recoveryId))?.record.state).toBe('scheduled');
  });

  it('takes actions from its own pages and from scripts', async () => {
    const own = { origin: new URL(service.url).origin };
    const nobody = `${api}/recoveries/some.id/cancel`;
    for (const headers of [own, { ...own, 'sec-fetch-site': 'same-origin' }, {}]) {
      expect((await service.ops.post(nobody, undefined, headers)).status).toBe(404);
    }
    // Behind a proxy that rewrites Host, the browser's own word on the relation counts.
    const proxied = { origin: 'https://ops.example', 'sec-fetch-site': 'same-origin' };
    expect((await service.ops.post(nobody, undefined, proxied)).status).toBe(404);
  });

  it.each(['/ops', '/ops/report', `${api}/recoveries`, '/ops/queues/', '/ops/queues/api/queues'])(
    'sends %s with the headers that keep it to itself',
    async (path) => {
      const { headers, status } = await service.ops.get(path);
      expect(status).toBe(200);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-powered-by')).toBeNull();
    },
  );
});

describe('Bull Board', () => {
  const jobOf = (shopper: ShopperInTest) => `rec-${shopper.recoveryId}-1`;

  it('shows the queues and a job without anything of the person', async () => {
    const queues = await service.ops.get('/ops/queues/api/queues?activeQueue=dial&status=delayed&page=1');
    const job = await service.ops.get(`/ops/queues/api/queues/dial/${jobOf(waiting)}`);
    const page = await service.ops.get('/ops/queues/');
    expect(queues.json.queues.map(({ name }: { name: string }) => name).sort()).toEqual([
      'dial',
      'errands',
      'requests',
      'upkeep',
    ]);
    expect(job.json.job).toMatchObject({ data: { v: 1, recoveryId: waiting.recoveryId } });
    expect(job.text).toContain('197.90 EUR');
    const { email, e164, lastName, address } = waiting.shopper;
    for (const { text } of [queues, job, page]) {
      for (const secret of [email, e164 ?? '', lastName, address.address1, waiting.token]) {
        expect(text).not.toContain(secret);
      }
    }
  });

  it('shows who is waiting for an errand, without anything of the person', async () => {
    // Her call's fate is not known, so there is nothing to abort yet: somebody looks again in a while.
    const shopper = aShopper();
    ground.vendor.nextAnswers.push({ status: 500, body: {} });
    await service.send(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, 'unknown');
    await service.send(shopper.orders(new Date()));
    const list = '/ops/queues/api/queues?activeQueue=errands&status=delayed&page=1';
    const jobs = await until('her errand waits', async () => {
      const { json } = await service.ops.get(list);
      const { jobs: all } = json.queues.find(({ name }: { name: string }) => name === 'errands');
      const hers = all.filter(({ data }: { data: { recoveryId: string } }) => data.recoveryId === shopper.recoveryId);
      return hers.length > 0 && hers;
    });
    expect(jobs[0]).toMatchObject({ name: 'errands', data: { v: 1, recoveryId: shopper.recoveryId } });
    const { text } = await service.ops.get(`/ops/queues/api/queues/errands/${jobs[0].id}`);
    const { email, e164, lastName, address } = shopper.shopper;
    for (const secret of [email, e164 ?? '', lastName, address.address1, shopper.token])
      expect(text).not.toContain(secret);
  });

  it('refuses every write it knows, of whatever kind, and nothing has changed', async () => {
    const params = (queueName: string): Record<string, string> => ({
      ...{ ':queueName': queueName, ':jobId': jobOf(waiting), ':queueStatus': 'completed', ':schedulerId': 'sweep' },
    });
    const state = async () => {
      const { json } = await service.ops.get(`/ops/queues/api/queues/dial/${jobOf(waiting)}`);
      const { counts } = (await service.ops.get('/ops/queues/api/queues')).json.queues[0];
      const dialing = (await service.ops.get(`${api}/dialing`)).json;
      return { status: json.status, data: json.job.data, opts: json.job.opts, counts, dialing };
    };
    const before = await state();
    expect(before.status).toBe('delayed');
    const writes = appRoutes.api.filter(({ method }) => method !== 'get');
    expect(writes.length).toBeGreaterThan(15);
    const everywhere = ['dial', 'errands'].flatMap((queueName) => writes.map((write) => ({ ...write, queueName })));
    for (const { method, route, queueName } of everywhere) {
      const path = `/ops/queues${route.replace(/:\w+/g, (name) => params(queueName)[name] ?? name)}`;
      const { status } = await service.ops.ask(method.toUpperCase(), path, {
        body: { jobData: {}, delay: 1, priority: 1 },
      });
      // To pause or resume "every writable queue" is answered with 200: there is none.
      const expected = /\/queues\/(pause|resume)$/.test(route) ? [200] : [400, 404, 405];
      expect(expected, `${method} ${route}`).toContain(status);
    }
    expect(await state()).toEqual(before);
  });

  it.each(['retry', 'promote', 'clean'])('has no “%s” for a job: 405', async (action) => {
    const path = `/ops/queues/api/queues/dial/${jobOf(odile)}/${action}`;
    expect((await service.ops.ask('PUT', path, { body: {} })).status).toBe(405);
  });
});

describe('finding recoveries', () => {
  const found = async (query: string) => {
    const { status, json } = await service.ops.get(`${api}/recoveries?query=${encodeURIComponent(query)}`);
    expect(status).toBe(200);
    return json.recoveries.map(({ id }: { id: string }) => id);
  };

  it.each<[string, () => string | Promise<string>]>([
    ['her recovery id', () => odile.recoveryId],
    ['the checkout’s token', () => odile.token],
    ['the cart’s token', () => odile.ids.cartToken],
    ['the checkout’s id', () => `${odile.ids.checkoutId}`],
    ['the checkout’s id as its name', () => `#${odile.ids.checkoutId}`],
    ['the call’s id', async () => (await ground.store.load(odile.recoveryId))?.record.callId ?? ''],
    ['her number', () => '+14155550142'],
    ['her number as people write it', () => '+1 (415) 555-0142'],
    ['her e-mail address', () => 'Odile.Marrable@Example.com'],
    ['the order’s name', () => `#${odile.ids.orderNumber}`],
    ['the order’s number', () => `${odile.ids.orderNumber}`],
  ])('by %s', async (_what, query) => {
    expect(await found(await query())).toEqual([odile.recoveryId]);
  });

  it('by what nobody has finds nothing', async () => {
    expect(await found('nobody@example.com')).toEqual([]);
    expect(await found('*')).toEqual([]);
  });

  it('lists by state and page by page', async () => {
    const more = Array.from({ length: 5 }, () => aShopper());
    for (const shopper of more) await service.send(shopper.opens(minutesAgo(1)));
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { json } = await service.ops.get(`${api}/recoveries?state=waiting&limit=2&cursor=${cursor}`);
      expect(json.recoveries.length).toBeLessThanOrEqual(2);
      seen.push(...json.recoveries.map(({ id }: { id: string }) => id));
      cursor = json.nextCursor;
    }
    expect(seen.sort()).toEqual(more.map(({ recoveryId }) => recoveryId).sort());
  });

  it.each(['limit=0', 'limit=201', 'limit=x', 'state=nowhere', `query=${'x'.repeat(321)}`])(
    'refuses a question it does not understand: %s',
    async (query) => {
      const { status, json } = await service.ops.get(`${api}/recoveries?${query}`);
      expect({ status, json }).toMatchObject({
        status: 400,
        json: { error: 'bad_request', fields: [query.split('=')[0]] },
      });
    },
  );
});

describe('one recovery', () => {
  it('tells its story, and of the person only the end of the number', async () => {
    const { json, text } = await service.ops.get(`${api}/recoveries/${odile.recoveryId}`);
    expect(json).toMatchObject({
      id: odile.recoveryId,
      state: 'ended',
      callStatus: 'aborted',
      phone: '+1••••••0142',
      cartValue: '197.90 EUR',
      attempts: 1,
      orderName: `#${odile.ids.orderNumber}`,
      orderTotal: '197.90',
      orderCurrency: 'EUR',
      orderMatch: 'checkout',
      // She bought before the call, and the webhook came after it.
      attributed: false,
      arm: 'call',
      discount: null,
      call: { answered: false, summary: null, statuses: [{ status: 'aborted' }, { status: 'aborted' }] },
      errands: [{ key: 'abort', kind: 'abort', state: 'done', note: 'aborted', tries: 0 }],
      stopReason: 'ordered',
    });
    const events = json.timeline.map(({ event }: { event: string }) => event);
    expect(events.slice(0, 4)).toEqual(['checkout_received', 'dial_begun', 'dial_placed', 'ordered']);
    // The vendor's word on the abort, and that the abort was done, may come in either order.
    expect(events.slice(4).sort()).toEqual(['call.aborted', 'call.lifecycle-ended', 'errand_abort']);
    for (const { at } of json.timeline) expect(new Date(at).toISOString()).toBe(at);
    expect(text).not.toMatch(/Marrable|odile|4155550142|Ferry Road|recover\?key/);
  });

  it('is explained, gate by gate, without the person', async () => {
    const { json, text } = await service.ops.get(`${api}/recoveries/${odile.recoveryId}/explanation`);
    expect(json.notes).toEqual([expect.stringMatching(/^It is over /)]);
    expect(json.gates).toHaveLength(14);
    expect(json.gates[7]).toMatchObject({ gate: 'consent', verdict: 'pass', rule: 'CALL_CONSENT@2026-11' });
    expect(json.gates[7].sentence).toMatch(/^consent passed: attribute:/);
    expect(text).not.toMatch(/Marrable|odile|4155550142|Ferry Road|recover\?key/);
    expect((await service.ops.get(`${api}/recoveries/nobody/explanation`)).status).toBe(404);
  });

  it('has a page that tells the same, with every text escaped', async () => {
    const { text, headers } = await service.ops.get(`/ops/recoveries/${odile.recoveryId}`);
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    for (const word of ['checkout_received', 'dial_placed', '+1••••••0142']) expect(text).toContain(word);
    expect(text).not.toMatch(/Marrable|odile\.|4155550142|Ferry Road/);
    const list = await service.ops.get(`/ops?query=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(list.text).not.toContain('<script>alert');
  });

  it.each(['nobody', 'fenwick-lantern.00000000000000000000000000', '%2e%2e%2f', 'a'.repeat(150)])(
    'that does not exist (%s) is not found',
    async (id) => {
      expect((await service.ops.get(`${api}/recoveries/${id}`)).status).toBe(404);
      for (const action of ['cancel', 'call-now']) {
        expect((await service.ops.post(`${api}/recoveries/${id}/${action}`)).status).toBe(404);
      }
      expect((await service.ops.post(`${api}/recoveries/${id}/settle`, { placed: false })).status).toBe(404);
    },
  );
});

describe('what an operator does', () => {
  it('calls now what waits for its time, once, however often it is asked', async () => {
    const shopper = aShopper();
    await service.send(shopper.fillsIn(minutesAgo(1)));
    const now = () => service.ops.post(`${api}/recoveries/${shopper.recoveryId}/call-now`);
    const statuses = (await Promise.all([now(), now(), now()])).map(({ status }) => status);
    expect(statuses).toContain(200);
    const { record, timeline } = await settled(ground.store, shopper.recoveryId, 'called');
    expect(record.attempts).toBe(1);
    expect(timeline.some(({ event }) => event === 'operator_call_now')).toBe(true);
    expect((await now()).json).toEqual({ status: 'refused', state: 'called' });
    const calls = ground.vendor.calls.filter(({ body }) => body.metadata?.recoveryId === shopper.recoveryId);
    expect(calls).toHaveLength(1);
  });

  it('is told in words what is wrong, beside the code', async () => {
    const { status, json } = await service.ops.get(`${api}/recoveries/hill-coffee.00000000000000000000000000`);
    expect([status, json]).toEqual([404, { error: 'not_found', message: 'There is no such thing here.' }]);
    expect((await service.ops.get(`${api}/recoveries?limit=none`)).json).toMatchObject({
      ...{ error: 'bad_request', message: expect.stringContaining('right form'), fields: ['limit'] },
    });
  });

  it.each([{}, { placed: 'yes' }, { placed: true, callId: '' }, [], null])(
    'settles nothing with %j',
    async (finding) => {
      const answer = await service.ops.post(`${api}/recoveries/${odile.recoveryId}/settle`, finding);
      expect(answer.status).toBe(400);
    },
  );

  it('settles only what is unknown', async () => {
    const answer = await service.ops.post(`${api}/recoveries/${odile.recoveryId}/settle`, { placed: false });
    expect(answer).toMatchObject({ status: 409, json: { status: 'refused', state: 'ended' } });
  });

  it('switches dialling off for all, also across a restart, and on again', async () => {
    expect((await service.ops.put(`${api}/dialing`, { paused: true })).json).toEqual({ paused: true });
    const restarted = await start();
    const seen = (await restarted.ops.get(`${api}/dialing`)).json;
    expect(seen).toMatchObject({ paused: true, reason: 'operator' });
    expect(Date.now() - Date.parse(seen.since)).toBeLessThan(10_000);
    expect(await (await fetch(`${restarted.url}/metrics`)).text()).toMatch(/^ringback_dialing_paused 1$/m);

    const shopper = aShopper();
    await restarted.send(shopper.fillsIn(longAgo()));
    await until('its alarm has rung for a paused queue', async () => {
      const { json } = await restarted.ops.get(`/ops/queues/api/queues/dial/rec-${shopper.recoveryId}-1`);
      return json.status === 'waiting';
    });
    expect((await ground.store.load(shopper.recoveryId))?.record).toMatchObject({ state: 'scheduled', attempts: 0 });
    expect((await restarted.ops.put(`${api}/dialing`, { paused: false })).json).toEqual({ paused: false });
    await settled(ground.store, shopper.recoveryId, 'called');
    expect((await service.ops.get(`${api}/dialing`)).json).toEqual({ paused: false, reason: null, since: null });
  });

  it.each([{}, { paused: 'true' }, null])('does not switch with %j', async (body) => {
    expect((await service.ops.put(`${api}/dialing`, body)).status).toBe(400);
  });
});

describe('errands that failed', () => {
  const key = () => `agent_order:${failing.recoveryId}.1`;
  const listed = async (query = '') => {
    const { status, json } = await service.ops.get(`${api}/errands${query}`);
    expect(status).toBe(200);
    return json.recoveries;
  };

  it('are listed with what came of them, and nothing of the person', async () => {
    const { json, text } = await service.ops.get(`${api}/errands?state=failed`);
    expect(json.recoveries).toMatchObject([
      {
        id: failing.recoveryId,
        state: 'ended',
        errands: [{ key: key(), kind: 'agent_order', state: 'failed', note: 'shop_refused', tries: 0 }],
      },
    ]);
    expect(text).not.toMatch(/Marrable|shopper-\d+@|Ferry Road/);
    expect(await listed()).toEqual(json.recoveries);
  });

  it.each(['state=done', 'limit=0', 'limit=x'])('are not to be had by %s', async (query) => {
    const { status, json } = await service.ops.get(`${api}/errands?${query}`);
    expect({ status, json }).toMatchObject({
      status: 400,
      json: { error: 'bad_request', fields: [query.split('=')[0]] },
    });
  });

  it.each(['/ops', '/ops/errands'])('stand on %s with their button', async (path) => {
    const { text } = await service.ops.get(path);
    expect(text).toContain(`action="/ops/recoveries/${failing.recoveryId}/errands/${errandOf(failing)}/retry"`);
    expect(text).not.toMatch(/Marrable|shopper-\d+@|Ferry Road/);
  });

  it('are tried again at the push of the button, and leave the list', async () => {
    const path = `/ops/recoveries/${failing.recoveryId}/errands/${errandOf(failing)}/retry`;
    const form = { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(service.url).origin };
    const pushed = await service.ops.ask('POST', path, { headers: form });
    expect({ status: pushed.status, to: pushed.headers.get('location') }).toEqual({
      status: 303,
      to: `/ops/recoveries/${failing.recoveryId}`,
    });
    expect(await listed()).toEqual([]);
    // Its first try may have left an order behind, so that one is looked for, twice, before another is made.
    const again = await until('it was tried', async () => {
      const [recovery] = (await listed('?state=open')).filter(({ id }: { id: string }) => id === failing.recoveryId);
      return recovery?.errands[0].note === 'not_found_yet' && recovery;
    });
    expect(again.errands).toMatchObject([{ key: key(), state: 'open', tries: 0 }]);
    expect((await service.ops.post(`${api}${path.slice(4)}`)).json).toEqual({ status: 'refused', state: 'ended' });
    expect((await service.ops.get('/ops')).text).not.toContain('Errands that failed');
  });

  it('can be tried again also under the longest key there can be', async () => {
    const { record } = (await ground.store.load(odile.recoveryId)) ?? {};
    if (!record) throw new Error('her recovery is gone');
    const longest = `forward:action:${'x'.repeat(200)}:${record.id}.1`;
    const errands = { ...record.errands, [longest]: anErrand({ kind: 'forward', state: 'failed' }) };
    await ground.store.commit({ record, patch: { errands }, at: Date.now() });
    const answer = await service.ops.post(
      `${api}/recoveries/${record.id}/errands/${encodeURIComponent(longest)}/retry`,
    );
    expect(answer).toMatchObject({ status: 200, json: { status: 'done' } });
  });
});

describe('the report', () => {
  it('counts what has happened here today, as JSON and as a page', async () => {
    const { json } = await service.ops.get(`${api}/report`);
    const today = new Date().toISOString().slice(0, 10);
    expect(json).toMatchObject({ to: today, unreadable: 0, days: [{ day: today }], lift: { verdict: 'too_few' } });
    expect(json.total.called).toBeGreaterThanOrEqual(2);
    expect(json.total.seen).toBeGreaterThan(json.total.called);
    const { text } = await service.ops.get('/ops/report');
    expect(text).toContain('Too few recoveries to judge');
    expect(text).not.toMatch(/Marrable|shopper-\d+@|Ferry Road/);
  });

  it('says what is wrong with the days', async () => {
    const { status, json } = await service.ops.get(`${api}/report?from=2026-02-30`);
    expect({ status, json }).toEqual({
      status: 400,
      json: { error: 'bad_request', fields: ['from'], message: 'from must be a day such as 2026-11-01' },
    });
  });
});
