/** The do-not-call list in a running service: what goes on it stops at once, by every way in, and no contact is kept anywhere. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Suppression } from '../../src/domain/suppression.ts';
import { keysBelow } from '../../src/store/keys.ts';
import { suppressionStore } from '../../src/store/suppression-store.ts';
import { aShopper, longAgo, minutesAgo, type ShopperInTest } from '../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';
import { type LogLines, logLines } from '../support/log-lines.ts';
import { OPS_PASSWORD, OPS_USERNAME } from '../support/ops-client.ts';
import { settled, until } from '../support/settled.ts';

const API = '/ops/api/suppressions';
const PAGE = '/ops/suppressions';
/** What is promised is a second; a machine that many tests share may take a little longer. Milliseconds. */
const AT_ONCE_MS = 3_000;

let ground: Ground;
let service: Running;
let log: LogLines;

beforeAll(async () => {
  ground = await openGround({ vendor: { scenario: 'silent' } });
  log = logLines();
  service = await ground.start({ logger: log.logger });
});
afterAll(() => ground.close());

const listed = async (): Promise<Suppression[]> => (await service.ops.get(`${API}?limit=1000`)).json.suppressions;
const emailOf = ({ shopper }: ShopperInTest): string => shopper.email;
const phoneOf = ({ shopper }: ShopperInTest): string => shopper.e164 ?? '';

async function recordOf({ recoveryId }: ShopperInTest) {
  const recovery = await ground.store.load(recoveryId);
  if (!recovery) throw new Error('there is no such record');
  return recovery.record;
}

async function called(): Promise<ShopperInTest> {
  const shopper = aShopper();
  await service.send(shopper.fillsIn(longAgo()));
  await settled(ground.store, shopper.recoveryId, 'called');
  return shopper;
}

async function scheduled(shopper = aShopper()): Promise<ShopperInTest> {
  await service.send(shopper.fillsIn(minutesAgo(1)));
  expect((await recordOf(shopper)).state).toBe('scheduled');
  return shopper;
}

/** When the vendor took this shopper's call back; null while it has not. */
async function abortedAt(shopper: ShopperInTest): Promise<number | null> {
  const { callId } = await recordOf(shopper);
  return ground.vendor.aborts.find((abort) => abort.callId === callId && abort.tookEffect)?.at ?? null;
}

/** A form as a browser sends it from the page itself. */
function submit(path: string, fields: Record<string, string | File>, headers: Record<string, string> = {}) {
  const hasFile = Object.values(fields).some((value) => typeof value !== 'string');
  const body = hasFile ? new FormData() : new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) (body as FormData).append(name, value as string);
  const authorization = `Basic ${Buffer.from(`${OPS_USERNAME}:${OPS_PASSWORD}`).toString('base64')}`;
  return fetch(`${service.url}${path}`, {
    method: 'POST',
    body,
    headers: { authorization, origin: new URL(service.url).origin, 'sec-fetch-site': 'same-origin', ...headers },
  });
}

