/** The command line for the do-not-call list, as its own process: words, exit codes, large files. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keysBelow } from '../../src/store/keys.ts';
import { suppressionStore } from '../../src/store/suppression-store.ts';
import { freePort } from '../../stand-ins/free-port.ts';
import { aShopper, minutesAgo } from '../support/a-shopper.ts';
import { type Ground, openGround } from '../support/ground.ts';

const CLI = new URL('../../src/cli.ts', import.meta.url).pathname;
/** The process itself needs more than half of it. MiB. */
const SMALL_HEAP = '--max-old-space-size=64';

let ground: Ground;
let folder: string;
let environment: Record<string, string>;

beforeAll(async () => {
  ground = await openGround();
  folder = await mkdtemp(join(tmpdir(), 'ringback-cli-'));
  environment = ground.environment(await freePort());
});
beforeEach(async () => {
  await ground.redis.unlink(`${ground.prefix}:suppressions`, `${ground.prefix}:suppressions:order`);
});
afterAll(async () => {
  await ground.close();
  await rm(folder, { recursive: true });
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(...words: string[]): Promise<Ran> {
  return runWith([], words);
}

function runWith(nodeOptions: readonly string[], words: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...nodeOptions, CLI, 'suppressions', ...words],
      { env: { ...environment }, maxBuffer: 64 * 1024 * 1024 },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
    );
  });
}

const list = () => suppressionStore(ground.redis, keysBelow(ground.prefix));

async function aFile(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe('the command line', () => {
  // A process per word.
  it('adds, checks and removes, by contact and by digest', { timeout: 60_000 }, async () => {
    const number = '+14155550142';
    expect(await run('check', number)).toMatchObject({ code: 0, out: 'not on the list\n' });
    const added = await run('add', '(415) 555-0142', '--region', 'us', '--reason', 'asked_by_mail');
    expect(added).toEqual({ code: 0, out: 'added; recoveries stopped: 0\n', err: '' });
    const checked = await run('check', number);
    expect(checked.out).toMatch(/^on the list: \d{4}-\S+ {2}operator {2}asked_by_mail {2}[\w-]{43}\n$/);
    const id = /[\w-]{43}/.exec(checked.out)?.[0] ?? '';
    expect((await run('list')).out).toBe(`${checked.out.replace('on the list: ', '')}1 on the list\n`);
    expect(await run('remove', id)).toEqual({ code: 0, out: 'removed\n', err: '' });
    expect(await run('remove', number)).toEqual({ code: 1, out: '', err: 'was not on the list\n' });
  });

  it('stops what a running service has under way', async () => {
    const service = await ground.start();
    const shopper = aShopper();
    await service.send(shopper.fillsIn(minutesAgo(1)));
    expect((await run('add', shopper.shopper.e164 ?? '')).out).toBe('added; recoveries stopped: 1\n');
    expect((await ground.store.load(shopper.recoveryId))?.record).toMatchObject({
      ...{ state: 'cancelled', reason: 'opted_out' },
    });
    await service.close();
  });

  it('tells which words there are when it was given others, and ends with 2', async () => {
    const { code, err } = await run('add');
    expect(code).toBe(2);
    expect(err).toContain('suppressions add <phone or e-mail>');
  });
});

describe('a file', () => {
  /** Numbers and addresses, one in ten a number. */
  const contactsUpTo = (count: number): string[] =>
    Array.from({ length: count }, (_, i) =>
      i % 10 === 0 ? `+1415555${String(i / 10).padStart(4, '0')}` : `shopper-${i}@example.com`,
    );

  it('of 50,000 lines is imported and exported in a small heap, telling how far it is', async () => {
    const lines = 50_000;
    const path = await aFile('large.csv', `contact\n${contactsUpTo(lines).join('\n')}\n`);
    const imported = await runWith([SMALL_HEAP], ['import', path]);
    expect(imported).toMatchObject({ code: 0, out: `${lines} rows, ${lines} of them new; recoveries stopped: 0\n` });
    const told = [1, 2, 3, 4, 5].map((n) => n * 10_000);
    expect(imported.err.trimEnd().split('\n')).toEqual([
      ...told.map((rows) => `checking: ${rows} rows`),
      ...told.map((rows) => `applying: ${rows} rows`),
    ]);
    expect(await list().count()).toBe(lines);
    const exported = await runWith([SMALL_HEAP], ['export', join(folder, 'large-copy.csv')]);
    expect(exported.err.trimEnd().split('\n')).toEqual([
      ...told.map((rows) => `exporting: ${rows} rows`),
      `${lines} exported`,
    ]);
  }, 90_000);

  it('comes back from an export as it went, and a second import of it changes nothing', async () => {
    const lines = 2_500;
    const contacts = contactsUpTo(lines).map((contact, i) => `${contact},moved_house,2026-01-${10 + (i % 20)}`);
    const path = await aFile('list.csv', `contact,reason,at\n${contacts.join('\n')}\n`);
    await run('import', path);
    expect((await run('import', path)).out).toBe(`${lines} rows, 0 of them new; recoveries stopped: 0\n`);

    const copy = join(folder, 'copy.csv');
    expect(await run('export', copy)).toEqual({ code: 0, out: '', err: `${lines} exported\n` });
    expect((await stat(copy)).mode & 0o777).toBe(0o600);
    const exported = await readFile(copy, 'utf8');
    expect(exported.split('\n').slice(0, 2)).toEqual([
      'digest,key,source,reason,at',
      expect.stringMatching(/^[\w-]{43},,import,moved_house,2026-01-29T00:00:00\.000Z$/),
    ]);
    expect(exported).not.toMatch(/@|\+1415/);

    await ground.redis.unlink(`${ground.prefix}:suppressions`, `${ground.prefix}:suppressions:order`);
    expect((await run('import', copy)).out).toBe(`${lines} rows, ${lines} of them new; recoveries stopped: 0\n`);
    const ids = [list().idOf('+14155550007'), list().idOf('shopper-2499@example.com')];
    for (const found of await list().find(ids))
      expect(found).toMatchObject({ source: 'import', reason: 'moved_house' });
    expect((await run('export')).out).toBe(exported);
  }, 60_000);

  it('with one fault at its end is refused whole, and the fault is named', async () => {
    const good = Array.from({ length: 2_000 }, (_, i) => `shopper-${i}@example.com`).join('\n');
    const path = await aFile('faulty.csv', `contact\n${good}\nOdile Marrable\n`);
    expect(await run('import', path)).toEqual({
      code: 1,
      out: '',
      err: 'line 2002: contact is neither a telephone number that exists nor an e-mail address\nNothing was imported.\n',
    });
    expect(await list().count()).toBe(0);
  });

  it('that is a folder cannot be imported', async () => {
    expect((await run('import', folder)).code).toBe(1);
  });
});
