/** Between a RecoveryRecord and the fields of its Redis hash. A missing or empty field reads as null. */
import {
  type CheckoutFacts,
  EMPTY_RECORD,
  type Recovery,
  type RecoveryRecord,
  type TimelineEntry,
} from '../domain/recovery.ts';

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
};

/** Kept together in the field `facts`, because every webhook says all of them anew. */
const FACTS: readonly (keyof CheckoutFacts)[] = [
  'shop',
  'checkoutToken',
  'cartToken',
  'checkoutId',
  'payload',
  'phone',
  'candidate',
  'cartValue',
  'priority',
];
const IN_FACTS: ReadonlySet<string> = new Set(FACTS);

/** Splits a change of a record into fields to set (name, value, name, value …) and names to drop. */
export function encodePatch(
  record: RecoveryRecord,
  patch: Partial<RecoveryRecord>,
): { readonly set: string[]; readonly drop: string[] } {
  const set: string[] = [];
  const drop: string[] = [];
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined || IN_FACTS.has(name)) continue;
    if (value === null) drop.push(name);
    else set.push(name, encode(KINDS[name as keyof RecoveryRecord], value));
  }
  if (Object.keys(patch).some((name) => IN_FACTS.has(name))) {
    const next = { ...record, ...patch };
    set.push('facts', JSON.stringify(Object.fromEntries(FACTS.map((name) => [name, next[name]]))));
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

export function decodeRecord(hash: Readonly<Record<string, string>>): RecoveryRecord {
  const record: Record<string, unknown> = hash.facts ? JSON.parse(hash.facts) : {};
  for (const [name, kind] of Object.entries(KINDS)) {
    const text = hash[name];
    if (text !== undefined && text !== '') record[name] = decode(kind, text);
  }
  return { ...EMPTY_RECORD, ...record };
}

export function decodeRecovery(hash: Readonly<Record<string, string>>): Recovery {
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
  return { record: decodeRecord(hash), timeline };
}

/** Lines of the same kind in a row are counted instead of repeated. */
export function kindOf(entry: TimelineEntry): string {
  return [entry.event, entry.state ?? '', entry.reason ?? ''].join('|');
}
