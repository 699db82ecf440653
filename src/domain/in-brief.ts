/** What strangers sent, cut to a size that a record can hold. The same goes in, the same comes out. */

/** In characters of JSON. */
const MOST_WHOLE = 8_192;
/** What is kept of an object that is longer: so many short members. */
const MOST_MEMBERS = 30;
const MOST_NAME = 60;
const MOST_TEXT = 200;

/** At most so many characters, never through a surrogate pair. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
}

/** The object as it is; of a long one its plain short members, the first by name. Null when there is nothing in it, or nothing short. */
export function inBrief(object: Readonly<Record<string, unknown>> | null): Readonly<Record<string, unknown>> | null {
  if (object === null || Object.keys(object).length === 0) return null;
  if (JSON.stringify(object).length <= MOST_WHOLE) return object;
  const short = Object.entries(object)
    .filter(([name, member]) => name.length <= MOST_NAME && isShort(member))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .slice(0, MOST_MEMBERS);
  return short.length === 0 ? null : Object.fromEntries(short);
}

function isShort(member: unknown): boolean {
  if (typeof member === 'string') return member.length <= MOST_TEXT;
  return typeof member === 'number' || typeof member === 'boolean';
}
