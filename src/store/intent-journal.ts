/**
 * Intents on disk: a line per dial, forced to the disk before the request leaves. Each process appends to files of its own in a
 * folder that all share, and reads on in those of the others; nothing is ever rewritten. A file takes the lines of one day and is
 * dropped whole when every line in it is too old to matter.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY } from '../domain/duration.ts';
import type { Intents } from '../domain/intents.ts';
import type { Clock } from '../domain/ports.ts';
import { intentMemory } from './intent-memory.ts';

interface Line {
  readonly text: string;
  readonly written: () => void;
  readonly lost: (error: unknown) => void;
}

export interface IntentJournal extends Intents {
  close(): Promise<void>;
}

/** When it was begun stands in its name, so that its age can be told without reading it. */
const FILE_NAME = /^intents-(\d{13})-[0-9a-f]{16}\.log$/;
/** `<epoch ms> dial <recovery id> <attempt> <digest>,<digest>`, or `… none …` when it placed no call. A line cut off by a crash is none. */
const LINE = /^(\d{13}) (dial|none) (\S{1,200}) (\d{1,6})(?: (\S{0,2000}))?$/;
const FILE_TAKES_MS = DAY;
const READ_AT_ONCE = 1024 * 1024;

/**
 * @param keptMs - an intent older than this concerns nobody: its checkout is too old to be called, its person may be called again.
 * @param secret - keys the digests of the names, so that the folder alone does not tell who was called.
 */
export function intentJournal(folder: string, keptMs: number, secret: string, clock: Clock): IntentJournal {
  const memory = intentMemory((at) => at > clock.now() - keptMs);
  /** How far each file has been read, bytes. */
  const readTo = new Map<string, number>();
  const key = createHmac('sha256', secret).update('ringback intents').digest();
  const own = new Set<string>();
  let file: { readonly handle: FileHandle; readonly name: string; readonly begunAt: number } | null = null;
  let waiting: Line[] = [];
  let flushing: Promise<void> | null = null;
  let reading: Promise<void> | null = null;
  let works = false;

  return {
    async isReady() {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        reading ??= readOn().finally(() => {
          reading = null;
        });
        await reading;
        if (!works) await tryToWrite();
        works = true;
      } catch {
        works = false;
      }
      return works;
    },

    async remember({ recoveryId, attempt, names }) {
      // Also where the clock was set back meanwhile: the same in `forget`.
      const at = Math.max(clock.now(), memory.earliest(recoveryId, attempt));
      const digests = names.map(digestOf);
      await append(`${at} dial ${recoveryId} ${attempt} ${digests.join(',')}`);
      memory.dial(at, recoveryId, attempt, digests);
    },

    forget(recoveryId, attempt) {
      const at = Math.max(clock.now(), memory.begunAt(recoveryId, attempt) ?? 0);
      memory.none(at, recoveryId, attempt);
      append(`${at} none ${recoveryId} ${attempt}`).catch(() => {});
    },

    lastAttempt: memory.lastAttempt,

    othersOf: (names, exceptRecoveryId) =>
      memory.dialledUnder(names.map(digestOf)).filter(({ recoveryId }) => recoveryId !== exceptRecoveryId),

    async close() {
      await flushing;
      await closeFile();
    },
  };

  function digestOf(name: string): string {
    return createHmac('sha256', key).update(name).digest('base64url').slice(0, 22);
  }

  function append(text: string): Promise<void> {
    return new Promise((written, lost) => {
      waiting.push({ text, written, lost });
      flushing ??= flush().finally(() => {
        flushing = null;
      });
    });
  }

  /** One wait for the disk serves all lines that came while it was busy with the ones before. */
  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const lines = waiting;
      waiting = [];
      try {
        await write(lines.map(({ text }) => `${text}\n`).join(''));
        for (const { written } of lines) written();
      } catch (error) {
        works = false;
        // It may end in the middle of a line: what follows goes to a new one.
        await closeFile();
        for (const { lost } of lines) lost(error);
      }
    }
  }

  async function write(text: string): Promise<void> {
    if (file !== null && clock.now() - file.begunAt >= FILE_TAKES_MS) await closeFile();
    file ??= await beginFile();
    await file.handle.appendFile(text);
    await file.handle.datasync();
  }

  async function beginFile(): Promise<{ handle: FileHandle; name: string; begunAt: number }> {
    await dropOld();
    const begunAt = clock.now();
    const name = `intents-${begunAt}-${randomBytes(8).toString('hex')}.log`;
    own.add(name);
    const handle = await open(join(folder, name), 'ax', 0o600);
    await syncFolder();
    return { handle, name, begunAt };
  }

  async function closeFile(): Promise<void> {
    const { handle } = file ?? {};
    file = null;
    await handle?.close().catch(() => {});
  }

  /** The name of a new file is on the disk only when its folder is. */
  async function syncFolder(): Promise<void> {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  }

  /** A disk that is full takes an empty file and no byte. */
  async function tryToWrite(): Promise<void> {
    const path = join(folder, `try-${randomBytes(8).toString('hex')}`);
    const handle = await open(path, 'wx', 0o600);
    try {
      await handle.appendFile('a line could be written\n');
      await handle.datasync();
    } finally {
      await handle.close();
      await unlink(path);
    }
  }

  /** What other processes have written since. */
  async function readOn(): Promise<void> {
    const there = new Set(await readdir(folder));
    // Somebody has emptied the folder: what is appended to a file without a name is lost with this process.
    if (file !== null && flushing === null && !there.has(file.name)) await closeFile();
    for (const name of [...there].filter((name) => FILE_NAME.test(name) && !own.has(name)).sort()) {
      try {
        const from = readTo.get(name) ?? 0;
        const { size } = await stat(join(folder, name));
        if (size > from) readTo.set(name, await readFileFrom(join(folder, name), from));
      } catch (error) {
        // Another process has dropped it: it was too old to matter.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  }

  /** @returns up to where whole lines were read. */
  async function readFileFrom(path: string, from: number): Promise<number> {
    const handle = await open(path, 'r');
    try {
      const bytes = Buffer.alloc(READ_AT_ONCE);
      for (let at = from; ; ) {
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, at);
        const text = bytes.toString('latin1', 0, bytesRead);
        const whole = text.lastIndexOf('\n') + 1;
        if (whole === 0) return at;
        for (const line of text.slice(0, whole).split('\n')) noteLine(line);
        at += whole;
      }
    } finally {
      await handle.close();
    }
  }

  function noteLine(line: string): void {
    const [, at, kind, recoveryId, attempt, digests] = LINE.exec(line) ?? [];
    if (recoveryId === undefined) return;
    if (kind === 'none') memory.none(Number(at), recoveryId, Number(attempt));
    else memory.dial(Number(at), recoveryId, Number(attempt), digests ? digests.split(',') : []);
  }

  /** Only with a dial, and so only while the clock is known to be right. */
  async function dropOld(): Promise<void> {
    const now = clock.now();
    for (const name of await readdir(folder)) {
      const [, begunAt] = FILE_NAME.exec(name) ?? [];
      if (begunAt === undefined || Number(begunAt) + FILE_TAKES_MS + keptMs >= now) continue;
      await unlink(join(folder, name)).catch(() => {});
      readTo.delete(name);
      own.delete(name);
    }
    memory.prune();
  }
}
