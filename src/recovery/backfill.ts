/**
 * The backfill: reads the shop's own list of what changed since the last good pass, and takes in what no webhook told. A webhook
 * may be late, lost, or never sent because the subscription is gone: a gap is an alarm.
 */
import type { BackfillMarks, BackfillSubject } from '../domain/backfill-marks.ts';
import type { Checkout } from '../domain/checkout.ts';
import { MINUTE, SECOND } from '../domain/duration.ts';
import type { Journal } from '../domain/journal.ts';
import type { Clock, RecoveryStore } from '../domain/ports.ts';
import { foundTokenOf, recoveryIdOf } from '../domain/recovery-id.ts';
import type { Answer, FoundCheckout, Page, ShopAdmin, ShopOrder } from '../domain/shop-admin.ts';
import type { ReceiveCheckout } from './receive-checkout.ts';
import type { RecordOrder } from './record-order.ts';
import type { StopById } from './stop-recovery.ts';

/** @param onPage - hears how far the pass has come. @returns null when another process is at it. */
export type Backfill = (onPage?: OnPage) => Promise<BackfillReport | null>;

/** Called after every page with what was read of the subject so far, earlier pages of this pass included. */
export type OnPage = (subject: BackfillSubject, sofar: { readonly seen: number; readonly missed: number }) => void;

export interface BackfillReport {
  readonly checkouts: PassReport;
  readonly orders: PassReport;
}

export interface PassReport {
  readonly seen: number;
  readonly missed: number;
  readonly unreadable: number;
  /** False: the shop would not answer; the next pass goes on from here. */
  readonly complete: boolean;
}

/** The shop's index lags behind its own changes. */
const OVERLAP_MS = 10 * MINUTE;
/** What changed just now has its webhook on the way. */
const GRACE_MS = 2 * MINUTE;
const LOCK_MS = 5 * MINUTE;
const MOST_TRIES_PER_PAGE = 5;
const LONGEST_PAUSE_MS = 30 * SECOND;

