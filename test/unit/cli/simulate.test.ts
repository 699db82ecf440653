/** The command `simulate` on files: whom it would call and when, in text and in CSV, and that nothing of a person is printed. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askedFor } from '../../../src/cli/commands.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { recoveryIdOf } from '../../../src/domain/recovery-id.ts';
import { SMALL_CART } from '../../../stand-ins/shop/cart.ts';
import { CONSENT, checkoutBody, type Revealed } from '../../../stand-ins/shop/checkout-body.ts';
import { newToken } from '../../../stand-ins/shop/ids.ts';
import { JOERDIS_DE, ODILE_US, type Shopper } from '../../../stand-ins/shop/people.ts';

const SHOP = 'fenwick-lantern.myshopify.com';
const EVERYTHING: Revealed = { email: true, address: true, phone: true, consent: 'yes' };
/** A Tuesday, noon in San Francisco. */
const NOON = Date.UTC(2026, 10, 3, 20);
const MINUTE = 60_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-simulate-'));
});
afterAll(() => rm(folder, { recursive: true }));

function environment(env: Record<string, string>): Record<string, string> {
  return {
    ...{ PUBLIC_URL: 'http://127.0.0.1:3000', REDIS_URL: 'redis://127.0.0.1:1' },
    ...{ SHOPIFY_SHOP: SHOP, SHOPIFY_CLIENT_SECRET: 'shpss_made-up' },
    ...{ VOICE_PUBLIC_KEY: 'pk', VOICE_PRIVATE_KEY: 'sk', VOICE_WORKSPACE: 'w', VOICE_ASSISTANT: 'a' },
    ...{ CALL_CONSENT: `attribute:${CONSENT.name}=${CONSENT.value}`, CALL_DELAY: '10m' },
    ...env,
  };
}

async function run(words: readonly string[], env: Record<string, string> = {}) {
  const asked = askedFor(['simulate', ...words]);
  if (asked.kind !== 'run') throw new Error('no command');
  const said = { printed: [] as string[], noted: [] as string[] };
  const terminal = { print: (text: string) => said.printed.push(text), note: (text: string) => said.noted.push(text) };
  const code = await asked.command.run(loadConfig(environment(env)), terminal, asked.given);
  return { code, printed: said.printed.join('\n'), noted: said.noted.join('\n') };
}

async function fileOf(text: string): Promise<string> {
  const path = join(folder, `${newToken()}.jsonl`);
  await writeFile(path, text);
  return path;
}

function left(at: number, shopper: Shopper = ODILE_US, revealed = EVERYTHING, token = newToken()) {
  const when = new Date(at);
  const facts = { shop: SHOP, token, apiVersion: '2026-10', shopper, cart: SMALL_CART, offset: '+00:00' } as const;
  return {
    id: recoveryIdOf(SHOP, token),
    body: checkoutBody({ ...facts, revealed, createdAt: when, updatedAt: when }),
  };
}

