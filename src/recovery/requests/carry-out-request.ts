/**
 * Carrying out a request of Shopify's: recovery by recovery, and then what lies beside them. Every step may be done again, and what is
 * done is written down after each batch, so that a crash costs one batch.
 */
import type { AccessLog } from '../../domain/access-log.ts';
import type { Journal } from '../../domain/journal.ts';
import { traceOfName, tracesIn, tracesOfNamed } from '../../domain/named-person.ts';
import type { ParkedStore } from '../../domain/parked.ts';
import type { People } from '../../domain/people.ts';
import { personOf } from '../../domain/person.ts';
import type { Clock, RecoveryStore } from '../../domain/ports.ts';
import type { RecoveryRecord, RecoveryState } from '../../domain/recovery.ts';
import type { DataRequests, ShopRequest, ShopRequests } from '../../domain/shop-request.ts';
import { RecordContendedError, StoreUnavailableError } from '../../errors.ts';
import type { StopById } from '../stop-recovery.ts';
import { inParts } from './in-parts.ts';
import type { Digest, Erase, FindParked } from './parts.ts';
import { isUnderWay } from './under-way.ts';

/** @returns `more`: call it again; in between others have their turn, and the process may end. */
export type CarryOutRequest = (id: string) => Promise<'done' | 'more'>;

/** Recoveries per batch, and batches per turn: a turn takes some seconds. */
const BATCH = 100;
const BATCHES_PER_TURN = 10;

/**
 * The lists that are walked, in order. Dials that are under way when the shop is let go may still come back to `scheduled`, and rings
 * may still become dials, for as long as one request lasts: so those who may be called are looked for twice. What is skipped stays so:
 * no webhook is taken in that could open it again.
 */
const UNDER_WAY = ['dialing', 'unknown', 'called', 'waiting', 'scheduled'] as const;
const WALKS: Readonly<Record<'shop_redact' | 'uninstalled', readonly (RecoveryState | null)[]>> = {
  shop_redact: [null],
  uninstalled: [...UNDER_WAY, ...UNDER_WAY],
};

