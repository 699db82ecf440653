/** The command line against a real Redis and the stand-in of the shop: what it says, what it does, and how it ends. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ExitCode } from '../../src/cli/command.ts';
import { askedFor } from '../../src/cli/commands.ts';
import { loadConfig } from '../../src/config/load.ts';
import { GATE_NAMES } from '../../src/domain/gates/gate.ts';
import { keysBelow } from '../../src/store/keys.ts';
import { freePort } from '../../stand-ins/free-port.ts';
import { anErrand } from '../support/a-called-recovery.ts';
import { aShopper, EVERYTHING, longAgo, minutesAgo, SHOP } from '../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';
import { settled } from '../support/settled.ts';

let ground: Ground;

beforeAll(async () => {
  ground = await openGround({ vendor: { scenario: 'silent' } });
});
beforeEach(() => {
  ground.shop.moods.withheldScopes = [];
});
afterAll(() => ground.close());

interface Said {
  readonly code: ExitCode;
  readonly printed: string;
  readonly noted: string;
}

async function run(line: string, env: Readonly<Record<string, string>> = {}): Promise<Said> {
  const asked = askedFor(line.split(' '));
  if (asked.kind !== 'run') throw new Error(`no command: ${line}`);
  const said = { printed: [] as string[], noted: [] as string[] };
  const terminal = { print: (text: string) => said.printed.push(text), note: (text: string) => said.noted.push(text) };
  const code = await asked.command.run(loadConfig(ground.environment(3000, env)), terminal, asked.given);
  return { code, printed: said.printed.join('\n'), noted: said.noted.join('\n') };
}

describe('check-admin', () => {
  const everything = { AGENT_ORDER: 'draft', DISCOUNT: 'mint', DISCOUNT_VALUE: '10%' };

  it.each([
    ['a token that never expires', () => ({ SHOPIFY_ADMIN_TOKEN: ground.shop.tokens.permanent })],
    [
      'client credentials',
      () => ({
        SHOPIFY_CLIENT_ID: ground.shop.credentials.clientId,
        SHOPIFY_CLIENT_SECRET: ground.shop.credentials.clientSecret,
      }),
    ],
  ])('is content with %s and every scope', async (_what, credentials) => {
    const { code, printed } = await run('check-admin', { ...everything, ...credentials() });
    expect(printed.split('\n')).toEqual([
      `${SHOP}: the token works.`,
      '  read_orders          granted   for LAST_LOOK, BACKFILL_EVERY',
      '  read_customers       granted   for BACKFILL_EVERY',
      '  read_products        granted   for BACKFILL_EVERY',
      '  write_draft_orders   granted   for AGENT_ORDER',
      '  write_discounts      granted   for DISCOUNT',
      'Every scope that is needed is there.',
    ]);
    expect(code).toBe(0);
  });

  it('names the scopes that are missing, and only those that are needed', async () => {
    ground.shop.moods.withheldScopes = ['read_orders', 'write_discounts'];
    const { code, printed } = await run('check-admin', ground.admin);
    expect(printed).toContain('read_orders          missing   for LAST_LOOK');
    expect(printed).not.toMatch(/write_discounts|write_draft_orders|read_products/);
    expect(printed).toContain('1 missing.');
    expect(code).toBe(1);
  });

  it.each([
    ['without a token', {}, 'No Admin token is configured'],
    ['with a token that the shop refuses', { SHOPIFY_ADMIN_TOKEN: 'shpat_made-up' }, 'not accepted (token_refused)'],
    [
      'with client credentials that it refuses',
      { SHOPIFY_CLIENT_ID: 'nobody' },
      'not accepted (credentials_refused_400)',
    ],
  ])('ends with 1 %s', async (_when, env, words) => {
    const { code, printed } = await run('check-admin', env);
    expect(printed).toContain(words);
    expect(printed).not.toContain('shpat_');
    expect(code).toBe(1);
  });

  it('ends with 1 when the shop is not there', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { code, printed } = await run('check-admin', { ...ground.admin, SHOPIFY_ADMIN_URL: url });
    expect(printed).toContain('no answer (econnrefused)');
    expect(code).toBe(1);
  });

  it('needs no Redis, and changes nothing at the shop', async () => {
    const before = ground.shop.asked.length;
    const env = { ...ground.admin, REDIS_URL: 'redis://127.0.0.1:1' };
    expect((await run('check-admin', env)).code).toBe(0);
    expect(ground.shop.asked.slice(before).map(({ operation }) => operation)).toEqual(['GrantedScopes']);
  });
});

describe('backfill', () => {
  it('takes in what no webhook told, says so, and ends', async () => {
    const lost = aShopper();
    ground.shop.shelves.putCheckout(lost.facts(minutesAgo(5)));
    const told = await run('backfill', ground.admin);
    expect(told.code).toBe(0);
    expect(told.printed.split('\n')).toEqual([
      'orders     0 read, 0 that no webhook had told of, 0 unreadable',
      'checkouts  1 read, 1 that no webhook had told of, 0 unreadable',
    ]);
    expect(told.noted.split('\n')).toEqual(['orders: 0 read, 0 new', 'checkouts: 1 read, 1 new']);
    const [id = ''] = await ground.store.find(SHOP, { kind: 'checkout', value: `${lost.ids.checkoutId}` });
    expect((await ground.store.load(id))?.record.state).toBe('scheduled');

    const again = await run('backfill', ground.admin);
    expect(again.printed).toContain('checkouts  1 read, 0 that no webhook had told of');
    expect(again.code).toBe(0);
  });

  it('ends with 1 without a token, while another is at it, and when the shop refuses', async () => {
    expect(await run('backfill')).toMatchObject({ code: 1, printed: '' });

    const lock = keysBelow(ground.prefix).backfill(SHOP, 'lock');
    await ground.redis.set(lock, 'another process', 'PX', 60_000);
    expect(await run('backfill', ground.admin)).toMatchObject({
      code: 1,
      noted: expect.stringContaining('Another process'),
    });
    await ground.redis.del(lock);

    const refused = await run('backfill', { ...ground.admin, SHOPIFY_ADMIN_TOKEN: 'shpat_made-up' });
    expect(refused.code).toBe(1);
    expect(refused.printed).toMatch(/not to the end.*\n.*not to the end/);
  });
});

describe('errands', () => {
  it('are listed, and tried again by whoever is running', async () => {
    const shopper = aShopper();
    const key = `agent_order:${shopper.recoveryId}.1`;
    await failedErrand(shopper, key);
    const list = await run('errands list');
    expect(list).toMatchObject({ code: 0 });
    expect(list.printed).toContain(`${shopper.recoveryId}  ${key}  failed  3 tries  shop_refused`);
    expect(list.printed).toContain('1 failed');

    expect((await run(`errands retry ${shopper.recoveryId} ${key}`)).code).toBe(0);
    expect((await run('errands list')).printed).toBe('0 failed');
    expect((await run('errands list --open')).printed).toContain(`${shopper.recoveryId}  ${key}  open  0 tries`);
    const jobs = await ground.redis.keys(`${ground.prefix}:errands:err-${shopper.recoveryId}-*`);
    expect(jobs).toHaveLength(1);

    const twice = await run(`errands retry ${shopper.recoveryId} ${key}`);
    expect(twice).toMatchObject({ code: 1, noted: 'That recovery has no failed errand of this key.' });
  });

  it.each(['nobody', 'fenwick-lantern.00000000000000000000000000'])('are not retried for %s', async (id) => {
    expect(await run(`errands retry ${id} abort`)).toMatchObject({
      code: 1,
      noted: expect.stringContaining('no such'),
    });
  });

  /** By the store's own hand: nobody is running here. */
  async function failedErrand(shopper: ReturnType<typeof aShopper>, key: string): Promise<void> {
    const web = await ground.start({ env: { ROLE: 'web' } });
    await web.send(shopper.fillsIn(minutesAgo(1)));
    await web.close();
    const record = (await ground.store.load(shopper.recoveryId))?.record;
    if (!record) throw new Error('there is no such record');
    const errands = { [key]: anErrand({ kind: 'agent_order', state: 'failed', tries: 3, note: 'shop_refused' }) };
    await ground.store.commit({ record, patch: { errands }, at: Date.now() });
  }
});

