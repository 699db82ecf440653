/** The stand-in of the shop: its shoppers' sessions have the shapes, traps and numbers they are meant to have. */
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { decimal, GREAT_CART, SMALL_CART, totalsOf } from '../../../stand-ins/shop/cart.ts';
import { CONSENT } from '../../../stand-ins/shop/checkout-body.ts';
import { idsOf, newToken } from '../../../stand-ins/shop/ids.ts';
import { CORVIN_PREMIUM, PEOPLE } from '../../../stand-ins/shop/people.ts';
import { createSession, SESSION_KINDS, type SessionKind } from '../../../stand-ins/shop/sessions.ts';
import { wireTime } from '../../../stand-ins/shop/wire.ts';

const startedAt = new Date('2026-11-20T22:59:58.700Z');
const shop = 'fenwick-lantern.myshopify.com';

function session(kind: SessionKind) {
  const made = createSession(kind, { shop, startedAt, minuteMs: 60_000 });
  return { ...made, bodies: made.deliveries.map(({ body }) => JSON.parse(body)) };
}

describe('the people', () => {
  const withPhone = PEOPLE.filter(({ typedPhone }) => typedPhone !== null);

  it.each(withPhone.map((person) => [person.typedPhone, person] as const))(
    '"%s" is read with the address’s country as the number it stands for',
    (typed, person) => {
      const parsed = parsePhoneNumberFromString(typed ?? '', person.address.countryCode as 'US');
      expect({ number: parsed?.number, valid: parsed?.isValid() }).toEqual({ number: person.e164, valid: true });
      if (person.contactPhone) expect(person.contactPhone).toBe(person.e164);
    },
  );

  it('have one premium number among them, and no number twice', () => {
    const types = withPhone.map(({ e164 }) => parsePhoneNumberFromString(e164 ?? '')?.getType());
    expect(types.filter((type) => type === 'PREMIUM_RATE')).toHaveLength(1);
    expect(parsePhoneNumberFromString(CORVIN_PREMIUM.e164 ?? '')?.getType()).toBe('PREMIUM_RATE');
    expect(new Set(withPhone.map(({ e164 }) => e164)).size).toBe(withPhone.length);
  });
});

describe('every session', () => {
  it.each(SESSION_KINDS)('"%s" opens without contact, and arrives in order of time', (kind) => {
    const { deliveries, bodies, token } = session(kind);
    const first = bodies.find((_body, index) => deliveries[index]?.topic === 'checkouts/create');
    expect(first).toMatchObject({ token, email: null, phone: null, shipping_address: [] });
    expect(first).not.toHaveProperty('customer');
    expect(first).not.toHaveProperty('billing_address');
    const times = deliveries.map(({ afterMs }) => afterMs);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
  });

  it.each(SESSION_KINDS)('"%s" moves updated_at by whole seconds with each change', (kind) => {
    const made = createSession(kind, { shop, startedAt, minuteMs: 1_000 });
    const clocks = made.deliveries
      .filter(({ topic }) => topic === 'checkouts/create' || topic === 'checkouts/update')
      .map(({ body }) => JSON.parse(body).updated_at as string);
    expect(clocks.every((clock) => /T\d\d:\d\d:\d\d[+-]\d\d:\d\d$/.test(clock))).toBe(true);
    const distinct = new Set(
      made.deliveries.filter(({ topic }) => topic.startsWith('checkouts/')).map(({ body }) => body),
    );
    expect(new Set(clocks).size).toBe(distinct.size - (kind === 'delete' ? 1 : 0));
  });

  it.each(SESSION_KINDS)('"%s" links to the recovery on the shop’s own host', (kind) => {
    for (const body of session(kind).bodies) {
      if (body.abandoned_checkout_url) expect(new URL(body.abandoned_checkout_url).host).toBe(shop);
    }
  });
});

