/** Intents on a disk: what is remembered is there for every process, also after a restart, and a disk that fails is noticed. */
import { type FileHandle, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DAY, MINUTE } from '../../../src/domain/duration.ts';
import { type IntentJournal, intentJournal } from '../../../src/store/intent-journal.ts';
import { fakeClock } from '../../support/fakes.ts';

const NOW = Date.UTC(2026, 10, 3, 5, 30);
const KEPT_MS = 8 * DAY;
const ID = 'fenwick-lantern.a4re6vb9nfxznzqvetjgth8v82';
const OTHER = 'fenwick-lantern.dj62a78qtt01sbr014emh9b3sm';
const PHONE = '+14155550142';
const EMAIL = 'odile@mail.example';

let folder: string;
let clock: ReturnType<typeof fakeClock>;
let opened: IntentJournal[];

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'ringback-intents-')), 'intents');
  clock = fakeClock(NOW);
  opened = [];
});
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(opened.map((one) => one.close()));
  await rm(join(folder, '..'), { recursive: true, force: true });
});

/** As another process, or the same one after a restart, sees it. */
async function aProcess(secret = 'key of the workspace'): Promise<IntentJournal> {
  const one = intentJournal(folder, KEPT_MS, secret, clock);
  opened.push(one);
  expect(await one.isReady()).toBe(true);
  return one;
}

const written = async (): Promise<string> =>
  (await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))).join('');