describe('report', () => {
  let service: Running;

  beforeAll(async () => {
    service = await ground.start();
    const called = aShopper();
    await service.send(called.fillsIn(longAgo()));
    await settled(ground.store, called.recoveryId, 'called');
    await service.send(aShopper().opens(minutesAgo(1)));
  });

  it('says the same as the page of it, as JSON', async () => {
    const { code, printed } = await run('report --json');
    expect(JSON.parse(printed)).toEqual((await service.ops.get('/ops/api/report')).json);
    expect(code).toBe(0);
  });

  it('says it in text', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const { code, printed } = await run(`report --from ${today} --to ${today}`);
    expect(printed).toContain(`What the calls earned, ${today} to ${today} (UTC)`);
    expect(printed).toContain('waiting: no_');
    expect(code).toBe(0);
  });

  it.each([
    ['report --from 2026-02-30', '--from must be a day such as 2026-11-01'],
    ['report --from 2020-01-01', '--from and to must not span more than 366 days'],
  ])('refuses “%s” as wrong words', async (line, noted) => {
    expect(await run(line)).toEqual({ code: 2, printed: '', noted });
  });
});

describe('explain', () => {
  it('tells by token and by id why a shopper is not called, gate by gate, and nothing personal', async () => {
    const web = await ground.start({ env: { ROLE: 'web' } });
    const shopper = aShopper();
    await web.send(shopper.fillsIn(minutesAgo(2), { ...EVERYTHING, consent: 'no' }));
    await web.close();
    const byToken = await run(`explain ${shopper.token}`);
    expect(byToken.code).toBe(0);
    const lines = byToken.printed.split('\n');
    expect(lines[0]).toBe(`${shopper.recoveryId}: skipped (no_consent)`);
    expect(byToken.printed).toMatch(/checkout_received {2}skipped \(no_consent\) {2}\[CALL_CONSENT@2026-11\]/);
    const gates = lines.slice(lines.indexOf('What the gates would say now') + 1).map((line) => line.trim());
    expect(gates).toHaveLength(GATE_NAMES.length);
    expect(gates.map((line) => line.split(' ')[0])).toEqual([...GATE_NAMES]);
    expect(gates.filter((line) => line.endsWith('<- decides'))).toEqual([expect.stringMatching(/^consent not called/)]);
    const { e164, email, lastName } = shopper.shopper;
    for (const personal of [e164, email, lastName, shopper.token]) expect(byToken.printed).not.toContain(personal);
    const byId = await run(`explain ${shopper.recoveryId}`);
    expect(byId.printed.split('\n').slice(0, 5)).toEqual(lines.slice(0, 5));
  });

  it('tells that a call is to come, and when', async () => {
    const web = await ground.start({ env: { ROLE: 'web' } });
    const shopper = aShopper();
    await web.send(shopper.fillsIn(minutesAgo(2)));
    await web.close();
    const { printed } = await run(`explain ${shopper.recoveryId}`);
    expect(printed).toMatch(/: scheduled, due \d{4}-/);
    expect(printed).not.toContain('<- decides');
  });

  it.each(['0123456789abcdef0123456789abcdef', 'fenwick-lantern.00000000000000000000000000'])(
    'ends with 1 for %s, of which nobody has heard',
    async (name) => {
      expect(await run(`explain ${name}`)).toMatchObject({
        code: 1,
        printed: '',
        noted: expect.stringContaining('no such'),
      });
    },
  );
});

