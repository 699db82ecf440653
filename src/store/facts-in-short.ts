/**
 * What a webhook says of a checkout, in short: most say what the one before said, a moment later, and then a mark goes to Redis
 * instead of two kilobytes. The record tells whether it still holds what was marked: see receive-checkouts.lua.
 */
import { randomBytes } from 'node:crypto';
import { MINUTE } from '../domain/duration.ts';
import { RecentlyUsed } from '../domain/recently-used.ts';
import type { CheckoutFacts } from '../domain/recovery.ts';
import { placeOf } from './record-codec.ts';
import type { Vault } from './vault.ts';

export interface Said {
  /** No two texts have the same, in whichever process. It tells nothing of the text. */
  readonly mark: string;
  /** The facts as the record keeps them, sealed where there is a data key; `''`: as they were told under the mark before. */
  readonly kept: string;
  /** The same in full, for a record that does not hold what was marked. */
  inFull(): Said;
}

/** Bounds what is kept in memory: two kilobytes each, twice as many at most. */
const MOST_REMEMBERED = 2_000;
/** Characters; longer ones are told in full. */
const LONGEST_REMEMBERED = 16_384;
/** They hold a person: after an hour without use they are gone. */
const FORGET_EVERY_MS = 30 * MINUTE;

interface Told {
  readonly facts: CheckoutFacts;
  readonly text: string;
  readonly mark: string;
}

/** @returns what is to be told of the facts of a webhook. */
export function factsInShort(vault: Vault): (id: string, facts: CheckoutFacts) => Said {
  const ours = randomBytes(9).toString('base64url');
  let texts = 0;
  const told = new RecentlyUsed<string, Told>(MOST_REMEMBERED);
  setInterval(() => told.forgetUnused(), FORGET_EVERY_MS).unref();

  return (id, facts) => {
    const before = told.get(id);
    const isKnown = before !== undefined && (before.facts === facts || before.text === JSON.stringify(facts));
    if (isKnown) return shortOf(id, before);
    texts++;
    const fresh = { facts, text: JSON.stringify(facts), mark: `${ours}${texts.toString(36)}` };
    if (fresh.text.length <= LONGEST_REMEMBERED) told.set(id, fresh);
    return shortOf(id, fresh).inFull();
  };

  function shortOf(id: string, { mark, text }: Told): Said {
    const inFull = (): Said => ({ mark, kept: vault.seal(placeOf(id, 'facts'), text), inFull });
    return { mark, kept: '', inFull };
  }
}
