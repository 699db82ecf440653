/** What a stop leaves on the record: a cancellation, an errand to abort, facts of an order, and a discount taken back. */
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../../src/domain/duration.ts';
import {
  type CancelReason,
  OPEN_STATES,
  RECOVERY_STATES,
  type RecoveryRecord,
} from '../../../../src/domain/recovery.ts';
import type { OrderFacts, RecoveryEvent } from '../../../../src/domain/transition/event.ts';
import { LIVE_STATES } from '../../../../src/domain/transition/stop.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from '../../../support/a-record.ts';
import { anErrand } from '../../../support/an-errand.ts';
import { aCalledRecord, aDialledRecord, moved } from '../../../support/moved.ts';

const NOW = ELEVEN_IN_BENGALURU;
const anOrder = (changes: Partial<OrderFacts> = {}): OrderFacts => ({
  at: NOW,
  name: '#1001',
  total: '1955.00',
  currency: 'INR',
  match: 'checkout',
  ...changes,
});
const ordered = (changes: Partial<OrderFacts> = {}): RecoveryEvent => ({
  kind: 'stop',
  reason: 'ordered',
  order: anOrder(changes),
});
const stopped = (reason: CancelReason): RecoveryEvent => ({
  kind: 'stop',
  reason,
  order: null,
});
const abortNow = { abort: anErrand({ dueAt: NOW }) };

describe.each(RECOVERY_STATES.filter((state) => OPEN_STATES.has(state)))('a stop of a recovery that is %s', (state) => {
  it('cancels it, and nothing is left to be done', () => {
    const { next, entry } = moved(aRecord({ state, reason: 'before' }), ordered());
    expect(next).toMatchObject({ state: 'cancelled', reason: 'ordered', dueAt: null, stopReason: null });
    expect(next.errands).toEqual({});
    // The record has room for one reason; that of the skip is told here.
    const detail = state === 'skipped' ? '#1001, was skipped: before' : '#1001';
    expect(entry).toEqual({ at: NOW, event: 'ordered', state: 'cancelled', reason: 'ordered', detail });
  });

  it('because somebody said no says who did', () => {
    expect(moved(aRecord({ state }), { kind: 'stop', reason: 'opted_out', order: null, by: 'import' }).entry).toEqual({
      ...{ at: NOW, event: 'opted_out', state: 'cancelled', reason: 'opted_out', detail: 'by import' },
    });
  });

  it('by an operator is told as one', () => {
    expect(moved(aRecord({ state }), stopped('operator')).entry).toEqual({
      at: NOW,
      event: 'operator_cancelled',
      state: 'cancelled',
      reason: 'operator',
    });
  });
});

describe.each([...LIVE_STATES])('a stop of a recovery that is %s', (state) => {
  const record = aCalledRecord({ state, reason: 'before' });

  it.each([
    ['an order', ordered(), 'ordered', 'ordered'],
    ['an operator', stopped('operator'), 'operator', 'operator_cancelled'],
    ['a deletion', stopped('checkout_deleted'), 'checkout_deleted', 'checkout_deleted'],
    ['an opt-out', stopped('opted_out'), 'opted_out', 'opted_out'],
    ['a redaction', stopped('redacted'), 'redacted', 'redacted'],
    ['an uninstall', stopped('uninstalled'), 'uninstalled', 'uninstalled'],
  ])('by %s keeps its state and has its call aborted, at once', (_what, event, stopReason, told) => {
    const { next, entry } = moved(record, event);
    expect(next).toMatchObject({ state, reason: 'before', stopReason, errands: abortNow });
    expect(entry).toMatchObject({ at: NOW, event: told });
    expect(entry).not.toHaveProperty('state');
  });

  it('that was stopped before adds what the order says, and aborts nothing twice', () => {
    const aborted = { abort: anErrand({ state: 'done', note: 'aborted' }) };
    const { next } = moved({ ...record, stopReason: 'operator', errands: aborted }, ordered());
    expect(next).toMatchObject({ stopReason: 'operator', orderName: '#1001', errands: aborted });
  });

  it('that was stopped before and brings no order is no news', () => {
    expect(moved({ ...record, stopReason: 'ordered' }, stopped('operator'))).toMatchObject({
      patch: null,
      entry: null,
    });
  });
});

