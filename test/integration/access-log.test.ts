/** Who saw or changed what: every request below /ops leaves a line, nothing of a shopper does, and what cannot be logged is not shown. */
import { Redis } from 'ioredis';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askedFor } from '../../src/cli/commands.ts';
import { loadConfig } from '../../src/config/load.ts';
import { accessLog } from '../../src/store/access-log.ts';
import { keysBelow } from '../../src/store/keys.ts';
import { freePort } from '../../stand-ins/free-port.ts';
import { type PrivateRedis, startPrivateRedis } from '../../stand-ins/private-redis.ts';
import { ODILE_US } from '../../stand-ins/shop/people.ts';
import { aShopper, longAgo, minutesAgo, type ShopperInTest } from '../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';
import { OPS_PASSWORD, OPS_USERNAME, opsClient } from '../support/ops-client.ts';
import { settled, until } from '../support/settled.ts';

const api = '/ops/api';

let ground: Ground;
let service: Running;
let odile: ShopperInTest;

beforeAll(async () => {
  ground = await openGround({ vendor: { scenario: 'silent' } });
  service = await ground.start();
  odile = aShopper({ shopper: ODILE_US });
  await service.send(odile.fillsIn(longAgo()));
  await settled(ground.store, odile.recoveryId, 'called');
});
afterAll(() => ground.close());

type Line = Record<string, string>;

async function lines(redis: Redis = ground.redis): Promise<Line[]> {
  const rows = await redis.xrange(`${ground.prefix}:access-log`, '-', '+');
  return rows.map(([, pairs]) =>
    Object.fromEntries((pairs ?? []).flatMap((name, i, all) => (i % 2 === 0 ? [[name, all[i + 1] ?? '']] : []))),
  );
}

/** What was written while something was done. */
async function linesOf(doing: () => Promise<unknown>): Promise<Line[]> {
  const before = (await lines()).length;
  await doing();
  return (await lines()).slice(before);
}

/** The command line on this ground. */
async function cli(line: string, on: Ground = ground) {
  const asked = askedFor(line.split(' '));
  if (asked.kind !== 'run') throw new Error(`no command: ${line}`);
  const printed: string[] = [];
  const terminal = { print: (text: string) => void printed.push(text), note: () => {} };
  const config = loadConfig(on.environment(await freePort()));
  const code = await asked.command.run(config, terminal, asked.given).catch(() => 'thrown' as const);
  return { code, printed };
}