export function carryOutRequest(deps: {
  readonly shop: string;
  readonly store: RecoveryStore;
  readonly people: People;
  readonly parked: ParkedStore;
  readonly requests: ShopRequests;
  readonly dataRequests: DataRequests;
  readonly accessLog: AccessLog;
  readonly findParked: FindParked;
  readonly stopById: StopById;
  readonly erase: Erase;
  /** Something was erased that may still lie where the store keeps its past. */
  readonly onForgotten: () => Promise<void>;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly digest: Digest;
}): CarryOutRequest {
  const { shop, store, people, parked, requests, dataRequests, accessLog, findParked } = deps;
  const { stopById, erase, onForgotten, clock, journal, digest } = deps;

  return async (id) => {
    for (let batches = 0; batches < BATCHES_PER_TURN; batches++) {
      const request = await requests.load(shop, id);
      if (!request) return 'done';
      if (await seeToBatch(request)) continue;
      await finish(request);
      return 'done';
    }
    return 'more';
  };

  /** @returns false when no recovery is left. */
  async function seeToBatch(request: ShopRequest): Promise<boolean> {
    const { id, kind, seen } = request;
    if (kind === 'customer_redact') {
      const ids = await requests.recoveriesOf(shop, id, BATCH);
      if (ids.length === 0) return false;
      const traces = await inParts(ids, (one) => redact(one, 'redacted'));
      await requests.sawTo(shop, id, ids, traces.flat());
      return true;
    }
    const place = placeIn(request);
    const walk = WALKS[kind];
    const state = walk[place.list];
    if (state === undefined) return false;
    const { ids, nextCursor } = await store.ids(shop, { state, limit: BATCH, cursor: place.cursor });
    await inParts<string, unknown>(ids, (one) =>
      kind === 'shop_redact' ? redact(one, 'shop_redacted') : stopIfUnderWay(one),
    );
    const next = nextCursor === null ? { list: place.list + 1, cursor: null } : { ...place, cursor: nextCursor };
    await requests.reached(shop, id, JSON.stringify(next), seen + ids.length);
    return true;
  }

  async function finish(request: ShopRequest): Promise<void> {
    const { id, kind, receivedAt } = request;
    const parkedRemoved = await forgetBeside(request);
    // As it is now: the batches of this turn were counted on the list, not here.
    const recoveries = (await requests.load(shop, id))?.seen ?? request.seen;
    if (kind !== 'uninstalled') await onForgotten();
    const at = clock.now();
    const detail = `recoveries: ${recoveries}, parked: ${parkedRemoved}`;
    await accessLog.append({ at, who: 'service', what: kind, outcome: 'done', about: id, detail });
    await requests.close(shop, id);
    journal.request({ requestId: id, kind, recoveries, parked: parkedRemoved, tookMs: at - receivedAt });
  }

  /** @returns how many bodies that nobody could read were removed. */
  async function forgetBeside({ id, kind }: ShopRequest): Promise<number> {
    switch (kind) {
      case 'uninstalled':
        return 0;
      case 'customer_redact':
        return forgetTraces(await requests.tracesOf(shop, id));
      case 'shop_redact': {
        const count = await parked.count(shop);
        await parked.removeAll(shop);
        await people.forgetAll(shop);
        await store.unlinkAll(shop);
        for (const asked of await dataRequests.list(shop, clock.now())) await dataRequests.remove(shop, asked.id);
        return count;
      }
    }
  }

  async function forgetTraces(traces: ReadonlySet<string>): Promise<number> {
    let removed = 0;
    for await (const delivery of findParked(traces)) {
      await parked.remove(shop, delivery.id);
      removed++;
    }
    // Nothing is left to be told, and to whom goes with it.
    for (const asked of await dataRequests.list(shop, clock.now())) {
      if (asked.traces.some((trace) => traces.has(trace))) await dataRequests.remove(shop, asked.id);
    }
    return removed;
  }

  /** @returns digests of what else the person can be recognised by. */
  async function redact(id: string, reason: 'redacted' | 'shop_redacted'): Promise<string[]> {
    try {
      const record = (await store.load(id))?.record;
      if (!record) return [];
      const contacts = personOf(record);
      await people.forget(shop, contacts);
      // Of one that was never to be called only the digests are there.
      await people.forgetDigests(shop, record.contacts);
      await stopById(id, 'redacted');
      await erase(id, reason);
      const lookups = contacts.map((value) => ({ kind: 'contact', value }) as const);
      await store.unlink(shop, [id], lookups);
      return tracesOf(record).map(digest);
    } catch (error) {
      if (isForLater(error)) throw error;
      // Nobody can say what is in it; so it cannot be emptied, only taken away.
      journal.alarm('record_unreadable', { recoveryId: id });
      await store.drop(shop, id);
      return [];
    }
  }

  async function stopIfUnderWay(id: string): Promise<void> {
    try {
      const record = (await store.load(id))?.record;
      if (record && isUnderWay(record)) await stopById(id, 'uninstalled');
    } catch (error) {
      if (isForLater(error)) throw error;
      // It cannot be dialled either.
      journal.alarm('record_unreadable', { recoveryId: id });
    }
  }
}

function isForLater(error: unknown): boolean {
  return error instanceof StoreUnavailableError || error instanceof RecordContendedError;
}

/** The person's other contact may stand in a body that nobody could read; or it is about this checkout or call, and names nobody. */
function tracesOf(record: RecoveryRecord): string[] {
  const { id, checkoutToken, cartToken, checkoutId, callId, phone, payload } = record;
  const names = [id, checkoutToken, cartToken, callId].filter((name) => name !== null);
  const person = { customerId: null, email: payload?.customer.email ?? null, phone, orderIds: [] };
  return [...names.map(traceOfName), ...tracesOfNamed(person), ...(checkoutId === null ? [] : tracesIn(checkoutId))];
}

function placeIn({ place }: ShopRequest): { readonly list: number; readonly cursor: string | null } {
  return place === null ? { list: 0, cursor: null } : JSON.parse(place);
}
