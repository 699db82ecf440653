/** Between a RecoveryRecord and the fields of its Redis hash: personal data is sealed. A missing or empty field reads as null. */
import { saysNo } from '../domain/consent.ts';
import {
  type CheckoutFacts,
  EMPTY_RECORD,
  type HeldCheckout,
  type Recovery,
  type RecoveryRecord,
  type TimelineEntry,
} from '../domain/recovery.ts';
import type { Vault } from './vault.ts';

type Kind = 'text' | 'number' | 'json' | 'flag';

/** How each property is written when it is changed on its own. `alarms`, `lookups`, `tn`, `t<n>` … are the scripts' own fields and not listed. */
const KINDS: Readonly<Record<keyof RecoveryRecord, Kind>> = {
  id: 'text',
  revision: 'number',
  shop: 'text',
  checkoutToken: 'text',
  cartToken: 'text',
  checkoutId: 'text',
  state: 'text',
  reason: 'text',
  createdAt: 'number',
  changedAt: 'number',
  checkoutUpdatedAt: 'number',
  lastActivityAt: 'number',
  dueAt: 'number',
  payload: 'json',
  phone: 'text',
  person: 'json',
  candidate: 'json',
  cartValue: 'text',
  priority: 'flag',
  alarm: 'number',
  alarmAt: 'number',
  attempts: 'number',
  attemptId: 'text',
  attemptConsent: 'json',
  dialingAt: 'number',
  redialled: 'flag',
  notPlaced: 'number',
  callId: 'text',
  calledAt: 'number',
  vendorStatus: 'text',
  callStatus: 'text',
  finalStatus: 'text',
  outcomes: 'json',
  call: 'json',
  vendorMessage: 'text',
  stopReason: 'text',
  held: 'json',
  orderedAt: 'number',
  orderName: 'text',
  orderTotal: 'text',
  orderCurrency: 'text',
  orderMatch: 'text',
  attributed: 'flag',
  arm: 'text',
  armAt: 'number',
  discount: 'json',
  lastEventAt: 'number',
  errands: 'json',
  contacts: 'json',
  erasedAt: 'number',
  hadPayload: 'flag',
};

/** Fields whose whole text is sealed. In `held`, which a script builds, it is the text of `facts`. */
export const SEALED_FIELDS = ['facts', 'outcomes', 'call', 'vendorMessage'] as const;
const IS_SEALED: ReadonlySet<string> = new Set(SEALED_FIELDS);

/** Where a field of a record stands, for the vault. */
export function placeOf(id: string, field: string): string {
  return `${id}:${field}`;
}

/** Kept together in the field `facts`, because every webhook says all of them anew. */
const FACTS: readonly (keyof CheckoutFacts)[] = [
  'shop',
  'checkoutToken',
  'cartToken',
  'checkoutId',
  'payload',
  'phone',
  'person',
  'candidate',
  'cartValue',
  'priority',
];
const IN_FACTS: ReadonlySet<string> = new Set(FACTS);

/** What the facts of a checkout look like in the hash. */
export function sealedFacts(vault: Vault, id: string, facts: CheckoutFacts): string {
  return vault.seal(placeOf(id, 'facts'), JSON.stringify(facts));
}

/** Splits a change of a record into fields to set (name, value, name, value …) and names to drop. */
export function encodePatch(
  record: RecoveryRecord,
  patch: Partial<RecoveryRecord>,
  vault: Vault,
): { readonly set: string[]; readonly drop: string[] } {
  const { id } = record;
  const set: string[] = [];
  const drop: string[] = [];
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined || IN_FACTS.has(name)) continue;
    if (value === null) drop.push(name);
    else if (name === 'held') set.push(name, encodeHeld(value as HeldCheckout, id, vault));
    else {
      const text = encode(KINDS[name as keyof RecoveryRecord], value);
      set.push(name, IS_SEALED.has(name) ? vault.seal(placeOf(id, name), text) : text);
    }
  }
  if (Object.keys(patch).some((name) => IN_FACTS.has(name))) {
    const next = { ...record, ...patch };
    const facts = Object.fromEntries(FACTS.map((name) => [name, next[name]])) as unknown as CheckoutFacts;
    set.push('facts', sealedFacts(vault, id, facts));
    // As receive-checkouts.lua keeps it: that script cannot look into sealed facts.
    if (saysNo(facts)) set.push('saidNo', '1');
    else drop.push('saidNo');
  }
  return { set, drop };
}

function encode(kind: Kind, value: unknown): string {
  if (kind === 'json') return JSON.stringify(value);
  return kind === 'flag' ? (value ? '1' : '0') : String(value);
}

function decode(kind: Kind, text: string): unknown {
  if (kind === 'json') return JSON.parse(text);
  if (kind === 'number') return Number(text);
  return kind === 'flag' ? text === '1' : text;
}

/** As receive-checkouts.lua writes it: sealed facts are a text in it, clear ones an object. */
function encodeHeld({ facts, ...verdict }: HeldCheckout, id: string, vault: Vault): string {
  return JSON.stringify({ ...verdict, facts: vault.seals ? sealedFacts(vault, id, facts) : facts });
}

function decodeHeld(text: string, id: string, vault: Vault): HeldCheckout {
  const held = JSON.parse(text) as Omit<HeldCheckout, 'facts'> & { facts: CheckoutFacts | string };
  const { facts } = held;
  return { ...held, facts: typeof facts === 'string' ? JSON.parse(vault.open(placeOf(id, 'facts'), facts)) : facts };
}

/**
 * @param id - of the key that the hash lies under: what was sealed for another record does not open here.
 * @throws {SealedTextError} and whatever a spoilt field causes.
 */
export function decodeRecord(hash: Readonly<Record<string, string>>, id: string, vault: Vault): RecoveryRecord {
  const record: Record<string, unknown> = hash.facts ? JSON.parse(vault.open(placeOf(id, 'facts'), hash.facts)) : {};
  for (const [name, kind] of Object.entries(KINDS)) {
    const text = hash[name];
    if (text === undefined || text === '') continue;
    if (name === 'held') record[name] = decodeHeld(text, id, vault);
    else record[name] = decode(kind, IS_SEALED.has(name) ? vault.open(placeOf(id, name), text) : text);
  }
  return { ...EMPTY_RECORD, ...record };
}

export function decodeRecovery(hash: Readonly<Record<string, string>>, id: string, vault: Vault): Recovery {
  const timeline: TimelineEntry[] = [];
  const lines = Number(hash.tn ?? 0);
  for (let n = 1; n <= lines; n++) {
    const line = hash[`t${n}`];
    if (line === undefined) continue;
    const again = Number(hash[`t${n}x`] ?? 0);
    const repeated = again > 0 ? { times: again + 1, lastAt: Number(hash[`t${n}l`]) } : {};
    timeline.push({ ...(JSON.parse(line) as TimelineEntry), ...repeated });
  }
  const dropped = Number(hash.td ?? 0);
  const last = timeline.at(-1);
  if (dropped > 0 && last) timeline.push({ at: last.at, event: 'lines_dropped', detail: String(dropped) });
  return { record: decodeRecord(hash, id, vault), timeline };
}

/** Lines of the same kind in a row are counted instead of repeated. */
export function kindOf(entry: TimelineEntry): string {
  return [entry.event, entry.state ?? '', entry.reason ?? '', entry.rule ?? ''].join('|');
}
