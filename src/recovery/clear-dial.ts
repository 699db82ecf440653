/**
 * The last questions before a dial, in this order: is it this recovery's to make, has the person bought by another way, what does
 * the shop itself say, which arm is it, and may a discount be offered. The record alone said yes already.
 */
import type { DiscountPolicy } from '../domain/discount.ts';
import { MINUTE } from '../domain/duration.ts';
import { isHeldOut } from '../domain/holdout.ts';
import { personOf } from '../domain/person.ts';
import type { Journal, People, RecoveryStore } from '../domain/ports.ts';
import type { RecoveryRecord } from '../domain/recovery.ts';
import { isFoundToken } from '../domain/recovery-id.ts';
import type { LastLook, ShopAdmin } from '../domain/shop-admin.ts';
import type { OrderFacts, RingConsequence } from '../domain/transition/event.ts';
import { NAMELESS } from './record-order.ts';

export type Clearance =
  | RingConsequence
  | { readonly kind: 'stop'; readonly reason: 'ordered' | 'superseded'; readonly order: OrderFacts | null };

/** One per ring: what was asked once is not asked again while the record is decided anew. */
export type NewClearance = () => (record: RecoveryRecord, now: number) => Promise<Clearance>;

/** What to do when the shop does not answer. */
export interface LastLookRules {
  readonly onSilence: 'call' | 'wait';
  /** Milliseconds. */
  readonly timeoutMs: number;
}

const LOOK_AGAIN_MS = MINUTE;

export function clearDial(deps: {
  readonly store: RecoveryStore;
  readonly people: People;
  /** null: there is no Admin token. */
  readonly admin: ShopAdmin | null;
  /** null: the shop is not asked. */
  readonly lastLook: LastLookRules | null;
  /** Percent of the people who are held out, 0 to 50. */
  readonly holdoutPercent: number;
  readonly discount: DiscountPolicy;
  /** A code nobody can guess. */
  readonly newCode: () => string;
  readonly journal: Journal;
}): NewClearance {
  const { store, people, admin, lastLook, holdoutPercent, discount, newCode, journal } = deps;

  return () => {
    let looked: Clearance | null | undefined;
    return async (record, now) => {
      const successor = await supersededBy(record);
      if (successor) return successor;
      const bought = await boughtByAnotherWay(record);
      if (bought) return bought;
      looked = looked === undefined ? await askShop(record, now) : looked;
      if (looked) return looked;
      const [contact] = personOf(record);
      const drawn = record.arm === null && contact && isHeldOut(contact, record.shop, holdoutPercent);
      // One checkout counts once in either group.
      if (drawn) return (await claimed(record)) ?? { kind: 'hold_out' };
      return (await prepareDiscount(record, now)) ?? (await claimed(record)) ?? { kind: 'dial' };
    };
  };

  /** A checkout that a backfill found has no token; when its webhook comes after all, that one has the newer activity. */
  async function supersededBy(record: RecoveryRecord): Promise<Clearance | null> {
    const { shop, id, checkoutId, checkoutToken, attempts } = record;
    // One that was dialled has claimed the checkout for good: giving way now would leave nobody to call.
    if (checkoutId === null || !isFoundToken(checkoutToken) || attempts > 0) return null;
    const ids = await store.find(shop, { kind: 'checkout', value: checkoutId });
    return ids.some((other) => other !== id) ? { kind: 'stop', reason: 'superseded', order: null } : null;
  }

  /** Two recoveries of one checkout may ring in the same moment: one of them is dialled. */
  async function claimed({ shop, id, checkoutId }: RecoveryRecord): Promise<Clearance | null> {
    if (checkoutId === null || (await store.claim(shop, `checkout:${checkoutId}`, id))) return null;
    return { kind: 'skip', reason: 'duplicate_checkout' };
  }

  async function boughtByAnotherWay(record: RecoveryRecord): Promise<Clearance | null> {
    const since = record.lastActivityAt ?? record.createdAt;
    const order = await people.latest(record.shop, personOf(record), 'order', since);
    if (!order) return null;
    const name = order.name === NAMELESS ? null : order.name;
    const facts = { at: order.at, name, total: null, currency: null, match: 'person' } as const;
    return { kind: 'stop', reason: 'ordered', order: facts };
  }

  async function askShop(record: RecoveryRecord, now: number): Promise<Clearance | null> {
    if (!admin || !lastLook) return null;
    const { checkoutId, checkoutToken } = record;
    const answer = await admin.lastLook({ checkoutId, checkoutToken }, lastLook.timeoutMs);
    if (answer.ok) return verdictOn(answer.value, now);
    const { fault } = answer;
    journal.alarm('shop_silent', { recoveryId: record.id, kind: fault.kind });
    return lastLook.onSilence === 'wait' ? { kind: 'wait_for_shop', until: now + LOOK_AGAIN_MS } : null;
  }

  async function prepareDiscount(record: RecoveryRecord, now: number): Promise<Clearance | null> {
    const known = record.discount;
    if (discount.kind === 'fixed' && known === null) {
      const { code } = discount;
      return { kind: 'prepare_discount', discount: { code, state: 'fixed', shopId: null, endsAt: null } };
    }
    if (discount.kind !== 'mint' || admin === null) return null;
    if (known === null || known.state === 'deleted') {
      const { validMs, notAgainMs } = discount;
      if (await people.latest(record.shop, personOf(record), 'discount', now - notAgainMs)) return null;
      // On record before it exists: whatever happens, the code is known and can be taken back.
      const code = newCode();
      return { kind: 'prepare_discount', discount: { code, state: 'minting', shopId: null, endsAt: now + validMs } };
    }
    if (known.state !== 'minting' || known.endsAt === null) return null;
    const { code, endsAt } = known;
    const { value } = discount.terms;
    const created = await admin.createDiscount({ code, title: `Ringback ${record.id}`, value, startsAt: now, endsAt });
    if (!created.ok) {
      // The call is worth more than the discount: it is placed without one.
      journal.alarm('discount_not_minted', { recoveryId: record.id, kind: created.fault.kind });
      return null;
    }
    await people.note(record.shop, personOf(record), 'discount', record.id, now);
    return { kind: 'prepare_discount', discount: { ...known, state: 'minted', shopId: created.value.id } };
  }
}

function verdictOn(look: LastLook, now: number): Clearance | null {
  if (look.completedAt !== null || look.ordered) {
    const at = look.completedAt ?? now;
    return {
      kind: 'stop',
      reason: 'ordered',
      order: {
        at,
        name: null,
        total: null,
        currency: null,
        // An order that is not known to be of this checkout may be another one of the same customer.
        match: look.completedAt === null ? 'person' : 'checkout',
      },
    };
  }
  return look.inStock === false ? { kind: 'skip', reason: 'out_of_stock' } : null;
}
