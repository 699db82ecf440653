/**
 * JSON with line numbers: reads a text and remembers on which line each value stands, so that a fault in a file somebody wrote by hand
 * can be pointed at. It also refuses what `JSON.parse` lets pass: the same key twice.
 */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export type Path = readonly (string | number)[];

export type LinedJson =
  | {
      readonly ok: true;
      readonly value: JsonValue;
      /** The line, from 1, of the value at the path (of its key, inside an object); of the nearest value around it when there is none. */
      lineOf(path: Path): number;
      /** Keys that stand a second time in their object. */
      readonly repeated: readonly { readonly path: Path; readonly line: number }[];
    }
  | { readonly ok: false; readonly line: number; readonly reason: string };

/** Deeper than any rule; a bound, because the reader calls itself. */
const MAX_DEPTH = 32;

const TOKEN = /[{}[\],:]|"(?:[^"\\\n\r]|\\.)*"|[^\s{}[\],:"]+|"/g;
const LITERAL = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

interface Token {
  readonly text: string;
  readonly line: number;
}

/** Thrown inside this file only, to leave the recursion. */
class Unreadable extends Error {
  readonly line: number;
  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

export function readLinedJson(text: string): LinedJson {
  try {
    const reader = new Reader(text);
    const value = reader.value([], 0);
    reader.end();
    return { ok: true, value, lineOf: (path) => reader.lineOf(path), repeated: reader.repeated };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, line: error.line, reason: error.message };
    throw error;
  }
}

class Reader {
  readonly repeated: { readonly path: Path; readonly line: number }[] = [];
  readonly #tokens: readonly Token[];
  readonly #lines = new Map<string, number>();
  readonly #lastLine: number;
  #next = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
    this.#lastLine = text.trimEnd().split('\n').length;
  }

  value(path: Path, depth: number): JsonValue {
    const token = this.#take('a value');
    if (depth > MAX_DEPTH) throw new Unreadable(token.line, 'is nested too deeply');
    if (!this.#lines.has(keyOf(path))) this.#lines.set(keyOf(path), token.line);
    if (token.text === '{') return this.#object(path, depth);
    if (token.text === '[') return this.#array(path, depth);
    if (token.text.startsWith('"')) return stringOf(token);
    if (!LITERAL.test(token.text)) throw new Unreadable(token.line, `has ${token.text} where a value must stand`);
    return JSON.parse(token.text) as JsonValue;
  }

  end(): void {
    const token = this.#tokens[this.#next];
    if (token !== undefined) throw new Unreadable(token.line, 'goes on after its end');
  }

  lineOf(path: Path): number {
    for (let length = path.length; length >= 0; length -= 1) {
      const line = this.#lines.get(keyOf(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return 1;
  }

  #object(path: Path, depth: number): JsonValue {
    const entries = new Map<string, JsonValue>();
    if (this.#accept('}')) return {};
    do {
      const token = this.#take('a key');
      if (!token.text.startsWith('"')) throw new Unreadable(token.line, `has ${token.text} where a key must stand`);
      const key = stringOf(token);
      const inner = [...path, key];
      if (entries.has(key)) this.repeated.push({ path: inner, line: token.line });
      else this.#lines.set(keyOf(inner), token.line);
      this.#expect(':');
      entries.set(key, this.value(inner, depth + 1));
    } while (this.#accept(','));
    this.#expect('}');
    return Object.fromEntries(entries);
  }

  #array(path: Path, depth: number): JsonValue {
    const values: JsonValue[] = [];
    if (this.#accept(']')) return values;
    do values.push(this.value([...path, values.length], depth + 1));
    while (this.#accept(','));
    this.#expect(']');
    return values;
  }

  #take(wanted: string): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new Unreadable(this.#lastLine, `ends where ${wanted} must stand`);
    this.#next += 1;
    return token;
  }

  #accept(text: string): boolean {
    if (this.#tokens[this.#next]?.text !== text) return false;
    this.#next += 1;
    return true;
  }

  #expect(text: string): void {
    const token = this.#take(text);
    if (token.text !== text) throw new Unreadable(token.line, `has ${token.text} where ${text} must stand`);
  }
}

const keyOf = (path: Path): string => JSON.stringify(path);

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    for (; at < match.index; at += 1) if (text.charCodeAt(at) === 10) line += 1;
    tokens.push({ text: match[0], line });
  }
  return tokens;
}

function stringOf({ text, line }: Token): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    throw new Unreadable(line, 'has a string that is not closed or not spelled right');
  }
}