export function backfill(deps: {
  readonly admin: ShopAdmin;
  readonly marks: BackfillMarks;
  readonly store: RecoveryStore;
  readonly shop: string;
  /** How far back the first pass looks: as long as a checkout is fresh. Milliseconds. */
  readonly firstLookBackMs: number;
  readonly receiveCheckout: ReceiveCheckout;
  readonly recordOrder: RecordOrder;
  readonly stop: StopById;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Names this process. */
  readonly owner: string;
  /** Aborted when the process must end: the pass is broken off after the page it is at, and goes on from there. */
  readonly closing: AbortSignal;
  /** Waits; not longer than until the process must end. */
  readonly pause: (ms: number) => Promise<void>;
}): Backfill {
  const { admin, marks, store, shop, firstLookBackMs, receiveCheckout, recordOrder, stop } = deps;
  const { clock, journal, owner, closing, pause } = deps;

  let runs = 0;

  return async (onPage = () => {}) => {
    // Two runs of this very process must not read at once either: at its start there may be two reasons for one.
    const run = `${owner}.${++runs}`;
    if (!(await marks.lock(shop, run, LOCK_MS))) return null;
    const keepLock = () => marks.lock(shop, run, LOCK_MS);
    try {
      // Orders first: what they stop need not be taken in only to be stopped.
      const orders = await pass(
        'orders',
        (since, cursor) => admin.ordersSince(since, cursor),
        takeOrder,
        keepLock,
        onPage,
      );
      const checkouts = await pass(
        'checkouts',
        (since, cursor) => admin.checkoutsSince(since, cursor),
        takeCheckout,
        keepLock,
        onPage,
      );
      return { checkouts, orders };
    } finally {
      await marks.unlock(shop, run);
    }
  };

  async function pass<T>(
    subject: BackfillSubject,
    read: (since: number, cursor: string | null) => Promise<Answer<Page<T>>>,
    take: (item: T, now: number, since: number) => Promise<boolean>,
    keepLock: () => Promise<boolean>,
    onPage: OnPage,
  ): Promise<PassReport> {
    const begun = clock.now();
    const mark = await marks.load(shop, subject);
    const startedAt = mark.under?.startedAt ?? begun;
    const since = mark.under?.since ?? (mark.readUpTo ?? begun - firstLookBackMs) - OVERLAP_MS;
    const tally = { seen: 0, missed: 0, unreadable: 0 };
    let cursor = mark.under?.cursor ?? null;
    let complete = false;
    while (!complete && !closing.aborted) {
      const page = await readPatiently(subject, () => read(since, cursor));
      if (page === null) break;
      for (const item of page.items) if (await take(item, clock.now(), since)) tally.missed++;
      tally.seen += page.items.length;
      tally.unreadable += page.unreadable;
      onPage(subject, tally);
      cursor = page.nextCursor;
      complete = cursor === null;
      const under = cursor === null ? null : { since, startedAt, cursor };
      await marks.save(shop, subject, { readUpTo: complete ? startedAt : mark.readUpTo, under });
      // Taken away by whoever thought us dead: that one reads on from the mark.
      if (!(await keepLock())) break;
    }
    journal.backfilled({ what: subject, ...tally, tookMs: clock.now() - begun });
    // The first pass of an installation takes in what was there before it.
    const first = mark.readUpTo === null;
    if (tally.missed > 0 && !first) journal.alarm('backfill_gap', { what: subject, missed: tally.missed });
    if (tally.unreadable > 0) journal.alarm('backfill_unreadable', { what: subject, unreadable: tally.unreadable });
    return { ...tally, complete };
  }

  /** @returns null when the shop would not answer; then this pass is broken off and remembered. */
  async function readPatiently<T>(
    subject: BackfillSubject,
    read: () => Promise<Answer<Page<T>>>,
  ): Promise<Page<T> | null> {
    for (let tries = 1; !closing.aborted; tries++) {
      const answer = await read();
      if (answer.ok) return answer.value;
      const { fault } = answer;
      if (closing.aborted) return null;
      if (fault.kind !== 'unavailable' || tries >= MOST_TRIES_PER_PAGE) {
        journal.alarm('backfill_broken_off', { what: subject, kind: fault.kind });
        // A cursor that has expired is refused for ever: the pass begins anew next time.
        if (fault.kind === 'refused') {
          const { readUpTo } = await marks.load(shop, subject);
          await marks.save(shop, subject, { readUpTo, under: null });
        }
        return null;
      }
      await pause(Math.min(LONGEST_PAUSE_MS, fault.retryAfterMs ?? SECOND * 2 ** tries));
    }
    return null;
  }

  /** @returns whether no webhook had told of it. */
  async function takeCheckout({ checkout }: FoundCheckout, now: number): Promise<boolean> {
    const isSettled = (checkout.updatedAt ?? 0) <= now - GRACE_MS;
    const known = await recoveriesOf(checkout);
    if (known.length > 0) {
      let missed = false;
      for (const id of known) if (await addTo(id, checkout, isSettled)) missed = true;
      return missed;
    }
    if (!isSettled) return false;
    const token = nameOf(checkout);
    const updatedAt = checkout.updatedAt ?? checkout.createdAt;
    if (token === '' || updatedAt === null) return false;
    await receiveCheckout({ ...checkout, updatedAt, token });
    return true;
  }

  /**
   * A webhook says more of a checkout than the list does. What the list may add is that it was completed, and to one that still
   * lacks something, what the shopper gave away since.
   */
  async function addTo(id: string, checkout: Checkout, isSettled: boolean): Promise<boolean> {
    const record = (await store.load(id))?.record;
    if (!record) return false;
    const { completedAt, updatedAt } = checkout;
    if (completedAt !== null) {
      if (record.orderedAt !== null) return false;
      const order = { at: completedAt, name: null, total: null, currency: null, match: 'checkout' } as const;
      await stop(id, 'ordered', order);
      return true;
    }
    const isNewer = (updatedAt ?? 0) > (record.checkoutUpdatedAt ?? 0);
    if (record.state !== 'waiting' || !isNewer || !isSettled) return false;
    const { state } = await receiveCheckout({ ...checkout, token: record.checkoutToken });
    return state !== 'waiting';
  }

  /** The name under which it is, or would be, taken in; empty when nothing names it. */
  function nameOf({ token, id }: Checkout): string {
    return token || (id === null ? '' : foundTokenOf(id));
  }

  async function recoveriesOf(checkout: Checkout): Promise<string[]> {
    const { cartToken, id } = checkout;
    const ids = new Set<string>();
    const token = nameOf(checkout);
    const own = token === '' ? null : recoveryIdOf(shop, token);
    if (own !== null && (await store.load(own))) ids.add(own);
    if (id !== null) for (const found of await store.find(shop, { kind: 'checkout', value: id })) ids.add(found);
    if (cartToken !== null) {
      for (const found of await store.find(shop, { kind: 'cart', value: cartToken })) ids.add(found);
    }
    return [...ids];
  }

  /** One that was only changed since, such as shipped, was told of when it was placed, or lies before our time. */
  async function takeOrder(order: ShopOrder, now: number, since: number): Promise<boolean> {
    const { checkoutToken, createdAt } = order;
    const before = checkoutToken === null ? null : (await store.load(recoveryIdOf(shop, checkoutToken)))?.record;
    const isRecent = (createdAt ?? 0) >= since && (createdAt ?? 0) <= now - GRACE_MS;
    const isNews = before !== null && before?.orderedAt == null && isRecent;
    await recordOrder(order);
    return isNews;
  }
}