describe('a request below /ops', () => {
  it.each<[string, string, () => string, Partial<Line>]>([
    ['a page', 'GET', () => '/ops', { what: 'GET /ops', outcome: '200' }],
    ['one recovery’s page', 'GET', () => `/ops/recoveries/${odile.recoveryId}`, { what: 'GET /ops/recoveries/:id' }],
    ['the errands', 'GET', () => '/ops/errands', { what: 'GET /ops/errands' }],
    ['the report', 'GET', () => `${api}/report`, { what: 'GET /ops/api/report' }],
    ['JSON', 'GET', () => `${api}/recoveries?state=called`, { what: 'GET /ops/api/recoveries' }],
    ['a recovery', 'GET', () => `${api}/recoveries/${odile.recoveryId}`, { what: 'GET /ops/api/recoveries/:id' }],
    ['the switch', 'GET', () => `${api}/dialing`, { what: 'GET /ops/api/dialing' }],
    ['the parked', 'GET', () => `${api}/parked`, { what: 'GET /ops/api/parked' }],
    ['the data requests', 'GET', () => '/ops/data-requests', { what: 'GET /ops/data-requests' }],
    ['the access log', 'GET', () => '/ops/access-log', { what: 'GET /ops/access-log' }],
    ['a fault of the asker', 'GET', () => `${api}/recoveries?limit=0`, { outcome: '400' }],
    ['what is not there', 'GET', () => '/ops/nothing-here', { what: 'GET (nothing there)', outcome: '404' }],
    ['a question of the head alone', 'HEAD', () => '/ops', { what: 'HEAD /ops', outcome: '200' }],
  ])('leaves a line: %s', async (_what, method, path, expected) => {
    const written = await linesOf(() => service.ops.ask(method, path()));
    expect(written).toEqual([expect.objectContaining({ who: OPS_USERNAME, outcome: '200', ...expected })]);
    const about = path().includes(odile.recoveryId) ? odile.recoveryId : undefined;
    expect(written[0]?.about).toBe(about);
    expect(Math.abs(Number(written[0]?.at) - Date.now())).toBeLessThan(5_000);
  });

  it.each<[string, string, string]>([
    ['a number', '+14155550142', 'number'],
    ['a number as people write it', '(415) 555-0142', 'number'],
    ['an e-mail address', ODILE_US.email, 'e-mail'],
    ['a name or token', 'c0ffeec0ffee', 'name or token'],
  ])('that searches by %s leaves by what it searched, and not for whom', async (_what, text, kind) => {
    const query = encodeURIComponent(text);
    const written = await linesOf(async () => {
      await service.ops.get(`${api}/recoveries?query=${query}`);
      await service.ops.get(`/ops?query=${query}`);
    });
    expect(written.map(({ detail }) => detail)).toEqual([`search by ${kind}`, `search by ${kind}`]);
    expect(JSON.stringify(written)).not.toContain(text);
  });

  it('that changes something leaves a line before it begins, and one of how it ended', async () => {
    const shopper = aShopper();
    await service.send(shopper.fillsIn(minutesAgo(1)));
    const { recoveryId } = shopper;
    const written = await linesOf(async () => {
      await service.ops.put(`${api}/dialing`, { paused: true });
      await service.ops.put(`${api}/dialing`, { paused: false });
      await service.ops.post(`${api}/recoveries/${recoveryId}/cancel`);
      await service.ops.post(`${api}/recoveries/${recoveryId}/cancel`);
      await service.ops.post(`${api}/recoveries/${recoveryId}/errands/abort/retry`);
      await service.ops.post(`${api}/parked/replay`);
    });
    const one = { who: OPS_USERNAME, about: recoveryId };
    const cancel = { ...one, what: 'POST /ops/api/recoveries/:id/cancel' };
    const retry = { ...one, about: `${recoveryId}#abort`, what: 'POST /ops/api/recoveries/:id/errands/:key/retry' };
    expect(written).toMatchObject([
      { what: 'PUT /ops/api/dialing', outcome: 'asked', detail: 'paused: true' },
      { what: 'PUT /ops/api/dialing', outcome: '200', detail: 'paused: true' },
      { what: 'PUT /ops/api/dialing', outcome: 'asked', detail: 'paused: false' },
      { what: 'PUT /ops/api/dialing', outcome: '200', detail: 'paused: false' },
      ...[cancel, cancel].flatMap((each) => [
        { ...each, outcome: 'asked' },
        { ...each, outcome: '200' },
      ]),
      { ...retry, outcome: 'asked' },
      { ...retry, outcome: '409' },
      { what: 'POST /ops/api/parked/replay', outcome: 'asked' },
      { what: 'POST /ops/api/parked/replay', outcome: '200' },
    ]);
  });

  it('from another site’s page is refused, and that is seen', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' };
    const written = await linesOf(() => service.ops.post(`${api}/parked/replay`, undefined, headers));
    expect(written).toMatchObject([{ who: OPS_USERNAME, what: 'POST /ops/api/parked/replay', outcome: '403' }]);
  });

  it('names nothing that is no id of ours, whatever stands in the path', async () => {
    const written = await linesOf(async () => {
      await service.ops.get(`${api}/recoveries/+14155550142`);
      await service.ops.get(`/ops/recoveries/${encodeURIComponent(ODILE_US.email)}`);
      await service.ops.get(`/ops/${encodeURIComponent(ODILE_US.email)}`);
      await service.ops.get(`${api}/data-requests/14155550142`);
      await service.ops.post(`${api}/recoveries/${odile.recoveryId}/errands/abort:4155550142/retry`);
      await service.ops.get('/ops/queues/api/queues/dial/14155550142');
    });
    expect(written.map(({ about }) => about)).toEqual([
      ...[undefined, undefined, undefined, undefined],
      ...[`${odile.recoveryId}#abort`, `${odile.recoveryId}#abort`],
      undefined,
    ]);
    expect(JSON.stringify(written)).not.toMatch(/4155550142|odile/i);
  });
});