describe.each(['ended', 'cancelled', 'rejected'] as const)('a stop of a recovery that is %s', (state) => {
  it('only adds what the order says', () => {
    const record = aCalledRecord({ state, reason: 'before' });
    const { next } = moved(record, ordered());
    const { orderedAt, orderName, orderTotal, orderCurrency, orderMatch, attributed, ...rest } = next;
    expect({ orderedAt, orderName, orderTotal, orderCurrency, orderMatch, attributed }).toEqual({
      orderedAt: NOW,
      orderName: '#1001',
      orderTotal: '1955.00',
      orderCurrency: 'INR',
      orderMatch: 'checkout',
      attributed: true,
    });
    expect(record).toMatchObject(rest);
  });

  it('without an order is no news', () => {
    expect(moved(aCalledRecord({ state }), stopped('checkout_deleted')).patch).toBeNull();
  });
});

describe('an order', () => {
  it('can be found by its name, where it has one', () => {
    expect(moved(aRecord(), ordered()).lookups).toEqual([{ kind: 'order', value: '#1001' }]);
    expect(moved(aCalledRecord(), ordered()).lookups).toEqual([{ kind: 'order', value: '#1001' }]);
    expect(moved(aRecord(), ordered({ name: null })).lookups).toEqual([]);
    expect(moved(aRecord(), stopped('operator')).lookups).toEqual([]);
  });

  const none = { total: null, currency: null } as const;
  const first = (changes: Partial<OrderFacts>): RecoveryRecord => moved(aCalledRecord(), ordered(changes)).next;

  it.each<{ what: string; first: Partial<OrderFacts>; news: Partial<OrderFacts>; kept: object }>([
    {
      what: 'of this checkout beats one of the same person',
      first: { match: 'person', name: '#1001', at: NOW - 5 },
      news: { name: '#1002', total: '20.00' },
      kept: { orderMatch: 'checkout', orderName: '#1002', orderTotal: '20.00', orderedAt: NOW },
    },
    {
      what: 'of this checkout without a name forgets the name of another one',
      first: { match: 'person', name: '#1001' },
      news: { name: null, ...none },
      kept: { orderMatch: 'checkout', orderName: null, orderTotal: null, orderCurrency: null },
    },
    {
      what: 'of the same person does not beat one of this checkout',
      first: { name: '#1001' },
      news: { match: 'person', name: '#1002', total: '20.00', at: NOW + 5 },
      kept: { orderMatch: 'checkout', orderName: '#1001', orderTotal: '1955.00', orderedAt: NOW },
    },
    {
      what: 'of the same person does not beat another one of theirs',
      first: { match: 'person', name: '#1001' },
      news: { match: 'person', name: '#1002', total: '20.00', at: NOW + 5 },
      kept: { orderMatch: 'person', orderName: '#1001', orderTotal: '1955.00', orderedAt: NOW },
    },
    {
      what: 'says more than a checkout that was only completed',
      first: { name: null, ...none, at: NOW - 5 },
      news: {},
      kept: { orderName: '#1001', orderTotal: '1955.00', orderCurrency: 'INR', orderedAt: NOW },
    },
    {
      what: 'keeps its name when a checkout says afterwards that it was completed',
      first: {},
      news: { name: null, ...none, at: NOW + 5 },
      kept: { orderName: '#1001', orderTotal: '1955.00', orderedAt: NOW },
    },
    {
      what: 'may say its name alone',
      first: { name: null, ...none },
      news: { name: '#1001', ...none, at: NOW + 5 },
      kept: { orderName: '#1001', orderTotal: null, orderedAt: NOW },
    },
    {
      what: 'does not lend its name to one of another kind',
      first: { name: null, ...none },
      news: { match: 'person', name: '#1002', ...none },
      kept: { orderMatch: 'checkout', orderName: null },
    },
    {
      what: 'of the same person does not lend its amount to a checkout that was only completed',
      first: { name: null, ...none },
      news: { match: 'person', name: '#1002', total: '20.00' },
      kept: { orderMatch: 'checkout', orderName: null, orderTotal: null },
    },
    {
      what: 'of another amount that comes later changes nothing',
      first: {},
      news: { name: '#1002', total: '20.00', at: NOW + 5 },
      kept: { orderName: '#1001', orderTotal: '1955.00', orderedAt: NOW },
    },
  ])('$what', ({ first: before, news, kept }) => {
    expect(moved(first(before), ordered(news)).next).toMatchObject(kept);
  });
});