describe('shapes', () => {
  it('has no id from 2026-04 on, and one before', () => {
    expect(session('us').bodies[0]).not.toHaveProperty('id');
    expect(session('in').bodies[0]).toHaveProperty('id');
  });

  it('writes ids that no double can hold, digit by digit, and repeats them in the name', () => {
    const { deliveries, token, bodies } = session('in');
    const { checkoutId } = idsOf(token);
    expect(deliveries[0]?.body).toContain(`"id":${checkoutId},`);
    expect(bodies[0].name).toBe(`#${checkoutId}`);
    expect(BigInt(Number(checkoutId))).not.toBe(checkoutId);
  });

  it('derives every id from the token alone', () => {
    const token = newToken();
    expect(idsOf(token)).toEqual(idsOf(token));
    expect(idsOf(token).checkoutId).not.toBe(idsOf(newToken()).checkoutId);
  });

  it.each([
    ['us', { country: 'United States', country_code: 'US', phone: '(415) 555-0142' }],
    ['at', { country: 'AT', country_code: 'AT', province: null, phone: '0664/555 01 42' }],
    ['no-phone', { country_code: 'GB', phone: null }],
  ] as const)('"%s" ends with the address as typed', (kind, address) => {
    expect(session(kind).bodies.at(-1).shipping_address).toMatchObject(address);
  });

  it('gives the Indian shopper’s contact phone in E.164 and the address phone as typed', () => {
    const last = session('in').bodies.at(-1);
    expect(last).toMatchObject({ phone: '+919000001234', shipping_address: { phone: '90000 01234' } });
    expect(last.discount_codes).toEqual([{ code: 'MONSOON10', amount: '25.90', type: 'percentage' }]);
  });

  it('records consent as an attribute, and its refusal too', () => {
    expect(session('us').bodies.at(-1).note_attributes).toEqual([CONSENT]);
    expect(session('no-consent').bodies.at(-1).note_attributes).toEqual([{ name: CONSENT.name, value: 'no' }]);
  });

  it('adds up its amounts', () => {
    expect(totalsOf(GREAT_CART)).toMatchObject({ lineItems: 70_540, discounts: 0, total: 70_540 });
    expect(totalsOf(SMALL_CART)).toEqual({ lineItems: 19_790, discounts: 0, total: 19_790, tax: 1_295 });
    expect([decimal(0), decimal(5), decimal(19_790)]).toEqual(['0.00', '0.05', '197.90']);
  });

  it.each([
    ['+00:00', '2026-11-20T22:59:58+00:00'],
    ['-05:00', '2026-11-20T17:59:58-05:00'],
    ['+05:30', '2026-11-21T04:29:58+05:30'],
  ] as const)('writes one instant with offset %s as %s', (offset, text) => {
    expect(wireTime(startedAt, offset)).toBe(text);
    expect(Date.parse(text)).toBe(Math.floor(startedAt.getTime() / 1_000) * 1_000);
  });
});

describe('endings', () => {
  it('completes with completed_at and an order of the same checkout', () => {
    const { bodies, deliveries, token } = session('completed');
    expect(bodies.at(-2).completed_at).toBe('2026-11-20T18:02:58-05:00');
    expect(deliveries.at(-1)?.topic).toBe('orders/create');
    expect(bodies.at(-1).checkout_token).toBe(token);
  });

  it('orders without a word of completed_at', () => {
    const { bodies, deliveries, token } = session('order');
    const checkouts = bodies.filter((_body, index) => deliveries[index]?.topic !== 'orders/create');
    expect(checkouts.every(({ completed_at }) => completed_at === null)).toBe(true);
    expect(bodies.at(-1)).toMatchObject({ checkout_token: token, total_price: '197.90' });
  });

  it('deletes by id and cart token alone', () => {
    const { deliveries, bodies, token } = session('delete');
    expect(deliveries.at(-1)?.body).toContain(`{"id":${idsOf(token).checkoutId},`);
    expect(bodies.at(-1)).not.toHaveProperty('token');
    expect(bodies.at(-1).cart_token).toBe(idsOf(token).cartToken);
  });

  it('storms with twenty copies of each webhook, all at once and out of order', () => {
    const { deliveries, bodies } = session('storm');
    expect(deliveries).toHaveLength(60);
    expect(new Set(deliveries.map(({ afterMs }) => afterMs)).size).toBe(1);
    expect(new Set(deliveries.map(({ body }) => body)).size).toBe(3);
    const clocks = bodies.map(({ updated_at }) => Date.parse(updated_at));
    expect(clocks).not.toEqual(clocks.toSorted((one, other) => one - other));
  });

  it('buys another way: an order of another checkout, once her call is on its way', () => {
    const { bodies, deliveries, token } = session('other-way');
    expect(deliveries.map(({ onceCalled }) => onceCalled)).toEqual([false, false, false, true]);
    const { checkout_token, cart_token, email } = bodies.at(-1);
    expect(checkout_token).not.toBe(token);
    expect(cart_token).not.toBe(idsOf(token).cartToken);
    expect(email).toBe(bodies.at(-2).email);
  });

  it('changes the cart of the same checkout, once the call is on its way', () => {
    const { bodies, deliveries, inTheEnd, token } = session('new-cart');
    expect(deliveries.at(-1)).toMatchObject({ topic: 'checkouts/update', onceCalled: true });
    expect(bodies.at(-1).token).toBe(token);
    expect(bodies.at(-1).total_price).not.toBe(bodies.at(-2).total_price);
    expect(bodies.at(-1).total_price).toBe(decimal(totalsOf(inTheEnd.cart).total));
    expect(bodies.at(-1).note_attributes).toEqual([CONSENT]);
  });

  it.each(SESSION_KINDS)('“%s” leaves the shop with the checkout that its last webhook told of', (kind) => {
    const { bodies, deliveries, inTheEnd, lost } = session(kind);
    const told = bodies.filter((_body, index) => deliveries[index]?.topic.startsWith('checkouts/'));
    const last = told
      .filter(({ total_price }) => total_price)
      .toSorted(byClock)
      .at(-1);
    expect(last.total_price).toBe(decimal(totalsOf(inTheEnd.cart).total));
    expect(lost).toBe(kind === 'lost');
  });
});

function byClock(one: { updated_at: string }, other: { updated_at: string }): number {
  return Date.parse(one.updated_at) - Date.parse(other.updated_at);
}