describe('Bull Board', () => {
  it('leaves a line for its page, its API and its files, once a minute for what it asks again and again', async () => {
    const job = `/ops/queues/api/queues/dial/rec-${odile.recoveryId}-1`;
    const written = await linesOf(async () => {
      for (let i = 0; i < 5; i++) await service.ops.get('/ops/queues/api/queues?activeQueue=dial&page=1');
      for (let i = 0; i < 5; i++) await service.ops.get('/ops/queues/static/favicon.ico');
      await service.ops.get('/ops/queues/');
      await service.ops.get(job);
      await service.ops.ask('PUT', `${job}/retry`, { body: {} });
    });
    const about = odile.recoveryId;
    const retry = { what: 'PUT /ops/queues/api/queues/:queueName/:jobId/retry', about };
    expect(written).toMatchObject([
      { what: 'GET /ops/queues/api/queues', outcome: '200' },
      { what: 'GET /ops/queues/static/*', outcome: '200' },
      { what: 'GET /ops/queues', outcome: '200' },
      { what: 'GET /ops/queues/api/queues/:queueName/:jobId', outcome: '200', about },
      { ...retry, outcome: 'asked' },
      { ...retry, outcome: '405' },
    ]);
    for (const line of written) expect(line.who).toBe(OPS_USERNAME);
  });

  it('is counted when the service ends: nothing that was seen is left out', async () => {
    const other = await ground.start({ env: { ROLE: 'web', OPS_USERNAME: 'ops-two' } });
    const ask = () => other.ops.ask('GET', '/ops/queues/api/queues', { login: `ops-two:${OPS_PASSWORD}` });
    for (let i = 0; i < 4; i++) expect((await ask()).status).toBe(200);
    await other.close();
    const theirs = (await lines()).filter(({ who }) => who === 'ops-two');
    expect(theirs.map(({ times }) => times)).toEqual([undefined, '3']);
  });
});

describe('a stranger', () => {
  let other: Running;
  beforeEach(async () => {
    other = await ground.start({ env: { ROLE: 'web' } });
    return () => other.close();
  });

  it('who tries passwords leaves one line, and a count of the rest; never what was tried', async () => {
    const written = await linesOf(async () => {
      for (let i = 0; i < 20; i++) {
        const path = i % 2 === 0 ? '/ops' : `${api}/recoveries/+1415555014${i % 10}`;
        expect((await other.ops.ask('GET', path, { login: `Odile:${ODILE_US.email}${i}` })).status).toBe(401);
      }
      expect((await other.ops.ask('GET', '/ops', { login: null })).status).toBe(401);
      await other.close();
    });
    expect(written).toEqual([
      { at: expect.any(String), who: 'nobody', what: 'wrong login', outcome: '401' },
      { at: expect.any(String), who: 'nobody', what: 'no login', outcome: '401' },
      { at: expect.any(String), who: 'nobody', what: 'wrong login', outcome: '401', times: '19' },
    ]);
  });

  it('is slowed down after 600 guesses in a minute, also where nothing is, and that is seen', async () => {
    const written = await linesOf(async () => {
      const guess = (n: number) =>
        other.ops.ask('GET', n % 2 === 0 ? '/ops' : '/ops/nothing-here', { login: `${OPS_USERNAME}:guess-${n}` });
      const statuses: number[] = [];
      for (let n = 0; n < 610; n += 61) {
        const some = await Promise.all(Array.from({ length: 61 }, (_, i) => guess(n + i)));
        statuses.push(...some.map(({ status }) => status));
      }
      expect(statuses.filter((status) => status === 401)).toHaveLength(600);
      expect(statuses.filter((status) => status === 429)).toHaveLength(10);
      // Also the right password has to wait now.
      expect((await other.ops.get('/ops')).status).toBe(429);
      await other.close();
    });
    expect(written.filter(({ times }) => times === undefined).map(({ outcome }) => outcome)).toEqual(['401', '429']);
    const counted = written.flatMap(({ outcome, times }) => (times ? [[outcome, times]] : []));
    expect(counted).toEqual([
      ['401', '599'],
      ['429', '10'],
    ]);
  });
});

