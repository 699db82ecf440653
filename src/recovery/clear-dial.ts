/**
 * The last questions before a dial that every gate let through, in this order: is there a better recovery of the same checkout, what
 * does the shop itself say, may a discount be offered; and last the claims, which no two recoveries can both have.
 */
import type { Whereabouts } from '../domain/calling-rules/whereabouts.ts';
import type { DiscountPolicy } from '../domain/discount.ts';
import { MINUTE } from '../domain/duration.ts';
import { seenOfCap } from '../domain/gates/person-gates.ts';
import type { Journal } from '../domain/journal.ts';
import type { People } from '../domain/people.ts';
import { personOf } from '../domain/person.ts';
import type { CallCap, CallCaps, PersonHistories } from '../domain/person-history.ts';
import type { RecoveryStore } from '../domain/ports.ts';
import type { RecoveryRecord } from '../domain/recovery.ts';
import { isFoundToken } from '../domain/recovery-id.ts';
import { LAST_LOOK_RULE, ONE_CALL_RULE } from '../domain/rules-beside-gates.ts';
import type { LastLook, ShopAdmin } from '../domain/shop-admin.ts';
import type { ShopCalls } from '../domain/shop-calls.ts';
import type { OrderFacts, RingConsequence } from '../domain/transition/event.ts';
import type { DoNotCall } from './suppress.ts';

export type Clearance =
  | RingConsequence
  | {
      readonly kind: 'stop';
      readonly reason: 'ordered' | 'superseded' | 'opted_out';
      readonly order: OrderFacts | null;
      readonly rule?: string;
      readonly seen?: string | null;
    };

/** One per ring: what was asked once is not asked again while the record is decided anew. */
export type NewClearance = () => {
  /** @param heldOut - the lot has fallen on the holdout. */
  ask(record: RecoveryRecord, now: number, heldOut: boolean): Promise<Clearance>;
  /** It was cleared and then not dialled after all: what was claimed for it is given back. */
  abandon(record: RecoveryRecord): Promise<void>;
};

/** What to do when the shop does not answer. */
export interface LastLookRules {
  readonly onSilence: 'call' | 'wait';
  /** Milliseconds. */
  readonly timeoutMs: number;
}

/** What in the customer's account means that they must not be called. */
export interface OptOutRules {
  /** The SMS consent of the account stands for consent to a call: taken back there, it is taken back here. */
  readonly bySmsConsent: boolean;
  /** Tags, lower case: whoever has one goes on the do-not-call list. */
  readonly tags: ReadonlySet<string>;
}

const LOOK_AGAIN_MS = MINUTE;
const CAPPED_AGAIN_MS = 15 * MINUTE;
const DUPLICATE = { kind: 'skip', reason: 'duplicate_checkout', rule: ONE_CALL_RULE } as const;

