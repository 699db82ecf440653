/** What is told of a checkout is told in full once, and from then on by its mark, until it changes. */
import { describe, expect, it, vi } from 'vitest';
import { HOUR } from '../../../src/domain/duration.ts';
import { factsInShort } from '../../../src/store/facts-in-short.ts';
import { CLEAR_VAULT, vaultOf } from '../../../src/store/vault.ts';
import { aDataKey } from '../../support/a-data-key.ts';
import { aRecord, factsOf } from '../../support/a-record.ts';

const ID = 'hill-coffee.one';

const factsWith = (changes: Parameters<typeof aRecord>[0] = {}) => factsOf(aRecord(changes));

describe('the facts of a checkout', () => {
  it('are told in full, then in short, whether they are the same or only say the same', () => {
    const tell = factsInShort(CLEAR_VAULT);
    const facts = factsWith();
    const first = tell(ID, facts);
    expect(JSON.parse(first.kept)).toEqual(facts);
    for (const again of [tell(ID, facts), tell(ID, factsWith())]) {
      expect(again).toMatchObject({ mark: first.mark, kept: '' });
      expect(again.inFull()).toMatchObject({ mark: first.mark, kept: first.kept });
    }
  });

  it('are told in full when they change, also back to what they were, each under a mark of its own', () => {
    const tell = factsInShort(CLEAR_VAULT);
    const told = ['1.00 EUR', '2.00 EUR', '1.00 EUR'].map((cartValue) => tell(ID, factsWith({ cartValue })));
    expect(told.map(({ kept }) => JSON.parse(kept).cartValue)).toEqual(['1.00 EUR', '2.00 EUR', '1.00 EUR']);
    expect(new Set(told.map(({ mark }) => mark)).size).toBe(3);
  });

  it('are told in full when they are long, and after an hour without a word of them', () => {
    vi.useFakeTimers();
    try {
      const tell = factsInShort(CLEAR_VAULT);
      const long = factsWith({ cartValue: 'x'.repeat(16_384) });
      for (let n = 0; n < 2; n++) expect(tell('hill-coffee.long', long).kept).not.toBe('');
      tell(ID, factsWith());
      vi.advanceTimersByTime(HOUR);
      expect(tell(ID, factsWith()).kept).not.toBe('');
    } finally {
      vi.useRealTimers();
    }
  });

  it('of one recovery are not those of another, nor one process’s marks another’s', () => {
    const [one, other] = [factsInShort(CLEAR_VAULT), factsInShort(CLEAR_VAULT)];
    const marks = [one(ID, factsWith()), one('hill-coffee.two', factsWith()), other(ID, factsWith())].map(
      ({ mark }) => mark,
    );
    expect(new Set(marks).size).toBe(3);
  });

  it('are sealed where there is a data key, and the mark tells nothing of them', () => {
    const vault = vaultOf({ current: aDataKey(), old: [] });
    const tell = factsInShort(vault);
    const first = tell(ID, factsWith());
    const again = tell(ID, factsWith()).inFull();
    for (const { kept } of [first, again]) {
      expect(kept).not.toContain('90909');
      expect(JSON.parse(vault.open(`${ID}:facts`, kept))).toEqual(factsWith());
    }
    expect(first.mark).toMatch(/^[\w-]{12}[0-9a-z]+$/);
  });
});
