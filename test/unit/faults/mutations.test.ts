/** The list of safeguards: each is still in the source, word for word, and one that is not is never passed over. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Edit, type Mutation, mutated } from '../../../faults/guards/mutation.ts';

const ROOT = new URL('../../../', import.meta.url);
const mutations = JSON.parse(readFileSync(new URL('faults/guards/mutations.json', ROOT), 'utf8')) as Mutation[];

describe('a safeguard that is to be taken out', () => {
  it.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
    'is in the source once: %s',
    (_name, { edits }) => {
      for (const file of new Set(edits.map((edit) => edit.file))) {
        const before = readFileSync(new URL(file, ROOT), 'utf8');
        const after = edits.filter((edit) => edit.file === file).reduce(mutated, before);
        expect(after).not.toBe(before);
      }
    },
  );

  const edit: Edit = { file: 'a.ts', find: 'guard()', replace: '' };
  it.each(['nothing', 'guard(); guard();'])('is a fault when its text is not there exactly once: %s', (source) => {
    expect(() => mutated(source, edit)).toThrow('a.ts holds');
  });
});
