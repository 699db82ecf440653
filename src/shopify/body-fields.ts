/**
 * The fields of a body, one by one and by Shopify's names, with a note of the place where it stops making sense. How a single value
 * is read is told in `wire-scalars.ts`; which fields there are, by each body's own file.
 */
import { isNothing, type Reading } from './wire-scalars.ts';

/** An object, or the entries of a list by their place. */
export type Fields = Readonly<Record<string | number, unknown>>;

export type ReadBody<T> =
  | { readonly ok: true; readonly value: T }
  /** `field`: dotted path of the first value of the wrong kind, e.g. `line_items.0.quantity`; `body` when it is no object. Never a value. */
  | { readonly ok: false; readonly field: string };

/** Reads a whole body. `read` may use all the readers below; the first of them that meets a value of the wrong kind ends it. */
export function readBody<T>(body: unknown, read: (fields: Fields) => T): ReadBody<T> {
  if (!isObject(body)) return { ok: false, field: 'body' };
  try {
    return { ok: true, value: read(body) };
  } catch (fault) {
    if (fault instanceof WrongKind) return { ok: false, field: fault.path };
    throw fault;
  }
}

/** Makes the reader of a value one of a field: null when the field says nothing. */
export function field<T>(read: (value: unknown) => Reading<T>): (fields: Fields, name: string | number) => T | null {
  return (fields, name) => {
    const reading = read(fields[name]);
    if (reading === undefined) throw new WrongKind(`${name}`);
    return reading;
  };
}

/** A field without which the body says nothing. */
export function needed<T>(reading: T | null, name: string): T {
  if (reading === null) throw new WrongKind(name);
  return reading;
}

/** An object that may be missing in any of Shopify's ways. */
export function objectIn<T>(fields: Fields, name: string | number, read: (fields: Fields) => T): T | null {
  const value = fields[name];
  if (isNothing(value)) return null;
  if (!isObject(value)) throw new WrongKind(`${name}`);
  return within(`${name}`, () => read(value));
}

/** Far more than a shopper puts into a cart. A body of 1 MB can hold 300,000 entries, and reading those would hold up everything else. */
const MAX_LIST_LENGTH = 1_000;

/**
 * What `read` makes of the entries of a list, without those it makes null of. The list may be missing, and `{}` was seen in the place of
 * an empty one. More than 1,000 entries are a fault, found before the first is read.
 */
export function listIn<T>(fields: Fields, name: string, read: (list: Fields, place: number) => T | null): T[] {
  const list = fields[name];
  if (isNothing(list) || isEmptyObject(list)) return [];
  if (!Array.isArray(list) || list.length > MAX_LIST_LENGTH) throw new WrongKind(name);
  return within(name, () => {
    const values: T[] = [];
    for (let place = 0; place < list.length; place++) {
      const value = read(list as unknown as Fields, place);
      if (value !== null) values.push(value);
    }
    return values;
  });
}

/** Reads inside of something: a fault in there is a fault at a path. */
function within<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (fault) {
    if (fault instanceof WrongKind) throw new WrongKind(`${name}.${fault.path}`);
    throw fault;
  }
}

/** Never leaves this file: a body that cannot be read is an expected outcome, and its callers get a value. */
class WrongKind {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmptyObject(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