describe('whoever goes on the list', () => {
  it.each<[string, (shopper: ShopperInTest) => Record<string, string>]>([
    ['by number', (shopper) => ({ phone: phoneOf(shopper) })],
    ['by number as people write it', (shopper) => ({ phone: shopper.shopper.typedPhone ?? '', region: 'US' })],
    ['by e-mail address', (shopper) => ({ email: emailOf(shopper).toUpperCase() })],
  ])('%s has the call cancelled that is to come, and the one aborted that the vendor has', async (_how, contact) => {
    const dialled = await called();
    const planned = await scheduled(aShopper({ shopper: dialled.shopper }));
    const begun = Date.now();
    const { status, json } = await service.ops.post(API, { ...contact(dialled), reason: 'asked_by_mail' });
    expect({ status, json }).toEqual({ status: 201, json: { status: 'added', id: expect.any(String), stopped: 2 } });
    expect(await recordOf(planned)).toMatchObject({ state: 'cancelled', reason: 'opted_out', dueAt: null });
    expect(Date.now() - begun).toBeLessThan(AT_ONCE_MS);
    expect(await recordOf(dialled)).toMatchObject({ stopReason: 'opted_out' });
    const aborted = await until('the vendor has taken the call back', () => abortedAt(dialled));
    expect(aborted - begun).toBeLessThan(AT_ONCE_MS);
    expect((await service.ops.post(`/ops/api/recoveries/${planned.recoveryId}/call-now`)).status).toBe(409);
  });

  it('has that done within a second: the quickest of three, on a machine that others use as well', async () => {
    const took: number[] = [];
    for (let n = 0; n < 3; n++) {
      const dialled = await called();
      const planned = await scheduled(aShopper({ shopper: dialled.shopper }));
      const begun = Date.now();
      await service.ops.post(API, { phone: phoneOf(dialled) });
      expect((await recordOf(planned)).state).toBe('cancelled');
      took.push((await until('the vendor has taken the call back', () => abortedAt(dialled))) - begun);
    }
    expect(Math.min(...took)).toBeLessThan(1_000);
  });

  it('has every recovery stopped in whatever state it is, and those of others left alone', async () => {
    const bystander = await scheduled();
    const one = await scheduled();
    const others = Array.from({ length: 4 }, () => aShopper({ shopper: one.shopper }));
    for (const other of others) await service.send(other.fillsIn(minutesAgo(1)));
    await service.ops.post(API, { phone: phoneOf(one) });
    for (const shopper of [one, ...others]) expect((await recordOf(shopper)).state).toBe('cancelled');
    expect((await recordOf(bystander)).state).toBe('scheduled');
  });

  it('says so in the call itself: the analysis puts them on the list, and the vendor tries no more', async () => {
    const shopper = await called();
    const planned = await scheduled(aShopper({ shopper: shopper.shopper }));
    const callId = (await recordOf(shopper)).callId ?? '';
    const analysis = { success: false, insights: { Wishes: { 'Do not call': 'yes' } }, requiredActions: [] };
    const begun = Date.now();
    expect(await ground.vendor.sendEvent(callId, 'end-of-call', { analysis })).toEqual({ status: 200 });
    expect((await recordOf(planned)).state).toBe('cancelled');
    const aborted = await until('the vendor has taken the call back', () => abortedAt(shopper));
    expect(aborted - begun).toBeLessThan(AT_ONCE_MS);
    expect((await service.ops.post(API, { phone: phoneOf(shopper) })).json.status).toBe('known');
    expect((await service.ops.post(API, { email: emailOf(shopper) })).json.status).toBe('known');
    await ground.vendor.sendEvent(callId, 'end-of-call', { analysis });
    expect(log.of('signal').filter(({ recoveryId }) => recoveryId === shopper.recoveryId)).toEqual([
      expect.objectContaining({ signal: 'do_not_call' }),
    ]);
    const { timeline } = (await service.ops.get(`/ops/api/recoveries/${shopper.recoveryId}`)).json;
    expect(timeline.map(({ event }: { event: string }) => event)).toEqual(
      expect.arrayContaining(['opted_out', 'signal_do_not_call']),
    );
  });

  it('a refusal alone is remembered and nobody’s call is stopped', async () => {
    const shopper = await called();
    const planned = await scheduled(aShopper({ shopper: shopper.shopper }));
    const callId = (await recordOf(shopper)).callId ?? '';
    await ground.vendor.sendEvent(callId, 'end-of-call', { analysis: { outcome: { intent: 'not_interested' } } });
    expect((await recordOf(planned)).state).toBe('scheduled');
    expect(log.of('signal').at(-1)).toMatchObject({ recoveryId: shopper.recoveryId, signal: 'refusal' });
    const refusals = await ground.redis.keys(`${ground.prefix}:contact:refusals:*`);
    // Her number, her address, her account.
    expect(refusals).toHaveLength(3);
  });
});

