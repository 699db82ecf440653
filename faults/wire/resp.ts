/**
 * The Redis protocol, parsed just enough to tell where one command or one reply ends and the next begins (RESP2 and RESP3, redis.io
 * "Redis serialization protocol specification", read November 2026). Values are not interpreted, but for a command's first words.
 */

const CRLF = 2;
const RETURN = 0x0d;

/** One command as it was sent. */
export interface Command {
  /** The whole command on the wire. */
  readonly bytes: Buffer;
  /** Its words, texts; payloads are cut to their first 200 bytes, scripts are whole. */
  readonly words: readonly string[];
}

/** Cuts a stream of bytes into whole frames; what is not whole yet waits for the next chunk. */
export class FrameSplitter<T> {
  readonly #measure: (bytes: Buffer, at: number) => number | null;
  readonly #read: (frame: Buffer) => T;
  #rest: Buffer = Buffer.alloc(0);

  /** @param measure - where the frame that begins at `at` ends; null when it is not whole. */
  constructor(measure: (bytes: Buffer, at: number) => number | null, read: (frame: Buffer) => T) {
    this.#measure = measure;
    this.#read = read;
  }

  /** @returns the frames that became whole with this chunk, oldest first. @throws {Error} when the bytes are no such protocol. */
  push(chunk: Buffer): T[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: T[] = [];
    let at = 0;
    for (;;) {
      const end = at < this.#rest.length ? this.#measure(this.#rest, at) : null;
      if (end === null) break;
      frames.push(this.#read(this.#rest.subarray(at, end)));
      at = end;
    }
    this.#rest = this.#rest.subarray(at);
    return frames;
  }
}

export function commandSplitter(): FrameSplitter<Command> {
  return new FrameSplitter(endOfFrame, (bytes) => ({ bytes, words: wordsOf(bytes) }));
}

/** A reply, or a push message, which answers no command. */
export interface Reply {
  readonly bytes: Buffer;
  readonly push: boolean;
}

export function replySplitter(): FrameSplitter<Reply> {
  return new FrameSplitter(endOfFrame, (bytes) => ({ bytes, push: bytes[0] === code('>') }));
}

const code = (character: string): number => character.charCodeAt(0);

/** One line, nothing below it: simple string, error, number, null, boolean, double, big number. */
const LINES = new Set([...'+-:_#,('].map(code));
/** A length, then so many bytes: bulk string, bulk error, verbatim string. */
const BULKS = new Set([...'$!='].map(code));
/** A count, then so many frames: array, set, push. */
const LISTS = new Set([...'*~>'].map(code));
/** A count of pairs. An attribute stands before the reply it belongs to. */
const MAP = code('%');
const ATTRIBUTE = code('|');

/** @returns the position after the frame that begins at `at`; null when it is not whole. @throws {Error} for other bytes. */
export function endOfFrame(bytes: Buffer, at: number): number | null {
  const kind = bytes[at] as number;
  const lineEnd = bytes.indexOf(RETURN, at);
  if (lineEnd === -1 || lineEnd + CRLF > bytes.length) return null;
  const next = lineEnd + CRLF;
  if (LINES.has(kind)) return next;
  const size = Number(bytes.toString('latin1', at + 1, lineEnd));
  if (!Number.isInteger(size)) throw new Error('not the Redis protocol');
  if (BULKS.has(kind)) {
    if (size < 0) return next;
    const end = next + size + CRLF;
    return end <= bytes.length ? end : null;
  }
  if (LISTS.has(kind)) return endOfFrames(bytes, next, Math.max(0, size));
  if (kind === MAP) return endOfFrames(bytes, next, size * 2);
  if (kind === ATTRIBUTE) return endOfFrames(bytes, next, size * 2 + 1);
  throw new Error('not the Redis protocol');
}

function endOfFrames(bytes: Buffer, from: number, count: number): number | null {
  let at = from;
  for (let n = 0; n < count; n++) {
    if (at >= bytes.length) return null;
    const end = endOfFrame(bytes, at);
    if (end === null) return null;
    at = end;
  }
  return at;
}

const MOST_WORD = 200;

function wordsOf(command: Buffer): string[] {
  const words: string[] = [];
  let at = command.indexOf(RETURN) + CRLF;
  while (at < command.length) {
    const lineEnd = command.indexOf(RETURN, at);
    const size = Number(command.toString('latin1', at + 1, lineEnd));
    const start = lineEnd + CRLF;
    const isScript = words.length === 1 && words[0] === 'eval';
    const word = command.toString('utf8', start, start + (isScript ? size : Math.min(size, MOST_WORD)));
    words.push(words.length === 0 ? word.toLowerCase() : word);
    at = start + size + CRLF;
  }
  return words;
}
