/** What is told of a checkout is told in full once, and from then on by its mark, until it changes. */
import { describe, expect, it } from 'vitest';
import type { CheckoutFacts } from '../../../src/domain/recovery.ts';
import { factsInShort } from '../../../src/store/facts-in-short.ts';
import { CLEAR_VAULT, vaultOf } from '../../../src/store/vault.ts';
import { aDataKey } from '../../support/a-data-key.ts';
import { aRecord } from '../../support/a-record.ts';

const NOW = Date.UTC(2026, 10, 3, 12);
const ID = 'hill-coffee.one';

function factsOf(changes: Partial<CheckoutFacts> = {}): CheckoutFacts {
  const { shop, checkoutToken, cartToken, checkoutId, payload, phone, person, candidate, cartValue, priority } =
    aRecord();
  return {
    shop,
    checkoutToken,
    cartToken,
    checkoutId,
    payload,
    phone,
    person,
    candidate,
    cartValue,
    priority,
    ...changes,
  };
}

describe('the facts of a checkout', () => {
  it('are told in full, then in short, whether they are the same or only say the same', () => {
    const tell = factsInShort(CLEAR_VAULT);
    const facts = factsOf();
    const first = tell(ID, facts, NOW);
    expect(JSON.parse(first.kept)).toEqual(facts);
    for (const again of [tell(ID, facts, NOW), tell(ID, factsOf(), NOW)]) {
      expect(again).toMatchObject({ mark: first.mark, kept: '' });
      expect(again.inFull()).toMatchObject({ mark: first.mark, kept: first.kept });
    }
  });

  it('are told in full when they change, also back to what they were, each under a mark of its own', () => {
    const tell = factsInShort(CLEAR_VAULT);
    const told = ['1.00 EUR', '2.00 EUR', '1.00 EUR'].map((cartValue) => tell(ID, factsOf({ cartValue }), NOW));
    expect(told.map(({ kept }) => JSON.parse(kept).cartValue)).toEqual(['1.00 EUR', '2.00 EUR', '1.00 EUR']);
    expect(new Set(told.map(({ mark }) => mark)).size).toBe(3);
  });

  it('of one recovery are not those of another, nor one process’s marks another’s', () => {
    const [one, other] = [factsInShort(CLEAR_VAULT), factsInShort(CLEAR_VAULT)];
    const marks = [one(ID, factsOf(), NOW), one('hill-coffee.two', factsOf(), NOW), other(ID, factsOf(), NOW)].map(
      ({ mark }) => mark,
    );
    expect(new Set(marks).size).toBe(3);
  });

  it('are sealed where there is a data key, and the mark tells nothing of them', () => {
    const vault = vaultOf({ current: aDataKey(), old: [] });
    const tell = factsInShort(vault);
    const first = tell(ID, factsOf(), NOW);
    const again = tell(ID, factsOf(), NOW).inFull();
    for (const { kept } of [first, again]) {
      expect(kept).not.toContain('90909');
      expect(JSON.parse(vault.open(`${ID}:facts`, kept))).toEqual(factsOf());
    }
    expect(first.mark).toMatch(/^[\w-]{12}[0-9a-z]+$/);
  });
});