export function clearDial(deps: {
  readonly store: RecoveryStore;
  readonly people: People;
  readonly histories: PersonHistories;
  readonly doNotCall: DoNotCall;
  /** null: there is no Admin token. */
  readonly admin: ShopAdmin | null;
  /** null: the shop is not asked. */
  readonly lastLook: LastLookRules | null;
  readonly capsFor: (whereabouts: Whereabouts) => CallCaps;
  /** Which rule set a cap there. */
  readonly ruleOfCap: (whereabouts: Whereabouts, cap: CallCap) => string;
  readonly shopCalls: ShopCalls;
  readonly discount: DiscountPolicy;
  readonly optOut: OptOutRules;
  /** A code nobody can guess. */
  readonly newCode: () => string;
  readonly journal: Journal;
}): NewClearance {
  const {
    store,
    people,
    histories,
    doNotCall,
    admin,
    lastLook,
    capsFor,
    ruleOfCap,
    shopCalls,
    discount,
    optOut,
    newCode,
    journal,
  } = deps;

  return () => {
    let looked: Clearance | null | undefined;
    /** Whose call was claimed, and for the attempt after how many. */
    let claimed: { readonly person: readonly string[]; readonly attempts: number } | null = null;
    return {
      async ask(record, now, heldOut) {
        const successor = await supersededBy(record);
        if (successor) return successor;
        looked = looked === undefined ? await askShop(record, now) : looked;
        if (looked) return looked;
        // Drawn when all else is positive, so that both groups are alike.
        // One checkout counts once in either group.
        if (heldOut) return (await ownsCheckout(record)) ? { kind: 'hold_out' } : DUPLICATE;
        const discounted = await prepareDiscount(record, now);
        if (discounted) return discounted;
        if (!(await ownsCheckout(record))) return DUPLICATE;
        const person = personOf(record);
        const whereabouts = record.candidate?.whereabouts ?? [];
        const call = await histories.claimCall(person, record.id, now, capsFor(whereabouts));
        if (!call.ok) {
          const rule = ruleOfCap(whereabouts, call.cap);
          return { kind: 'skip', reason: 'frequency_cap', rule, seen: seenOfCap(call) };
        }
        claimed = { person, attempts: record.attempts };
        const until = await shopCalls.claim(record.shop, record.id, now);
        if (until === null) return { kind: 'dial' };
        journal.alarm('shop_cap_reached', { shop: record.shop });
        // The cap may be raised, or the kill switch thrown, before there is room.
        return { kind: 'hold', reason: 'shop_cap', until: Math.min(until, now + CAPPED_AGAIN_MS) };
      },
      async abandon(record) {
        // Somebody else has dialled it on the same claim, or a dial before this may have been placed: then it stays.
        if (claimed === null || record.attempts !== claimed.attempts || record.redialled) return;
        await histories.releaseCall(claimed.person, record.id);
        await shopCalls.release(record.shop, record.id);
      },
    };
  };

  /** A checkout that a backfill found has no token; when its webhook comes after all, that one has the newer activity. */
  async function supersededBy(record: RecoveryRecord): Promise<Clearance | null> {
    const { shop, id, checkoutId, checkoutToken, attempts } = record;
    // One that was dialled has claimed the checkout for good: giving way now would leave nobody to call.
    if (checkoutId === null || !isFoundToken(checkoutToken) || attempts > 0) return null;
    const ids = await store.find(shop, { kind: 'checkout', value: checkoutId });
    if (!ids.some((other) => other !== id)) return null;
    // The other one was told that this one has the checkout: giving way now would leave nobody to call, either.
    if ((await store.ownerOf(shop, `checkout:${checkoutId}`)) === id) return null;
    return { kind: 'stop', reason: 'superseded', order: null, rule: ONE_CALL_RULE };
  }

  /** Two recoveries of one checkout may ring in the same moment: one of them is dialled. */
  async function ownsCheckout({ shop, id, checkoutId }: RecoveryRecord): Promise<boolean> {
    return checkoutId === null || store.claim(shop, `checkout:${checkoutId}`, id);
  }

  async function askShop(record: RecoveryRecord, now: number): Promise<Clearance | null> {
    if (!admin || !lastLook) return null;
    const { checkoutId, checkoutToken } = record;
    const answer = await admin.lastLook({ checkoutId, checkoutToken }, lastLook.timeoutMs);
    if (answer.ok) return (await heedCustomer(record, answer.value, now)) ?? verdictOn(answer.value, now);
    journal.alarm('shop_silent', { recoveryId: record.id, kind: answer.fault.kind });
    return lastLook.onSilence === 'wait' ? { kind: 'wait_for_shop', until: now + LOOK_AGAIN_MS } : null;
  }

  async function heedCustomer(record: RecoveryRecord, { customer }: LastLook, now: number): Promise<Clearance | null> {
    const person = personOf(record);
    if (customer?.tags.some((tag) => optOut.tags.has(tag.trim().toLowerCase()))) {
      await doNotCall.suppress(person, 'shopify', 'customer_tag');
      return { kind: 'stop', reason: 'opted_out', order: null, rule: LAST_LOOK_RULE, seen: 'a tag of the account' };
    }
    if (customer?.smsConsent !== 'withdrawn' || !optOut.bySmsConsent) return null;
    await histories.noteConsentWithdrawn(record.shop, person, now);
    const seen = 'consent taken back in the account';
    return { kind: 'stop', reason: 'opted_out', order: null, rule: LAST_LOOK_RULE, seen };
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
    // An order that is not known to be of this checkout may be another one of the same customer.
    const match = look.completedAt === null ? 'person' : 'checkout';
    const order = { at, name: null, total: null, currency: null, match } as const;
    return { kind: 'stop', reason: 'ordered', order, rule: LAST_LOOK_RULE };
  }
  return look.inStock === false ? { kind: 'skip', reason: 'out_of_stock', rule: LAST_LOOK_RULE } : null;
}
