/** Finding a recovery from whatever an operator has at hand: an id, a token, a call, a phone number, an e-mail address, an order. */
import { toCallableNumber } from '../domain/e164.ts';
import type { Lookup, RecoveryPage, RecoveryStore } from '../domain/ports.ts';
import type { RecoveryRecord, RecoveryState } from '../domain/recovery.ts';
import { isRecoveryId, recoveryIdOf } from '../domain/recovery-id.ts';

export interface RecoveryQuery {
  /** Free text; null lists everything. */
  readonly text: string | null;
  readonly state: RecoveryState | null;
  /** 1 to 200. */
  readonly limit: number;
  readonly cursor: string | null;
}

export type FindRecoveries = (query: RecoveryQuery) => Promise<RecoveryPage>;

/** Matches are exact: contacts are kept as digests, which know no "begins with". */
export function findRecoveries(store: RecoveryStore, shop: string): FindRecoveries {
  return async ({ text, state, limit, cursor }) => {
    if (text === null) return store.list(shop, { state, limit, cursor });
    const ids = new Set<string>([recoveryIdOf(shop, text)]);
    if (isRecoveryId(text)) ids.add(text);
    for (const lookup of lookupsOf(text)) for (const id of await store.find(shop, lookup)) ids.add(id);
    const found = await Promise.all([...ids].map(async (id) => (await store.load(id))?.record ?? null));
    const recoveries = found
      .filter((record): record is RecoveryRecord => record !== null && record.shop === shop)
      .filter((record) => state === null || record.state === state)
      .sort((a, b) => b.createdAt - a.createdAt);
    return { recoveries: recoveries.slice(0, limit), nextCursor: null };
  };
}

/** By what kind of thing somebody searches; for a log that must not hold the thing itself. */
export function kindOfSearch(text: string): 'recovery id' | 'e-mail' | 'number' | 'name or token' {
  if (isRecoveryId(text)) return 'recovery id';
  if (text.includes('@')) return 'e-mail';
  return /^[+#]?[\d\s().\-/]+$/.test(text) ? 'number' : 'name or token';
}

function lookupsOf(text: string): Lookup[] {
  const number = toCallableNumber(text, null);
  const contacts: Lookup[] = [
    { kind: 'contact', value: text.toLowerCase() },
    ...(number.ok ? [{ kind: 'contact', value: number.e164 } as const] : []),
  ];
  // Asked for as anything else it would stand in the name of a key, for whoever watches Redis to see.
  if (number.ok || text.includes('@')) return contacts;
  return [
    { kind: 'call', value: text },
    { kind: 'cart', value: text },
    { kind: 'checkout', value: text.replace(/^#/, '') },
    { kind: 'order', value: text },
    { kind: 'order', value: `#${text}` },
    ...contacts,
  ];
}