describe('an order is attributed', () => {
  const window = { attributionMs: 7 * DAY };
  const drawn = { arm: 'call', armAt: NOW - DAY } as const;

  it.each([
    ['at the instant the arm was drawn', NOW - DAY, true],
    ['before it', NOW - DAY - 1, false],
    ['at the last instant of the window', NOW + 6 * DAY, true],
    ['after it', NOW + 6 * DAY + 1, false],
  ])('%s', (_what, at, attributed) => {
    for (const state of ['called', 'ended', 'skipped'] as const) {
      expect(moved(aRecord({ state, ...drawn }), ordered({ at }), window).next.attributed).toBe(attributed);
    }
  });

  it('to a holdout as to a call', () => {
    const heldOut = aRecord({ state: 'skipped', reason: 'holdout', arm: 'holdout', armAt: NOW - HOUR });
    expect(moved(heldOut, ordered(), window).next).toMatchObject({ attributed: true, arm: 'holdout' });
  });

  it('by the same person as by this checkout', () => {
    expect(moved(aRecord({ state: 'ended', ...drawn }), ordered({ match: 'person' }), window).next.attributed).toBe(
      true,
    );
  });

  it('from the draw on, also when the call came much later', () => {
    const late = aCalledRecord({ ...drawn, calledAt: NOW - HOUR });
    expect(moved(late, ordered({ at: NOW - 2 * HOUR }), window).next.attributed).toBe(true);
  });

  it('from the call on, where no arm was ever drawn', () => {
    const old = aCalledRecord({ arm: null, armAt: null, calledAt: NOW - HOUR });
    expect(moved(old, ordered({ at: NOW - HOUR }), window).next.attributed).toBe(true);
    expect(moved(old, ordered({ at: NOW - HOUR - 1 }), window).next.attributed).toBe(false);
  });

  it('to nobody who was neither called nor held out', () => {
    expect(moved(aRecord(), ordered(), window).next.attributed).toBe(false);
  });

  it('anew when a better one is known', () => {
    const byPerson = moved(aRecord({ state: 'ended', ...drawn }), ordered({ match: 'person' }), window).next;
    expect(moved(byPerson, ordered({ at: NOW - 2 * DAY }), window).next.attributed).toBe(false);
  });
});

describe('a discount', () => {
  const minted = {
    code: 'RBTESTCODE',
    state: 'minted',
    shopId: 'gid://shopify/DiscountCodeNode/7',
    endsAt: NOW + DAY,
  } as const;
  const discountOf = (state: 'fixed' | 'minting' | 'minted' | 'deleted') => ({ ...minted, state });

  it.each(['minting', 'minted'] as const)('that is %s is taken back at once when its call is never made', (state) => {
    const { next } = moved(aRecord({ discount: discountOf(state) }), ordered());
    expect(next.errands).toEqual({ discount_delete: anErrand({ kind: 'discount_delete', dueAt: NOW }) });
  });

  it('that was to be taken back later is taken back now', () => {
    const errands = { discount_delete: anErrand({ kind: 'discount_delete', dueAt: NOW + HOUR }) };
    const { next } = moved(aRecord({ state: 'skipped', discount: discountOf('minted'), errands }), ordered());
    expect(next.errands.discount_delete?.dueAt).toBe(NOW);
  });

  it('that was left because it was still to be offered is taken back after all', () => {
    const errands = { discount_delete: anErrand({ kind: 'discount_delete', state: 'done', note: 'still_offered' }) };
    const { next } = moved(aRecord({ discount: discountOf('minted'), errands }), ordered());
    expect(next.errands.discount_delete).toMatchObject({ state: 'open', dueAt: NOW });
  });

  it.each(['fixed', 'deleted'] as const)('that is %s is left alone', (state) => {
    expect(moved(aRecord({ discount: discountOf(state) }), ordered()).next.errands).toEqual({});
  });

  it.each([...LIVE_STATES])('that the shopper may hear of is left alone while the call is %s', (state) => {
    const { next } = moved(aDialledRecord({ state, discount: discountOf('minted') }), ordered());
    expect(next.errands).toEqual(abortNow);
  });
});