describe('simulate', () => {
  it('says who would be called when, who would not be and why, and counts both', async () => {
    const called = left(NOON);
    const again = left(NOON + 60 * MINUTE);
    const atNight = left(NOON, JOERDIS_DE);
    const refusing = left(
      NOON + MINUTE,
      { ...JOERDIS_DE, typedPhone: '030 23125 043' },
      { ...EVERYTHING, consent: 'no' },
    );
    const path = await fileOf([called, again, atNight, refusing].map(({ body }) => body).join('\n'));
    const { code, printed, noted } = await run([path]);
    expect({ code, noted }).toEqual({ code: 0, noted: '' });
    const lineOf = ({ id }: { id: string }) => printed.split('\n').find((line) => line.includes(id));
    expect(lineOf(called)).toMatch(/^2026-11-03T20:10:\S+Z {2}call /);
    expect(lineOf(again)).toMatch(/skipped: frequency_cap .*\[CALLS_PER_DAY@2026-11\]/);
    // Nine in the evening in Berlin: ten in the morning there, and a quarter of an hour in which those put off begin.
    expect(lineOf(atNight)).toMatch(
      /^2026-11-04T09:(0\d|1[0-5]):\S+Z {2}call .*\[calling-rules@\S+ DE \((DE|default)\)\]$/,
    );
    expect(lineOf(refusing)).toMatch(/skipped: no_consent .*\[CALL_CONSENT@2026-11\]/);
    expect(printed).toContain('4 checkouts, 2 calls');
    expect(printed).toContain('  2  call\n  1  skipped: frequency_cap\n  1  skipped: no_consent');
    expect(printed).toContain('by the rule that decided');
  });

  it('obeys the configuration', async () => {
    const path = await fileOf(left(NOON).body);
    expect((await run([path], { CALLS: 'off' })).printed).toContain('skipped: calls_off');
    expect((await run([path], { CALL_COUNTRIES: 'DE' })).printed).toContain('skipped: country');
    expect((await run([path], { CALL_MIN_VALUE: '500' })).printed).toContain('skipped: below_minimum');
  });

  it('writes a line per checkout with --csv, fields with commas in quotes', async () => {
    const [one, other] = [left(NOON), left(NOON + MINUTE)];
    const { printed } = await run([await fileOf(`[${one.body},\n\n${other.body}]`), '--csv']);
    const [header, ...rows] = printed.split('\n');
    expect(header).toBe('recovery_id,outcome,at,reason,rule,line');
    expect(rows[0]).toMatch(new RegExp(`^${one.id},call,2026-11-03T20:10:\\S+Z,,CALL_DELAY@2026-11,1$`));
    expect(rows[1]).toMatch(new RegExp(`^${other.id},skipped,\\S+Z,frequency_cap,CALLS_PER_DAY@2026-11,3$`));
    expect(rows).toHaveLength(2);
    const cheap = await run([await fileOf(one.body), '--csv'], { CALL_MIN_VALUE: '500' });
    expect(cheap.printed).toMatch(/,below_minimum,"CALL_MIN_VALUE, CALL_MAX_VALUE@2026-11",1$/m);
  });

  it('tells of its progress beside the answer', async () => {
    const bodies = Array.from({ length: 250 }, (_, i) => left(NOON + i * 1_000).body);
    const { code, noted } = await run([await fileOf(bodies.join('\n'))]);
    expect(noted).toBe('100 of 250 decided\n200 of 250 decided');
    expect(code).toBe(0);
  });

  it.each([[[]], [['--csv']]])('prints nothing of a person: %j', async (options) => {
    const path = await fileOf(left(NOON).body);
    const { printed, noted } = await run([path, ...options]);
    expect(`${printed}${noted}`).not.toMatch(/odile|marrable|555|example|ferry|lantern "|cart/i);
  });

  it('refuses a file with faults whole, and says where they are', async () => {
    const path = await fileOf(`${left(NOON).body}\nOdile\n${left(NOON).body}`);
    expect(await run([path])).toEqual({ code: 1, printed: '', noted: 'line 2: is not JSON\nNothing was simulated.' });
  });

  it('does not list more than twenty faults', async () => {
    const { noted } = await run([await fileOf('x\n'.repeat(50))]);
    expect(noted.split('\n')).toHaveLength(22);
    expect(noted).toContain('and 30 more');
  });

  it.each([
    ['that is not there', () => join(folder, 'nowhere.json')],
    ['that is not UTF-8', () => fileOf(Buffer.from([0x5b, 0xff, 0x5d]) as never)],
    ['that is a folder', () => folder],
  ])('ends with 1 for a file %s', async (_which, path) => {
    const { code, printed, noted } = await run([await path()]);
    expect({ code, printed }).toEqual({ code: 1, printed: '' });
    expect(noted).toContain('cannot be read');
  });

  it.each([
    [[]],
    [['x.json', '--from-shop', '3d']],
    [['--from-shop', '0d']],
    [['--from-shop', '91d']],
    [['--from-shop', '12h']],
    [['--from-shop', 'yesterday']],
  ])('takes %j for wrong words', async (words) => {
    const { code, printed, noted } = await run(words);
    expect({ code, printed }).toEqual({ code: 2, printed: '' });
    expect(noted).toContain('--from-shop');
  });

  it('ends with 1 when it is to read the shop and may not', async () => {
    expect(await run(['--from-shop', '3d'])).toMatchObject({
      code: 1,
      noted: expect.stringContaining('No Admin token'),
    });
  });
});