describe('intents on disk', () => {
  it('are known to whoever wrote them, to the others, and after a restart', async () => {
    const [one, other] = [await aProcess(), await aProcess()];
    await one.remember({ recoveryId: ID, attempt: 1, names: [PHONE] });
    await one.remember({ recoveryId: ID, attempt: 2, names: [PHONE] });
    await other.isReady();
    for (const journal of [one, other, await aProcess()]) {
      expect(journal.lastAttempt(ID)).toEqual({ attempt: 2, at: NOW });
      expect(journal.lastAttempt(OTHER)).toBeNull();
    }
  });

  it('are known after a restart whatever number of contacts the person has', async () => {
    const names = Array.from({ length: 14 }, (_, n) => `person-${n}@mail.example`);
    await (await aProcess()).remember({ recoveryId: ID, attempt: 1, names });
    const after = await aProcess();
    expect(after.lastAttempt(ID)).toEqual({ attempt: 1, at: NOW });
    expect(after.othersOf([names.at(-1) ?? ''], OTHER)).toHaveLength(1);
  });

  it('know a person through any of their contacts, and count a recovery once', async () => {
    const one = await aProcess();
    await one.remember({ recoveryId: ID, attempt: 1, names: [PHONE, EMAIL] });
    clock.at += MINUTE;
    await one.remember({ recoveryId: ID, attempt: 2, names: [PHONE, EMAIL] });
    const later = await aProcess();
    expect(later.othersOf([EMAIL], OTHER)).toEqual([{ recoveryId: ID, at: NOW + MINUTE }]);
    expect(later.othersOf([PHONE, EMAIL], OTHER)).toEqual([{ recoveryId: ID, at: NOW + MINUTE }]);
    expect(later.othersOf([PHONE], ID)).toEqual([]);
    expect(later.othersOf(['+14155550143'], OTHER)).toEqual([]);
  });

  it('hold no contact, and no digest that could be tried without the key', async () => {
    const one = await aProcess();
    await one.remember({ recoveryId: ID, attempt: 1, names: [PHONE, EMAIL] });
    const text = await written();
    expect(text).toMatch(new RegExp(`^${NOW} dial ${ID} 1 [\\w-]{22},[\\w-]{22}\n$`));
    expect(text).not.toMatch(/5550142|odile|mail\.example/);
    expect((await aProcess('another key')).othersOf([PHONE], OTHER)).toEqual([]);
  });

  it('that came to nothing are forgotten everywhere', async () => {
    const one = await aProcess();
    await one.remember({ recoveryId: ID, attempt: 1, names: [PHONE] });
    one.forget(ID, 1);
    expect(one.lastAttempt(ID)).toBeNull();
    await one.close();
    const later = await aProcess();
    expect(later.lastAttempt(ID)).toBeNull();
    expect(later.othersOf([PHONE], OTHER)).toEqual([]);
  });

  it.each([
    ['a later dial of the same number', { dialledAt: NOW + MINUTE, knows: { attempt: 1, at: NOW + MINUTE } }],
    ['an earlier one', { dialledAt: NOW - MINUTE, knows: null }],
  ])(
    'that came to nothing take nothing back but themselves: %s, in whichever order the files are read',
    async (_what, { dialledAt, knows }) => {
      await mkdir(folder, { recursive: true });
      const came = `${NOW - 1} dial ${ID} 1 \n${NOW} none ${ID} 1\n`;
      const other = `${dialledAt} dial ${ID} 1 \n`;
      for (const [first, second] of [
        [came, other],
        [other, came],
      ] as const) {
        await writeFile(join(folder, `intents-${NOW - DAY}-${'0'.repeat(16)}.log`), first);
        await writeFile(join(folder, `intents-${NOW}-${'1'.repeat(16)}.log`), second);
        expect((await aProcess()).lastAttempt(ID)).toEqual(knows);
      }
    },
  );

  it('that came to nothing do so also when the clock was set back meanwhile', async () => {
    const one = await aProcess();
    await one.remember({ recoveryId: ID, attempt: 1, names: [PHONE] });
    clock.at = NOW - MINUTE;
    one.forget(ID, 1);
    await one.close();
    expect((await aProcess()).lastAttempt(ID)).toBeNull();
    const again = await aProcess();
    await again.remember({ recoveryId: ID, attempt: 1, names: [PHONE] });
    expect((await aProcess()).lastAttempt(ID)).toEqual({ attempt: 1, at: NOW + 1 });
  });

  it('written at once share the waits for the disk and mix no lines', async () => {
    const one = await aProcess();
    const ids = Array.from({ length: 300 }, (_, n) => `${OTHER}${n}`);
    await Promise.all(ids.map((recoveryId) => one.remember({ recoveryId, attempt: 1, names: [PHONE] })));
    const later = await aProcess();
    expect(ids.filter((id) => later.lastAttempt(id)?.attempt !== 1)).toEqual([]);
  });

  it('are read also when a crash has cut a line off, and when the file holds something else', async () => {
    await mkdir(folder, { recursive: true });
    const lines = ['garbage', `${NOW} dial ${ID} 1 abc`, '', `${NOW} dial ${OTHER} 3 x`, `${NOW} dial ${ID} 2`];
    await writeFile(join(folder, `intents-${NOW}-0123456789abcdef.log`), lines.join('\n'));
    const one = await aProcess();
    // The last line has no end: whether it was meant so is not known, and its request never left.
    expect(one.lastAttempt(ID)).toEqual({ attempt: 1, at: NOW });
    expect(one.lastAttempt(OTHER)).toEqual({ attempt: 3, at: NOW });
  });

  it('that are too old concern nobody', async () => {
    const one = await aProcess();
    await one.remember({ recoveryId: ID, attempt: 1, names: [PHONE] });
    clock.at = NOW + KEPT_MS;
    for (const journal of [one, await aProcess()]) {
      expect(journal.lastAttempt(ID)).toBeNull();
      expect(journal.othersOf([PHONE], OTHER)).toEqual([]);
    }
  });

  it('go to a new file each day, and a file goes when all in it is too old', async () => {
    const one = await aProcess();
    for (let day = 0; day < 12; day++) {
      clock.at = NOW + day * DAY;
      await one.remember({ recoveryId: ID, attempt: day + 1, names: [PHONE] });
    }
    // Eight days, and the one in which the oldest of them were begun.
    expect((await readdir(folder)).length).toBeLessThanOrEqual(10);
    expect((await aProcess()).lastAttempt(ID)?.attempt).toBe(12);
  });

  it('are on the disk, with the name of their file, before the dial is told so', async () => {
    const one = await aProcess();
    const handle = await open(join(folder, '..'), 'r');
    const files = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    const forced: string[] = [];
    const { sync, datasync } = files;
    let letGo = () => {};
    const disk = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    vi.spyOn(files, 'sync').mockImplementation(async function (this: FileHandle) {
      await sync.call(this);
      forced.push('folder');
    });
    vi.spyOn(files, 'datasync').mockImplementation(async function (this: FileHandle) {
      await disk;
      await datasync.call(this);
      forced.push('line');
    });
    const remembered = one.remember({ recoveryId: ID, attempt: 1, names: [PHONE] }).then(() => forced.push('told'));
    await vi.waitFor(async () => expect(await written()).toContain(ID), 8_000);
    expect(forced).toEqual(['folder']);
    letGo();
    await remembered;
    expect(forced).toEqual(['folder', 'line', 'told']);
  });

  it('leave nothing of a try on the disk', async () => {
    await aProcess();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a folder that cannot be written', () => {
  it('is noticed at once, and again usable when it is mended', async () => {
    await writeFile(folder, 'a file in its place');
    const one = intentJournal(folder, KEPT_MS, 'key', clock);
    opened.push(one);
    expect(await one.isReady()).toBe(false);
    await expect(one.remember({ recoveryId: ID, attempt: 1, names: [] })).rejects.toThrow();
    await rm(folder);
    expect(await one.isReady()).toBe(true);
    await one.remember({ recoveryId: ID, attempt: 1, names: [] });
    expect((await aProcess()).lastAttempt(ID)).toEqual({ attempt: 1, at: NOW });
  });

  it('that vanishes under a running process takes the next line to a new one', async () => {
    const one = await aProcess();
    await one.remember({ recoveryId: ID, attempt: 1, names: [] });
    await rm(folder, { recursive: true });
    expect(await one.isReady()).toBe(true);
    // What it remembered itself it still knows.
    expect(one.lastAttempt(ID)).toEqual({ attempt: 1, at: NOW });
    await one.remember({ recoveryId: ID, attempt: 2, names: [] });
    expect((await aProcess()).lastAttempt(ID)).toEqual({ attempt: 2, at: NOW });
  });
});