describe('simulate --from-shop', () => {
  it('decides on what the shop’s own list shows of the last days, page by page, without Redis', async () => {
    const shopper = aShopper();
    ground.shop.shelves.putCheckout(shopper.facts(minutesAgo(30)));
    ground.shop.shelves.putCheckout(aShopper().facts(minutesAgo(60 * 24 * 5)));
    const { code, printed, noted } = await run('simulate --from-shop 3d', {
      ...ground.admin,
      REDIS_URL: 'redis://127.0.0.1:1',
    });
    expect(code).toBe(0);
    const own = printed.split('\n').filter((line) => line.includes(shopper.foundId));
    expect(own).toEqual([expect.stringMatching(/Z {2}call /)]);
    expect(noted).toMatch(/^\d+ read from the shop$/m);
    expect(printed).not.toContain(shopper.shopper.e164);
    const older = await run('simulate --from-shop 6d', ground.admin);
    expect(older.printed.split('\n').length).toBe(printed.split('\n').length + 1);
  });

  it('ends with 1 when the shop refuses', async () => {
    const refused = await run('simulate --from-shop 3d', { ...ground.admin, SHOPIFY_ADMIN_TOKEN: 'shpat_made-up' });
    expect(refused).toMatchObject({
      code: 1,
      printed: '',
      noted: expect.stringContaining('could not be read to the end'),
    });
    expect(refused.noted).not.toContain('shpat_');
  });
});

describe('the program', () => {
  const program = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

  async function spawned(words: readonly string[], env: Record<string, string>): Promise<Said> {
    const options = { env: { PATH: process.env.PATH ?? '', ...env } };
    try {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...words], options);
      return { code: 0, printed: stdout, noted: stderr };
    } catch (fault) {
      const { code, stdout, stderr } = fault as { code: ExitCode; stdout: string; stderr: string };
      return { code, printed: stdout, noted: stderr };
    }
  }

  it('prints the answer on standard output, and nothing else', async () => {
    const { code, printed, noted } = await spawned(['report', '--json'], ground.environment(3000));
    expect(JSON.parse(printed)).toHaveProperty('lift');
    expect({ code, noted }).toEqual({ code: 0, noted: '' });
  });

  it('ends with 1 when Redis is away, and says so', async () => {
    const env = { ...ground.environment(3000), REDIS_URL: 'redis://127.0.0.1:1' };
    const { code, printed, noted } = await spawned(['parked', 'list'], env);
    expect({ code, printed }).toEqual({ code: 1, printed: '' });
    expect(noted).toContain('Does Redis answer?');
  });

  it('ends with 2 for words it does not know, and needs no configuration to help', async () => {
    expect(await spawned(['dance'], {})).toMatchObject({ code: 2, printed: '' });
    expect(await spawned(['backfill', '--help'], {})).toMatchObject({ code: 0, noted: '' });
  });
});
