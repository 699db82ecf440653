/** The body of an answer as JSON: one that is none is null, since the status has told already. */

/** The third argument holds the source text of a primitive. ECMAScript proposal "JSON.parse source text access", in Node since 21. */
export type Reviver = (key: string, value: unknown) => unknown;

export function parsed(body: string, reviver?: Reviver): unknown {
  try {
    return JSON.parse(body, reviver);
  } catch {
    return null;
  }
}
