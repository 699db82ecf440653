/** A safeguard taken out of a copy of the source, by exact text: a text that is not there exactly once is a fault, never a silent pass. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Edit {
  /** Below the root of the project. */
  readonly file: string;
  /** Must occur exactly once. */
  readonly find: string;
  readonly replace: string;
}

export interface Mutation {
  readonly name: string;
  /** What the safeguard is for, as a sentence. */
  readonly guards: string;
  readonly edits: readonly Edit[];
  /** Any of these must go red. `sweep`: options of that command. `test`: a test file. */
  readonly shows: readonly ({ readonly sweep: string } | { readonly test: string })[];
  /** Why its removal may stay green: what else catches the same. */
  readonly covered?: string;
}

export class MutationDoesNotApplyError extends Error {
  override readonly name = 'MutationDoesNotApplyError';
}

/** @throws {MutationDoesNotApplyError} when the text is not there exactly once. */
export function mutated(source: string, { file, find, replace }: Edit): string {
  const parts = source.split(find);
  if (parts.length !== 2) {
    throw new MutationDoesNotApplyError(`${file} holds ${parts.length - 1} times: ${find}`);
  }
  return parts.join(replace);
}

/** Applies every edit below `root`. @throws {MutationDoesNotApplyError} and leaves the rest undone. */
export function applyMutation(root: string, { edits }: Mutation): void {
  for (const edit of edits) {
    const path = join(root, edit.file);
    writeFileSync(path, mutated(readFileSync(path, 'utf8'), edit));
  }
}
