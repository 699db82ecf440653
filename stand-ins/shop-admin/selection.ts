/**
 * The fields a GraphQL operation asks for, and an answer cut down to them: what was not asked for is not given, and what does
 * not exist is an error, as with the real one. Knows selections and inline fragments, and skips arguments; no aliases, no named fragments.
 */

/** A field and what is asked of it; null for a scalar. */
type Selection = ReadonlyMap<string, Selection | null> & { readonly fragments?: ReadonlyMap<string, Selection> };

export interface Operation {
  readonly name: string;
  readonly selection: Selection;
}

/** An answer's error, as it stands in `errors`. */
export class GraphqlFault extends Error {
  override readonly name = 'GraphqlFault';
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

const TOKEN = /\.\.\.|[A-Za-z_]\w*|[{}()]|"(?:[^"\\]|\\.)*"|[^\s]/g;

/** @throws {GraphqlFault} when it cannot be read. */
export function parseOperation(query: string): Operation {
  const tokens = query.match(TOKEN) ?? [];
  const [kind, name = ''] = tokens;
  if ((kind !== 'query' && kind !== 'mutation') || !/^\w+$/.test(name)) {
    throw new GraphqlFault('Expected a named operation', 'parseError');
  }
  const reader = { tokens, at: 2 };
  skipArguments(reader);
  const selection = readSelection(reader);
  if (reader.at !== tokens.length) throw new GraphqlFault('Expected the end of the operation', 'parseError');
  return { name, selection };
}

/**
 * What of `value` is asked for.
 *
 * @param value - objects may carry `__typename`, which inline fragments go by.
 * @throws {GraphqlFault} for a field that does not exist.
 */
export function pick(selection: Selection, value: unknown): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map((item) => pick(selection, item));
  if (typeof value !== 'object') throw new GraphqlFault('Selections cannot be made on scalars', 'selectionMismatch');
  const fields = value as Readonly<Record<string, unknown>>;
  const typename = String(fields.__typename ?? '');
  const asked = new Map([...selection, ...(selection.fragments?.get(typename) ?? [])]);
  return Object.fromEntries([...asked].map(([name, inner]) => [name, pickField(name, inner, fields)]));
}

function pickField(name: string, inner: Selection | null, fields: Readonly<Record<string, unknown>>): unknown {
  if (!Object.hasOwn(fields, name)) throw new GraphqlFault(`Field '${name}' doesn't exist`, 'undefinedField');
  const value = fields[name];
  if (inner !== null) return pick(inner, value);
  const isLeaf = (part: unknown): boolean => typeof part !== 'object' || part === null;
  if (isLeaf(value) || (Array.isArray(value) && value.every(isLeaf))) return value;
  throw new GraphqlFault(`Field '${name}' must have selections`, 'selectionMismatch');
}

interface Reader {
  readonly tokens: readonly string[];
  at: number;
}

function readSelection(reader: Reader): Selection {
  if (reader.tokens[reader.at++] !== '{') throw new GraphqlFault('Expected a selection', 'parseError');
  const fields = new Map<string, Selection | null>();
  const fragments = new Map<string, Selection>();
  for (;;) {
    const token = reader.tokens[reader.at++];
    if (token === '}') return Object.assign(fields, { fragments });
    if (token === '...') {
      const type = reader.tokens[reader.at + 1] ?? '';
      reader.at += 2;
      fragments.set(type, readSelection(reader));
    } else if (token !== undefined && /^\w+$/.test(token)) {
      skipArguments(reader);
      fields.set(token, reader.tokens[reader.at] === '{' ? readSelection(reader) : null);
    } else {
      throw new GraphqlFault(`Unexpected ${token ?? 'end'}`, 'parseError');
    }
  }
}

function skipArguments(reader: Reader): void {
  if (reader.tokens[reader.at] !== '(') return;
  for (let depth = 0; reader.at < reader.tokens.length; reader.at++) {
    if (reader.tokens[reader.at] === '(') depth++;
    if (reader.tokens[reader.at] === ')' && --depth === 0) break;
  }
  reader.at++;
}
