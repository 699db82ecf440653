/** The whole path of one shopper: webhooks in, one request out, call events back; over real HTTP, Redis and BullMQ. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GREAT_CART } from '../../stand-ins/shop/cart.ts';
import { ODILE_US } from '../../stand-ins/shop/people.ts';
import { aShopper, longAgo, minutesAgo, SHOP } from '../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';
import { settled } from '../support/settled.ts';

let ground: Ground;
let service: Running;

beforeAll(async () => {
  ground = await openGround({ vendor: { shape: 'alternate' } });
  service = await ground.start();
});
afterAll(() => ground.close());

const money = (amount: string) => ({ shopMoney: { amount } });

describe('from a checkout to the end of a call', () => {
  it('waits for a number, dials once with exactly what the shop said, and follows the call to its end', async () => {
    const { store, vendor } = ground;
    const odile = aShopper({ shopper: ODILE_US });
    const { recoveryId } = odile;

    expect(await service.send(odile.opens(minutesAgo(21)))).toBe(200);
    expect((await settled(store, recoveryId, 'waiting')).record.reason).toBe('no_phone');

    // Activity now: due in ten minutes, and nobody dials before.
    expect(await service.send(odile.fillsIn(new Date()))).toBe(200);
    const scheduled = (await settled(store, recoveryId, 'scheduled')).record;
    expect(scheduled).toMatchObject({ reason: null, alarm: 1, attempts: 0 });
    expect(scheduled.dueAt).toBe((scheduled.lastActivityAt ?? 0) + 10 * 60_000);

    const before = Date.now();
    expect((await service.ops.post(`/ops/api/recoveries/${recoveryId}/call-now`)).status).toBe(200);
    const { record, timeline } = await settled(store, recoveryId, 'ended');
    const calls = vendor.calls.filter((call) => call.body.metadata?.recoveryId === recoveryId);
    expect(calls).toHaveLength(1);
    const [call] = calls;

    expect(call?.body).toEqual({
      phoneNumber: '+14155550142',
      assistant: vendor.keys.assistant,
      callbackUrl: `${service.url}/webhooks/call-events/${recoveryId}.1`,
      priority: false,
      metadata: { source: 'ringback', shop: SHOP, recoveryId, attemptId: `${recoveryId}.1` },
      payload: {
        id: `gid://shopify/AbandonedCheckout/${odile.ids.checkoutId}`,
        abandonedCheckoutUrl: `https://${SHOP}/70134591/checkouts/ac/${odile.ids.cartToken}/recover?key=${odile.ids.recoveryKey}&locale=en-US`,
        customer: {
          firstName: 'Odile',
          lastName: 'Marrable',
          email: 'odile.marrable@example.com',
          phone: '+14155550142',
        },
        discountCodes: [],
        totalLineItemsPriceSet: money('197.90'),
        totalDiscountSet: money('0.00'),
        subtotalPriceSet: money('197.90'),
        totalPriceSet: money('197.90'),
        taxesIncluded: true,
        taxLines: [{ rate: 0.07, ratePercentage: 7, source: null, title: 'MwSt.', price: '12.95' }],
        lineItems: [
          {
            title: 'Storm lantern "Fenwick"',
            quantity: 1,
            variant: { id: 'gid://shopify/ProductVariant/49302817465112', title: 'Brass' },
          },
          {
            title: 'Cotton wicks, ten',
            quantity: 1,
            variant: { id: 'gid://shopify/ProductVariant/49302817530648', title: 'Default Title' },
          },
        ],
        billingAddress: { country: 'United States', phone: '+14155550142' },
        shippingAddress: {
          country: 'United States',
          address1: '9 Ferry Road',
          address2: 'Apt 4',
          city: 'San Francisco',
          province: 'California',
          provinceCode: 'CA',
          zip: '94111',
          phone: '+14155550142',
        },
      },
    });
    expect(call?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-public-key': vendor.keys.publicKey,
      workspace: vendor.keys.workspace,
    });

    expect(record).toMatchObject({
      callId: call?.callId,
      callStatus: 'completed',
      finalStatus: 'completed',
      attempts: 1,
    });
    expect(record.calledAt).toBeGreaterThanOrEqual(before);
    expect(record.calledAt).toBeLessThanOrEqual(Date.now());
    expect(record.outcomes['end-of-call']).toMatchObject({ analysis: { success: true } });
    expect(timeline.map(({ event, state }) => [event, state])).toEqual([
      ['checkout_received', 'waiting'],
      ['checkout_received', 'scheduled'],
      ['operator_call_now', 'scheduled'],
      ['dial_begun', 'dialing'],
      ['dial_placed', 'called'],
      ['call.initiate', undefined],
      ['call.in-progress', undefined],
      ['call.ended', undefined],
      ['call.completed', undefined],
      ['end-of-call', undefined],
      ['call.lifecycle-ended', 'ended'],
    ]);
  });

  it('saves the call id and the vendor’s word for it from both documented shapes of the answer', async () => {
    ground.vendor.nextScenarios.push('silent', 'silent');
    const words: (string | null)[] = [];
    for (const shopper of [aShopper(), aShopper()]) {
      await service.send(shopper.fillsIn(longAgo()));
      const { record } = await settled(ground.store, shopper.recoveryId, 'called');
      expect(ground.vendor.calls.map(({ callId }) => callId)).toContain(record.callId);
      words.push(record.vendorStatus);
    }
    expect(words.sort()).toEqual(['initiate', 'queued']);
  });

  it('lets a great cart jump the vendor’s queue', async () => {
    const shopper = aShopper({ cart: GREAT_CART });
    await service.send(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, 'ended');
    const call = ground.vendor.calls.find(({ body }) => body.metadata?.recoveryId === shopper.recoveryId);
    expect(call?.body.priority).toBe(true);
  });

  it.each(['no-answer', 'busy-then-answered', 'rescheduled', 'failed', 'skip', 'opt-out'] as const)(
    'follows a call that goes “%s” to its last word',
    async (scenario) => {
      ground.vendor.nextScenarios.push(scenario);
      const shopper = aShopper();
      await service.send(shopper.fillsIn(longAgo()));
      const { record } = await settled(ground.store, shopper.recoveryId, 'ended');
      const lastWord = { 'busy-then-answered': 'completed', rescheduled: 'completed', 'opt-out': 'completed' };
      expect(record.callStatus).toBe((lastWord as Record<string, string>)[scenario] ?? scenario);
      expect(record.attempts).toBe(1);
    },
  );

  it('keeps the callback below a PUBLIC_URL that has a path', async () => {
    const other = await openGround();
    try {
      const behindProxy = await other.start({ env: { PUBLIC_URL: 'https://calls.example.com/ringback/' } });
      other.vendor.nextScenarios.push('silent');
      const shopper = aShopper();
      await behindProxy.send(shopper.fillsIn(longAgo()));
      const [call] = await other.vendor.waitForCalls(1);
      expect(call?.body.callbackUrl).toBe(
        `https://calls.example.com/ringback/webhooks/call-events/${shopper.recoveryId}.1`,
      );
    } finally {
      await other.close();
    }
  });
});