describe('the list as JSON', () => {
  it('adds, tells, and removes, by contact and by digest', async () => {
    const added = (await service.ops.post(API, { email: 'Wants.None@Example.com', reason: 'Asked_By_Mail' })).json;
    expect((await listed()).find(({ id }) => id === added.id)).toEqual({
      ...{ id: added.id, source: 'operator', reason: 'asked_by_mail', at: expect.stringMatching(/^\d{4}-.*Z$/) },
    });
    const again = await service.ops.post(API, { email: 'wants.none@example.com' });
    expect({ status: again.status, json: again.json }).toEqual({
      status: 200,
      json: { status: 'known', id: added.id, stopped: 0 },
    });
    const remove = () => service.ops.ask('DELETE', API, { body: { email: 'wants.none@example.com' } });
    expect((await remove()).json).toEqual({ status: 'removed', id: added.id });
    expect((await remove()).status).toBe(404);
    await service.ops.post(API, { email: 'wants.none@example.com' });
    expect((await service.ops.ask('DELETE', `${API}?id=${added.id}`)).json).toEqual({
      status: 'removed',
      id: added.id,
    });
    expect((await listed()).map(({ id }) => id)).not.toContain(added.id);
  });

  it('is read page by page, newest first, complete however many came in one instant', async () => {
    const own = suppressionStore(ground.redis, keysBelow(`${ground.prefix}-pages`));
    const at = Date.UTC(2026, 10, 3);
    const entries = Array.from({ length: 250 }, (_, i) => ({
      ...({ id: own.idOf(`page-${i}@example.com`), source: 'import', reason: null } as const),
      at: i < 200 ? at : at + i,
    }));
    expect(await own.add([...entries, ...entries])).toBe(250);
    const seen: Suppression[] = [];
    let cursor: string | null = null;
    do {
      const page = await own.list({ limit: 40, cursor });
      seen.push(...page.suppressions);
      cursor = page.nextCursor;
      // What is taken off meanwhile, also the one at the turn of the page, hides nobody else.
      if (seen.length === 80) await own.remove(seen[79]?.id ?? '');
    } while (cursor !== null);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(250);
    expect(seen.map((one) => one.at)).toEqual(seen.map((one) => one.at).sort((one, two) => two - one));
    expect(await own.count()).toBe(249);
    await ground.redis.unlink(`${ground.prefix}-pages:suppressions`, `${ground.prefix}-pages:suppressions:order`);
  });

  it.each<[string, unknown, string[]]>([
    ['nothing', undefined, ['(body)']],
    ['neither', {}, ['phone']],
    ['both', { phone: '+14155550142', email: 'a@example.com' }, ['(body)']],
    ['a number that does not exist', { phone: '+1415' }, ['phone']],
    ['a national number alone', { phone: '(415) 555-0142' }, ['phone']],
    ['a region that does not exist', { phone: '(415) 555-0142', region: 'UK' }, ['region']],
    ['an address for a number', { phone: 'a@example.com' }, ['phone']],
    ['a number for an address', { email: '+14155550142' }, ['email']],
    ['a reason in words', { phone: '+14155550142', reason: 'Odile asked me to' }, ['reason']],
    ['a list', [{ phone: '+14155550142' }], ['(body)']],
    ['a number for a text', { phone: 14155550142 }, ['phone']],
  ])('refuses %s', async (_what, body, fields) => {
    const before = (await listed()).length;
    const { status, json, text } = await service.ops.post(API, body);
    expect(status).toBe(400);
    expect(json.error).toBe('bad_request');
    expect(json.fields).toEqual(fields);
    expect(text).not.toMatch(/4155550142|example\.com/);
    expect(await listed()).toHaveLength(before);
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', `cursor=${'x'.repeat(201)}`])('refuses to read %s', async (query) => {
    expect((await service.ops.get(`${API}?${query}`)).status).toBe(400);
  });

  it('reads a cursor that is none as the first page', async () => {
    const first = (await service.ops.get(`${API}?limit=1`)).json.suppressions;
    expect((await service.ops.get(`${API}?limit=1&cursor=(inf`)).json.suppressions).toEqual(first);
  });

  it('takes nothing off for who names neither a contact nor a digest', async () => {
    for (const path of [API, `${API}?id=short`, `${API}?id=`]) {
      expect((await service.ops.ask('DELETE', path)).status).toBe(400);
    }
  });
});

