/** What a GraphQL answer is worth: its data where the errors beside it left what is needed, else the fault they add up to. Pure. */
import type { z } from 'zod';
import type { Answer } from '../domain/shop-admin.ts';
import { type GraphqlError, graphqlFault, isDenial, readErrors, unavailable } from './admin-faults.ts';

export interface Question<T> {
  /** A whole GraphQL operation with a name of its own. */
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Reads `data`. A field that was lost to an error is absent in it, never null. */
  readonly answer: z.ZodType<T>;
  /** True: a field the token has no right to makes the whole answer a fault, because it would be missing in every item. */
  readonly everyField?: boolean;
  /** For all of it, a new token included. Default: the client's. Milliseconds. */
  readonly timeoutMs?: number;
}

/** An answer as it stood in the body; each part may be missing. */
export interface GraphqlAnswer {
  readonly data?: unknown;
  readonly errors?: unknown;
  readonly extensions?: unknown;
}

/** @param answer - null when it was no JSON object. */
export function answerOf<T>(
  { answer: schema, everyField = false, variables }: Pick<Question<T>, 'answer' | 'everyField' | 'variables'>,
  answer: GraphqlAnswer | null,
): Answer<T> {
  const errors = readErrors(answer?.errors);
  const fault = () =>
    errors.length === 0 ? unavailable('answer_unreadable') : graphqlFault(errors, answer?.extensions, variables);
  if (everyField && errors.some(isDenial)) return { ok: false, fault: fault() };
  const parsed = schema.safeParse(withHoles(answer?.data, errors));
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, fault: fault() };
}

/**
 * The data without the nulls that errors left behind: "no such discount" and "the discount could not be read" both come as
 * null. GraphQL moves the null up to the nearest field that may be null, so it is looked for along the error's path.
 */
function withHoles(data: unknown, errors: readonly GraphqlError[]): unknown {
  if (errors.length === 0 || typeof data !== 'object' || data === null) return data;
  const holed = structuredClone(data);
  for (const { path } of errors) {
    // An error that does not say where may have been anywhere.
    const paths = path.length > 0 ? [path] : Object.keys(holed).map((field) => [field]);
    for (const each of paths) cutOut(holed, each);
  }
  return holed;
}

function cutOut(data: unknown, path: GraphqlError['path']): void {
  let place = data;
  for (const step of path) {
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, step)) return;
    const fields = place as Record<string | number, unknown>;
    // An item of a list keeps its place as null, so that those after it keep theirs.
    if (fields[step] === null && !Array.isArray(place)) delete fields[step];
    place = fields[step];
  }
}
