/** Whoever may not be called by one of their contacts is not called by another that the same checkout carries. */
import { describe, expect, it } from 'vitest';
import type { Checkout } from '../../../src/domain/checkout.ts';
import { DAY, HOUR, MINUTE } from '../../../src/domain/duration.ts';
import { aCheckout, anAddress } from '../../support/a-checkout.ts';
import { ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, ID, SHOP } from '../../support/a-recovery-world.ts';

const NOW = ELEVEN_IN_BENGALURU;
const NUMBER = '+919876501234';
const ADDRESS = 'asha@work.example';
const left = (changes: Partial<Checkout>) => aCheckout({ updatedAt: NOW - 30 * MINUTE, ...changes });
const account = (changes: Partial<NonNullable<Checkout['customer']>>) => {
  const { customer } = aCheckout();
  return customer && { ...customer, ...changes };
};

const CARRIED: readonly (readonly [string, string, Partial<Checkout>])[] = [
  ['the account’s address', ADDRESS, { customer: account({ email: ADDRESS }) }],
  ['the account’s number', NUMBER, { customer: account({ phone: NUMBER }) }],
  ['the number at the billing address', NUMBER, { billingAddress: anAddress({ phone: NUMBER }) }],
  [
    'the contact number, where the one for text messages is dialled',
    NUMBER,
    { phone: NUMBER, smsMarketing: { accepted: true, phone: '+919090909090' } },
  ],
  ['the account itself', 'customer:7700110022003300', {}],
];

describe.each(CARRIED)('somebody known by %s', (_what, contact, changes) => {
  it('is not called while it is on the do-not-call list', async () => {
    const world = aWorld();
    await world.doNotCall.suppress([contact], 'call', null);
    await world.receive(left(changes));
    expect(world.asha()).toMatchObject({ state: 'skipped', reason: 'suppressed' });
  });

  it('has everything stopped when it is listed', async () => {
    const world = aWorld();
    await world.receive(left(changes));
    await world.doNotCall.suppress([contact], 'operator', null);
    expect(world.asha()).toMatchObject({ state: 'cancelled', reason: 'opted_out' });
  });

  it('was called about another checkout today, and is not called again', async () => {
    const world = aWorld();
    await world.histories.claimCall([contact], 'another', NOW - 12 * HOUR, world.policy.caps);
    await world.receive(left(changes));
    expect(world.asha()).toMatchObject({ state: 'skipped', reason: 'frequency_cap' });
  });

  it('claims the call for it as well', async () => {
    const world = aWorld();
    await world.receive(left(changes));
    await world.ring(ID, 1);
    expect(world.histories.known([contact]).calls).toEqual([NOW]);
  });

  it('has bought since, and is not called', async () => {
    const world = aWorld();
    await world.receive(left(changes));
    await world.people.note(SHOP, [contact], 'order', '#1001', NOW - 10 * MINUTE);
    await world.ring(ID, 1);
    expect(world.asha()).toMatchObject({ state: 'cancelled', reason: 'ordered', attempts: 0 });
  });

  it('took the consent back, and is not called by a webhook that comes late', async () => {
    const world = aWorld();
    await world.histories.noteConsentWithdrawn(SHOP, [contact], NOW - MINUTE);
    await world.receive(left(changes));
    expect(world.asha()).toMatchObject({ state: 'skipped', reason: 'consent_withdrawn' });
  });
});

it('whoever gets the parcel is somebody else', async () => {
  const world = aWorld();
  await world.histories.claimCall([NUMBER], 'another', NOW - 2 * HOUR, world.policy.caps);
  await world.receive(left({ shippingAddress: anAddress({ phone: NUMBER }) }));
  await world.ring(ID, 1);
  expect(world.asha()).toMatchObject({ state: 'called' });
  expect(world.histories.known([NUMBER]).calls).toEqual([NOW - 2 * HOUR]);
});

it('a cap that is over by the time of the call bars nobody at the webhook', async () => {
  const world = aWorld({ policy: { delayMs: 30 * MINUTE } });
  await world.histories.claimCall(['+919090909090'], 'another', NOW - DAY + 10 * MINUTE, world.policy.caps);
  await world.receive(aCheckout({ updatedAt: NOW }));
  expect(world.asha()).toMatchObject({ state: 'scheduled', dueAt: NOW + 30 * MINUTE });
});
