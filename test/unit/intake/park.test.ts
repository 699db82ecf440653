/** A body that nobody could read is kept, and whoever must look is called; louder where somebody waits for an answer. */
import { describe, expect, it } from 'vitest';
import { parkIn } from '../../../src/intake/park.ts';
import { fakeClock, fakeJournal } from '../../support/fakes.ts';

describe('parking', () => {
  it.each([
    ['checkouts/update', ['delivery_parked']],
    ['customers_marketing_consent/update', ['delivery_parked']],
    ['customers/redact', ['delivery_parked', 'request_unreadable']],
    ['shop/redact', ['delivery_parked', 'request_unreadable']],
    ['customers/data_request', ['delivery_parked', 'request_unreadable']],
  ])('of %s raises %j', async (topic, alarms) => {
    const journal = fakeJournal();
    const parked = { park: async () => ({ id: 'parked-1', dropped: 0 }) } as never;
    const park = parkIn({ shop: 'hill-coffee.myshopify.com', parked, clock: fakeClock(0), journal });
    await park({
      source: 'shopify',
      topic,
      apiVersion: null,
      field: 'customer',
      body: '{"email":"asha@mail.example"}',
    });
    expect(journal.alarms()).toEqual(alarms);
    expect(JSON.stringify(journal.lines)).not.toContain('asha');
  });
});
