/** Finding: what an operator types is looked for as everything it can be, and as nothing it cannot. */
import { describe, expect, it } from 'vitest';
import type { Lookup } from '../../../src/domain/ports.ts';
import { findRecoveries } from '../../../src/recovery/find-recoveries.ts';
import { SHOP } from '../../support/a-recovery-world.ts';
import { fakeStore } from '../../support/fake-store.ts';

async function askedFor(text: string): Promise<Lookup[]> {
  const asked: Lookup[] = [];
  const store = fakeStore();
  const find = findRecoveries(
    {
      ...store,
      async find(_shop, lookup) {
        asked.push(lookup);
        return [];
      },
    },
    SHOP,
  );
  await find({ text, state: null, limit: 10, cursor: null });
  return asked;
}

describe('a search', () => {
  it.each(['+14155550142', '+1 (415) 555-0142', 'Odile@Example.com'])(
    'for %s names it as a contact alone: everything else would be the name of a key, in clear',
    async (text) => {
      const asked = await askedFor(text);
      expect(new Set(asked.map(({ kind }) => kind))).toEqual(new Set(['contact']));
      expect(asked.map(({ value }) => value)).toContain(text.includes('@') ? text.toLowerCase() : '+14155550142');
    },
  );

  it.each(['1001', '#1001', '68f0c0ffee0000000000ca11'])('for %s takes it for all it may be', async (text) => {
    const kinds = (await askedFor(text)).map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['call', 'cart', 'checkout', 'order', 'contact']));
  });
});