describe('the log', () => {
  it('is read page by page, newest first, each line once', async () => {
    for (let i = 0; i < 7; i++) await service.ops.get(`${api}/dialing`);
    const all = await lines();
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null && seen.length < all.length) {
      const { json, status } = await service.ops.get(`${api}/access-log?limit=5&cursor=${cursor}`);
      expect(status).toBe(200);
      expect(json.entries.length).toBeLessThanOrEqual(5);
      for (const { at } of json.entries) expect(new Date(at).toISOString()).toBe(at);
      seen.push(...json.entries.map(({ id }: { id: string }) => id));
      cursor = json.nextCursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual([...seen].sort().reverse());
    expect(seen.length).toBeGreaterThanOrEqual(all.length);
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', `cursor=${'1'.repeat(41)}`])(
    'refuses a question like %s',
    async (query) => {
      const { status, json } = await service.ops.get(`${api}/access-log?${query}`);
      expect({ status, json }).toMatchObject({
        status: 400,
        json: { error: 'bad_request', fields: [query.split('=')[0]] },
      });
    },
  );

  it('has a page with every text escaped', async () => {
    const { text, headers } = await service.ops.get('/ops/access-log');
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    expect(text).toContain('GET /ops/access-log');
    expect(text).not.toContain('<script');
  });

  it('drops its oldest entries beyond its bound, and never expires', async () => {
    const keys = keysBelow(`${ground.prefix}-bound`);
    const log = accessLog(ground.redis, keys, 200);
    for (let at = 1; at <= 1_000; at++) await log.append({ at, who: 'ops', what: 'GET /ops', outcome: '200' });
    // Redis drops whole nodes, of a hundred entries each.
    const kept = await ground.redis.xlen(keys.accessLog);
    expect(kept).toBeGreaterThanOrEqual(200);
    expect(kept).toBeLessThan(400);
    expect((await log.read({ limit: 1, cursor: null })).entries).toMatchObject([{ at: 1_000, times: 1 }]);
    expect(await ground.redis.ttl(keys.accessLog)).toBe(-1);
    await ground.redis.unlink(keys.accessLog);
  });

  it('holds nothing of a shopper after all this', async () => {
    const text = JSON.stringify(await lines());
    expect(text).not.toMatch(/odile|marrable|4155550142|ferry/i);
    expect(text).not.toContain(odile.token);
    expect(text).not.toContain(OPS_PASSWORD);
  });
});

describe('the command line', () => {
  it('leaves a line for what it shows, and two for what it changes', async () => {
    const written = await linesOf(async () => {
      await cli('parked list');
      await cli('report');
      await cli('errands list');
      await cli('parked replay');
      await cli(`errands retry ${odile.recoveryId} abort`);
      await cli('errands retry +14155550142 abort');
      await cli('check-config');
    });
    const retry = { what: 'cli errands retry' };
    expect(written).toMatchObject([
      { what: 'cli parked list', outcome: 'asked' },
      { what: 'cli report', outcome: 'asked' },
      { what: 'cli errands list', outcome: 'asked' },
      { what: 'cli parked replay', outcome: 'asked' },
      { what: 'cli parked replay', outcome: 'done' },
      { ...retry, outcome: 'asked', about: odile.recoveryId },
      { ...retry, outcome: 'done', about: odile.recoveryId },
      { ...retry, outcome: 'asked' },
      { ...retry, outcome: 'done' },
    ]);
    expect(JSON.stringify(written)).not.toContain('4155550142');
    for (const { who } of written) expect(who).toMatch(/^cli:[\w.-]+$/);
  });

  it('shows the log, newest first and as much as was asked for', async () => {
    const { code, printed } = await cli('access-log --limit 3');
    expect(code).toBe(0);
    expect(printed).toHaveLength(3);
    expect(printed[0]).toMatch(/^\d{4}-\S+Z {2}cli:\S+ {2}cli access-log {2}asked$/);
    expect((await cli('access-log')).printed.length).toBeGreaterThan(10);
  });

  it.each(['0', 'x', '-1', '100001', '1e3'])('shows nothing for a limit of %s', async (limit) => {
    expect(await cli(`access-log --limit=${limit}`)).toEqual({ code: 2, printed: [] });
  });
});

describe('while nothing can be written down', () => {
  let redis: PrivateRedis;
  let apart: Ground;
  let running: Running;
  let admin: Redis;

  beforeAll(async () => {
    redis = await startPrivateRedis({ appendonly: 'no' });
    apart = await openGround({ redisUrl: redis.url });
    running = await apart.start({ env: { ROLE: 'web' } });
    admin = new Redis(redis.url);
  });
  afterAll(async () => {
    admin.disconnect();
    await apart.close();
    await redis.stop();
  });

  const READS = [
    ...['/ops', '/ops/report', `${api}/recoveries`, `${api}/dialing`, `${api}/access-log`, '/ops/nothing-here'],
    ...['/ops/queues/', '/ops/queues/api/queues', '/ops/queues/static/favicon.ico'],
  ];

  it('nothing is shown: 503, also where only the log is full', async () => {
    await admin.config('SET', 'maxmemory', '1mb');
    try {
      for (const path of READS) {
        const { status, text, headers } = await running.ops.get(path);
        expect([path, status, text]).toEqual([path, 503, '{"error":"unavailable"}']);
        expect(headers.get('retry-after')).toBe('10');
        expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      }
    } finally {
      await admin.config('SET', 'maxmemory', '0');
    }
    expect((await running.ops.get('/ops')).status).toBe(200);
  });

  it('nothing is changed either', async () => {
    expect((await running.ops.get(`${api}/dialing`)).json).toMatchObject({ paused: false });
    await admin.config('SET', 'maxmemory', '1mb');
    try {
      expect((await running.ops.put(`${api}/dialing`, { paused: true })).status).toBe(503);
      expect((await running.ops.ask('PUT', '/ops/queues/api/queues/dial/pause', { body: {} })).status).toBe(503);
    } finally {
      await admin.config('SET', 'maxmemory', '0');
    }
    expect((await running.ops.get(`${api}/dialing`)).json).toMatchObject({ paused: false });
  });

  it('the command line shows nothing', async () => {
    await admin.config('SET', 'maxmemory', '1mb');
    try {
      expect(await cli('parked list', apart)).toEqual({ code: 'thrown', printed: [] });
    } finally {
      await admin.config('SET', 'maxmemory', '0');
    }
    expect(await cli('parked list', apart)).toEqual({ code: 0, printed: ['0 parked'] });
  });

  it('a stranger is told no more than else', async () => {
    await admin.config('SET', 'maxmemory', '1mb');
    try {
      expect((await opsClient(running.url).ask('GET', '/ops', { login: 'ops:no' })).status).toBe(401);
    } finally {
      await admin.config('SET', 'maxmemory', '0');
    }
    await until('it is as before', async () => (await running.ops.get('/ops')).status === 200);
  });
});