describe('the page', () => {
  it('adds, answers, and removes', async () => {
    const contact = '+1 (212) 555-0187';
    const asked = async () => (await submit(`${PAGE}/check`, { contact })).text();
    expect(await asked()).toContain('No, it is not on the list.');
    expect(await (await submit(PAGE, { contact, region: '', reason: 'asked_by_mail' })).text()).toContain('Added.');
    expect(await asked()).toMatch(/Yes, it is on the list: since \d{4}-.*, by operator \(asked_by_mail\)/);
    const page = await service.ops.get(PAGE);
    const id = /name="id" value="([\w-]+)"/.exec(page.text)?.[1] ?? '';
    expect(await (await submit(`${PAGE}/remove`, { id })).text()).toContain('Removed.');
    expect(await asked()).toContain('No, it is not on the list.');
    expect((await submit(`${PAGE}/remove`, { id })).status).toBe(404);
  });

  it('reads national numbers in the region that is named', async () => {
    const national = { contact: '(212) 555-0188' };
    const refused = await submit(PAGE, national);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('needs a region');
    expect((await submit(PAGE, { ...national, region: 'us' })).status).toBe(200);
    expect(await (await submit(`${PAGE}/check`, { contact: '+12125550188' })).text()).toContain('Yes');
    expect((await submit(PAGE, { ...national, region: 'UK' })).status).toBe(400);
  });

  it('shows what somebody typed nowhere, and lets nothing of it be read as HTML', async () => {
    const typed = '"><script>alert(1)</script>';
    for (const fields of [{ contact: typed }, { contact: '+12125550189', reason: typed }]) {
      const answer = await submit(PAGE, fields);
      expect(answer.status).toBe(400);
      expect(await answer.text()).not.toContain('alert(1)');
    }
  });

  it('imports a file, or says what is wrong with it, line by line', async () => {
    const good = new File(['contact,reason\nform-1@example.com,asked_by_mail\n(212) 555-0190,\n'], 'list.csv');
    const taken = await submit(`${PAGE}/import`, { file: good, region: 'US' });
    expect(taken.status).toBe(200);
    expect(await taken.text()).toContain('Imported: 2 rows, 2 of them new.');
    const before = (await listed()).length;
    const faulty = new File(['contact\nform-2@example.com\nOdile Marrable\n'], 'list.csv');
    const refused = await submit(`${PAGE}/import`, { file: faulty });
    expect(refused.status).toBe(400);
    const text = await refused.text();
    expect(text).toContain('Nothing was imported.');
    expect(text).toContain('line 3: contact is neither');
    expect(text).not.toContain('Marrable');
    expect(await listed()).toHaveLength(before);
  });

  it.each<[string, Record<string, string | File>, number]>([
    ['no file', { region: 'US' }, 400],
    ['an empty file', { file: new File([], 'list.csv') }, 400],
    ['a file that is none', { file: 'contact\n+12125550191\n' }, 400],
    ['a file beyond the limit', { file: new File(['x'.repeat(1024 * 1024)], 'list.csv') }, 413],
  ])('refuses to import %s', async (_what, fields, status) => {
    expect((await submit(`${PAGE}/import`, fields)).status).toBe(status);
  });

  it.each([
    ['multipart/form-data; boundary=x', 'no parts at all'],
    ['multipart/form-data', 'contact=+12125550192'],
  ])('refuses a body that is no form (%s)', async (type, body) => {
    const authorization = `Basic ${Buffer.from(`${OPS_USERNAME}:${OPS_PASSWORD}`).toString('base64')}`;
    const headers = { authorization, 'content-type': type };
    expect((await fetch(`${service.url}${PAGE}`, { method: 'POST', body, headers })).status).toBe(400);
  });

  it('exports what the page’s own import takes back', async () => {
    const answer = await service.ops.get(`${PAGE}/export.csv`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(answer.headers.get('content-disposition')).toContain('attachment');
    const before = await listed();
    expect(answer.text.trimEnd().split('\n')).toHaveLength(before.length + 1);
    for (const { id } of before) await service.ops.ask('DELETE', `${API}?id=${id}`);
    expect(await listed()).toEqual([]);
    const file = new File([answer.text], 'do-not-call.csv');
    expect(await (await submit(`${PAGE}/import`, { file })).text()).toContain(`${before.length} of them new`);
    expect(await listed()).toEqual(before);
  });
});

describe('the door of the list', () => {
  const PATHS: [method: string, path: string][] = [
    ['GET', API],
    ['POST', API],
    ['DELETE', API],
    ['GET', PAGE],
    ['POST', PAGE],
    ['POST', `${PAGE}/check`],
    ['POST', `${PAGE}/remove`],
    ['POST', `${PAGE}/import`],
    ['GET', `${PAGE}/export.csv`],
  ];

  it.each(PATHS)('%s %s stays shut without the password', async (method, path) => {
    for (const login of [null, `${OPS_USERNAME}:wrong`]) {
      expect((await service.ops.ask(method, path, { login })).status).toBe(401);
    }
  });

  it.each(PATHS.filter(([method]) => method !== 'GET'))(
    '%s %s takes nothing from another site',
    async (method, path) => {
      const body = { phone: '+12125550193' };
      for (const headers of [
        { 'sec-fetch-site': 'cross-site' },
        { origin: 'http://elsewhere.example' },
        { origin: 'null' },
      ] as Record<string, string>[]) {
        expect((await service.ops.ask(method, path, { headers, body })).status).toBe(403);
      }
      expect((await submit(`${PAGE}/check`, { contact: '+12125550193' })).status).toBe(200);
    },
  );

  it('lets a browser say where the page’s own forms come from', async () => {
    expect((await service.ops.get(PAGE)).headers.get('referrer-policy')).toBe('same-origin');
    expect((await service.ops.get(PAGE)).headers.get('cache-control')).toBe('no-store');
    expect((await submit(PAGE, { contact: '+12125550194' }, { origin: 'http://elsewhere.example' })).status).toBe(200);
    expect((await submit(PAGE, { contact: '+12125550194' }, { 'sec-fetch-site': 'same-site' })).status).toBe(403);
  });
});

describe('no contact', () => {
  const SHOPPERS = /shopper-\d+@|form-\d@|wants\.none|page-\d|\(?(?:206|212|415)\)?[ -]?555[ -]?\d{4}/i;

  it('could be missed by this test', () => {
    for (const text of ['shopper-7@example.com', '+12065550107', '(212) 555-0190', 'Wants.None@Example.com']) {
      expect(text).toMatch(SHOPPERS);
    }
  });

  it('stands in a log line', () => {
    expect(log.of('suppression').length).toBeGreaterThan(5);
    expect(log.lines.filter((line) => SHOPPERS.test(line))).toEqual([]);
  });

  it('stands in the name of a key, or in a value that is not the record itself', async () => {
    const texts: string[] = [];
    for await (const found of ground.redis.scanStream({ match: `${ground.prefix}:*`, count: 1_000 })) {
      for (const key of found as string[]) {
        texts.push(key);
        if (key.startsWith(`${ground.prefix}:recovery:`)) continue;
        const type = await ground.redis.type(key);
        if (type === 'hash') texts.push(JSON.stringify(await ground.redis.hgetall(key)));
        if (type === 'zset') texts.push((await ground.redis.zrange(key, '0', '-1')).join('\n'));
        if (type === 'set') texts.push((await ground.redis.smembers(key)).join('\n'));
        if (type === 'string') texts.push((await ground.redis.get(key)) ?? '');
      }
    }
    const kinds = texts.map((text) => text.slice(ground.prefix.length + 1));
    expect(kinds).toEqual(expect.arrayContaining(['suppressions', 'suppressions:order']));
    expect(texts.filter((text) => SHOPPERS.test(text))).toEqual([]);
  });

  it('is counted but never named in the metrics', async () => {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    expect(text).toMatch(/ringback_suppressions_total\{change="added",source="operator"\} \d+/);
    expect(text).toMatch(/ringback_signals_total\{signal="do_not_call"\} 1/);
    expect(text).not.toMatch(SHOPPERS);
  });
});
