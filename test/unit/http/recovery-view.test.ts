/** What an operator sees of a recovery is what happened to it, and of the person a masked number; on its own page also the vendor's words on the call. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toAbandonedCartPayload } from '../../../src/domain/to-abandoned-cart-payload.ts';
import { detailOf } from '../../../src/http/ops/recovery-detail.ts';
import { viewOf } from '../../../src/http/ops/recovery-view.ts';
import { aCalledRecord, SAID } from '../../support/a-called-recovery.ts';
import { aCheckout, anAddress } from '../../support/a-checkout.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';

/** Every text inside a value, keys left out. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

describe('the view of a recovery', () => {
  it('is this, and nothing else', () => {
    const record = aRecord({ callId: 'ca11', callStatus: 'busy', calledAt: ELEVEN_IN_BENGALURU, attempts: 1 });
    expect(viewOf(record)).toEqual({
      id: record.id,
      shop: 'hill-coffee.myshopify.com',
      checkoutToken: '0ff1ce000ff1ce000ff1ce000ff1ce00',
      state: 'scheduled',
      reason: null,
      dueAt: '2026-11-03T05:30:00.000Z',
      phone: '+91••••••9090',
      cartValue: '1955.00 INR',
      priority: false,
      countries: ['IN'],
      consent: 'not_asked = none, 2026-11-03T05:00:00.000Z, rules 2026-11',
      attempts: 1,
      attemptId: null,
      callId: 'ca11',
      callStatus: 'busy',
      vendorStatus: null,
      vendorMessage: null,
      createdAt: '2026-11-03T05:00:00.000Z',
      changedAt: '2026-11-03T05:00:00.000Z',
      lastActivityAt: '2026-11-03T05:00:00.000Z',
      dialingAt: null,
      calledAt: '2026-11-03T05:30:00.000Z',
      lastEventAt: null,
      arm: null,
      armAt: null,
      orderedAt: null,
      orderName: null,
      orderTotal: null,
      orderCurrency: null,
      orderMatch: null,
      attributed: false,
      stopReason: null,
      erasedAt: null,
    });
  });

  it('shows the consent that the attempt was made on, and that of the checkout before there is one', () => {
    const attemptConsent = { source: 'attribute:calls', value: 'yes', at: ELEVEN_IN_BENGALURU, version: '2026-11' };
    expect(viewOf(aRecord({ attemptConsent })).consent).toBe(
      'attribute:calls = yes, 2026-11-03T05:30:00.000Z, rules 2026-11',
    );
    expect(viewOf(aRecord({ candidate: null }))).toMatchObject({ consent: null, countries: [] });
  });

  it('shows no number where there is none', () => {
    expect(viewOf(aRecord({ phone: null })).phone).toBeNull();
  });

  it('holds nothing that the shopper gave, whoever the shopper is', () => {
    const word = fc.stringMatching(/^[A-Z][a-z]{5,9} [A-Z][a-z]{5,9}$/);
    const shoppers = fc.record({
      firstName: word,
      lastName: word,
      address1: word,
      city: word,
      province: word,
      zip: fc.stringMatching(/^[1-9]\d{2} \d{3}$/),
      title: word,
      code: word,
      mailbox: fc.stringMatching(/^[a-z]{8,12}$/),
      path: fc.stringMatching(/^[a-z0-9]{12,20}$/),
      number: fc.stringMatching(/^\+9198[0-9]{8}$/),
    });
    fc.assert(
      fc.property(shoppers, (shopper) => {
        const { firstName, lastName, address1, city, province, zip, title, code, mailbox, path, number } = shopper;
        const address = anAddress({ firstName, lastName, name: null, address1, city, province, zip, phone: number });
        const checkout = aCheckout({
          phone: number,
          email: `${mailbox}@mail.example`,
          recoveryUrl: `https://hill-coffee.myshopify.com/recover/${path}`,
          shippingAddress: address,
          billingAddress: address,
          customer: null,
          discountCodes: [code],
          lineItems: [{ title, quantity: 1, variantId: null, variantTitle: null, price: '5.00' }],
        });
        const mapped = toAbandonedCartPayload(checkout);
        if (!mapped.ok) throw new Error(mapped.reason);
        const record = aRecord({ payload: mapped.payload, phone: mapped.phone });
        const seen = JSON.stringify([viewOf(record), detailOf({ record, timeline: [] })]);
        const given = [...Object.values(shopper), number.slice(1), number.slice(3)];
        expect(given.filter((text) => seen.includes(text))).toEqual([]);
        // Nor does any text of the payload, but for what stands elsewhere anyway: the names of the country and the variant.
        const ordinary = ['India', 'IN', '0.00', 'IGST'];
        const longTexts = textsIn(mapped.payload).filter((text) => text.length > 4 && !ordinary.includes(text));
        expect(longTexts.filter((text) => textsIn(viewOf(record)).includes(text))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('one recovery whole', () => {
  it('has its timeline with readable instants, and the words on the call', () => {
    const timeline = [
      {
        at: ELEVEN_IN_BENGALURU,
        event: 'checkout_received',
        state: 'scheduled',
        times: 3,
        lastAt: ELEVEN_IN_BENGALURU + 1,
      },
      { at: ELEVEN_IN_BENGALURU, event: 'ring', reason: 'not_due' },
    ] as const;
    const outcomes = { 'end-of-call': { analysis: { success: true } } };
    const detail = detailOf({ record: aRecord({ outcomes }), timeline });
    expect(detail).toMatchObject({ state: 'scheduled', outcomes });
    expect(detail.timeline).toEqual([
      {
        at: '2026-11-03T05:30:00.000Z',
        event: 'checkout_received',
        state: 'scheduled',
        times: 3,
        lastAt: '2026-11-03T05:30:00.001Z',
      },
      { at: '2026-11-03T05:30:00.000Z', event: 'ring', reason: 'not_due' },
    ]);
  });

  it('says what is known of the call, of the order, of the discount, and what is still to be done', () => {
    const detail = detailOf({ record: aCalledRecord(), timeline: [] });
    expect(detail).toMatchObject({
      arm: 'call',
      armAt: '2026-11-03T05:30:00.000Z',
      lastEventAt: '2026-11-03T05:32:02.000Z',
      orderTotal: '1955.00',
      orderCurrency: 'INR',
      orderMatch: 'person',
      attributed: true,
      discount: { code: 'RBKEEPSAKE', state: 'minted', endsAt: '2026-11-03T05:30:02.000Z' },
    });
    expect(detail.discount).not.toHaveProperty('shopId');
    expect(detail.call).toEqual({
      answered: true,
      success: true,
      summary: SAID,
      requiredActions: ['send_whatsapp'],
      insights: { reason: 'price', budget: { upTo: 1500 } },
      outcome: { intent: 'will_purchase' },
      startedAt: '2026-11-03T05:30:22.000Z',
      endedAt: '2026-11-03T05:31:58.000Z',
      durationSeconds: 96,
      recordingUrl: 'https://media.vendor.example/r/1.mp3?sig=a&b',
      detailUrl: 'https://app.vendor.example/calls/1',
      creditsUsed: 1.5,
      creditsAvailable: 4200,
      reAttempts: 1,
      reschedules: 0,
      statuses: [
        { status: 'in-progress', type: 'call.in-progress', at: '2026-11-03T05:30:22.000Z' },
        { status: 'completed', type: 'call.completed', at: '2026-11-03T05:31:58.000Z' },
      ],
      actions: [{ name: 'create_order', reason: 'missing_address', at: '2026-11-03T05:31:32.000Z' }],
      unknownTypes: ['call.transferred'],
    });
    expect(detail.errands.map(({ key, state, tries, note }) => ({ key, state, tries, note }))).toEqual([
      { key: `forward:outcome:${detail.id}.1`, state: 'failed', tries: 30, note: 'http_500' },
      { key: `agent_order:${detail.id}.1`, state: 'done', tries: 0, note: 'ordered #D7' },
    ]);
  });

  it('has no call, no discount and no errand before there is one', () => {
    expect(detailOf({ record: aRecord(), timeline: [] })).toMatchObject({ call: null, discount: null, errands: [] });
  });
});

describe('the short view', () => {
  it('has none of the words on the call: lists hold it', () => {
    const seen = JSON.stringify(viewOf(aCalledRecord()));
    for (const word of ['Asha', 'packets', '9840012345', 'will_purchase', 'vendor.example'])
      expect(seen).not.toContain(word);
  });
});
