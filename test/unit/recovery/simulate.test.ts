/** What would have become of recorded checkouts: the same as what becomes of them, and nothing is left behind. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Checkout } from '../../../src/domain/checkout.ts';
import { DAY, HOUR, MINUTE } from '../../../src/domain/duration.ts';
import type { CallPolicy } from '../../../src/domain/policy.ts';
import { jitterOf, recoveryIdOf } from '../../../src/domain/recovery-id.ts';
import { type SimulatedCheckout, simulate } from '../../../src/recovery/simulate.ts';
import { aCheckout, anAddress } from '../../support/a-checkout.ts';
import { aPolicy, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, SHOP } from '../../support/a-recovery-world.ts';

const NOW = ELEVEN_IN_BENGALURU;
const DELAY = 30 * MINUTE;

/** One of Asha's checkouts, last touched at this instant. */
const left = (token: string, at: number, changes: Partial<Checkout> = {}): Checkout =>
  aCheckout({ token, id: null, cartToken: null, updatedAt: at, ...changes });

function fates(checkouts: readonly Checkout[], policy: Partial<CallPolicy> = {}): Record<string, string> {
  const { checkouts: simulated } = simulate(checkouts, aPolicy(policy));
  const tokens = new Map(checkouts.map(({ token }) => [recoveryIdOf(SHOP, token), token]));
  return Object.fromEntries(simulated.map((one) => [tokens.get(one.recoveryId), wordsOf(one)]));
}

const wordsOf = ({ outcome, reason, at }: SimulatedCheckout): string =>
  outcome === 'call' ? `call ${new Date(at).toISOString()}` : [outcome, reason].filter(Boolean).join(': ');
const called = (at: number) => `call ${new Date(at).toISOString()}`;

describe('a simulated checkout', () => {
  it.each<[string, Partial<Checkout>, Partial<CallPolicy>, string]>([
    ['is called when it would have been', {}, {}, called(NOW + DELAY)],
    ['was bought', { completedAt: NOW + HOUR }, {}, 'completed'],
    ['lacks a number', { phone: null }, {}, 'waiting: no_phone'],
    ['has one that cannot be called', { phone: '+19002345678' }, {}, 'skipped: invalid_phone'],
    ['has no consent', {}, { consent: { kind: 'sms_marketing' } }, 'skipped: no_consent'],
    ['is worth too little', {}, { minValue: '2000' }, 'skipped: below_minimum'],
    ['is a test', { test: true }, {}, 'skipped: test_checkout'],
  ])('that %s', (_what, changes, policy, fate) => {
    expect(fates([left('one', NOW, changes)], policy)).toEqual({ one: fate });
  });

  it('that was left at night is put off to the morning, at its own moment', () => {
    const evening = Date.UTC(2026, 10, 3, 13);
    const ten = Date.UTC(2026, 10, 4, 4, 30);
    const at = ten + Math.floor(jitterOf(recoveryIdOf(SHOP, 'late')) * 15 * MINUTE);
    expect(fates([left('late', evening)])).toEqual({ late: called(at) });
  });

  it('that would be too old by the morning is dropped', () => {
    const evening = Date.UTC(2026, 10, 3, 13);
    expect(fates([left('late', evening)], { maxAgeMs: 12 * HOUR })).toEqual({ late: 'skipped: too_old' });
  });

  it('without any instant does not stop the others', () => {
    const timeless = left('timeless', NOW, { updatedAt: null, createdAt: null });
    expect(Object.keys(fates([timeless, left('one', NOW)]))).toHaveLength(2);
  });
});

describe('checkouts of one person', () => {
  it('are called about once a day and twice a week, by the calls that would have been placed', () => {
    // Each day a little later, so that a day has passed since the call of the day before.
    const at = (day: number) => NOW + day * (DAY + 45 * MINUTE);
    const days = [0, 1, 2, 3, 6, 7, 8].map((day) => left(`day-${day}`, at(day)));
    const again = left('day-0-again', NOW + HOUR);
    expect(fates([...days, again])).toEqual({
      'day-0': called(NOW + DELAY),
      'day-0-again': 'skipped: frequency_cap',
      'day-1': called(at(1) + DELAY),
      'day-2': 'skipped: frequency_cap',
      'day-3': 'skipped: frequency_cap',
      'day-6': 'skipped: frequency_cap',
      'day-7': called(at(7) + DELAY),
      'day-8': called(at(8) + DELAY),
    });
  });

  it('are known by the number or by the address', () => {
    const other = left('other-number', NOW + MINUTE, { phone: '+919191919191' });
    const stranger = left('stranger', NOW + MINUTE, {
      ...{ phone: '+919191919192', email: 'somebody@mail.example', customer: null },
      shippingAddress: anAddress({ firstName: 'Somebody' }),
    });
    expect(fates([left('one', NOW), other, stranger])).toMatchObject({
      'other-number': 'skipped: frequency_cap',
      stranger: called(NOW + MINUTE + DELAY),
    });
  });

  it('put off to the same morning are called about once, whichever of them is due first', () => {
    const evening = Date.UTC(2026, 10, 3, 13);
    for (let n = 0; n < 8; n++) {
      const checkouts = [left(`a-${n}`, evening), left(`b-${n}`, evening + MINUTE)];
      const simulated = Object.values(fates(checkouts)).map((fate) => fate.slice(0, 7));
      expect(simulated.toSorted()).toEqual(['call 20', 'skipped']);
    }
  });

  it('count as many within minutes, also those that lack a number: six are taken for a script’s, with the first of them', () => {
    const nameless = [1, 2, 3].map((n) => left(`nameless-${n}`, NOW + n, { phone: null }));
    const others = [4, 5].map((n) => left(`other-${n}`, NOW + n, { email: null }));
    const sixth = left('sixth', NOW + 6);
    const script = 'skipped: bot_like';
    expect(fates([...nameless, ...others, sixth])).toMatchObject({
      ...{ 'other-4': script, 'other-5': script, sixth: script },
    });
    expect(Object.values(fates([...nameless.slice(1), ...others, sixth]))).not.toContain(script);
  });

  it('count by contacts that a later delivery brings', () => {
    const carts = [1, 2, 3, 4, 5, 6].map((n) => `cart-${n}`);
    const nobody = { phone: null, email: null, customer: null };
    const opened = carts.map((token, n) => left(token, NOW + n, nobody));
    const filledIn = carts.map((token, n) => left(token, NOW + MINUTE + n));
    expect(new Set(Object.values(fates([...opened, ...filledIn])))).toEqual(new Set(['skipped: bot_like']));
  });

  it('count as many from the first delivery of each, not from the last', () => {
    const carts = [1, 2, 3, 4, 5, 6].map((n) => `cart-${n}`);
    // All of them are begun over an hour, and touched again within the same minute.
    const begun = carts.map((token, n) => left(token, NOW - HOUR + n * 11 * MINUTE));
    const touched = carts.map((token, n) => left(token, NOW + n));
    const last = left('last', NOW + MINUTE);
    expect(fates([...touched, last]).last).toBe('skipped: bot_like');
    expect(fates([...begun, ...touched, last]).last).not.toBe('skipped: bot_like');
  });

  it('of which one was bought before the other’s call are not called about', () => {
    const bought = left('bought', NOW, { completedAt: NOW + 10 * MINUTE });
    expect(fates([left('one', NOW), bought])).toEqual({ one: 'stopped: ordered', bought: 'completed' });
  });

  it('of which one was bought later are', () => {
    const bought = left('bought', NOW + DAY, { completedAt: NOW + DAY });
    expect(fates([left('one', NOW), bought])).toMatchObject({ one: called(NOW + DELAY) });
  });
});

describe('deliveries of one checkout', () => {
  it('count once, by the newest, in whatever order they come', () => {
    const deliveries = [left('one', NOW, { phone: null }), left('one', NOW + MINUTE), left('one', NOW - MINUTE)];
    for (const order of [deliveries, deliveries.toReversed()]) {
      expect(fates(order)).toEqual({ one: called(NOW + MINUTE + DELAY) });
    }
  });

  it('of which one says that it was bought leave it bought', () => {
    const deliveries = [left('one', NOW, { completedAt: NOW }), left('one', NOW + MINUTE)];
    for (const order of [deliveries, deliveries.toReversed()]) expect(fates(order)).toEqual({ one: 'completed' });
  });
});

describe('a simulation', () => {
  it('counts by outcome and by the rule that decided', () => {
    const { byOutcome, byRule } = simulate(
      [left('one', NOW), left('two', NOW + MINUTE), left('three', NOW, { phone: null })],
      aPolicy(),
    );
    expect(byOutcome).toEqual({ call: 1, 'skipped: frequency_cap': 1, 'waiting: no_phone': 1 });
    expect(Object.values(byRule).reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(byRule).toMatchObject({ 'CALL_DELAY@2026-11': 1, 'payload@2026-11': 1 });
  });

  it('tells how far it is, after every hundred', () => {
    const heard: number[][] = [];
    const many = Array.from({ length: 250 }, (_, n) => left(`many-${n}`, NOW + n * HOUR));
    simulate(many, aPolicy(), (...progress) => heard.push(progress));
    expect(heard).toEqual([
      [100, 250],
      [200, 250],
    ]);
  });

  it('of nothing is nothing', () => {
    expect(simulate([], aPolicy())).toEqual({ checkouts: [], byOutcome: {}, byRule: {} });
  });

  it('ends as the service itself does, on webhooks and alarms in their order', async () => {
    const PHONES = ['+919090909090', '+919090909191', '+14155550123', null];
    const EMAILS = ['asha.rao@mail.example', 'ravi@mail.example', null];
    const anyCheckout = fc.record({
      phone: fc.constantFrom(...PHONES),
      email: fc.constantFrom(...EMAILS),
      minute: fc.integer({ min: 0, max: 9 * 24 * 60 }),
      total: fc.constantFrom('12.00', '1955.00', '90000.00'),
      accepted: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
      bought: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      test: fc.integer({ min: 0, max: 19 }).map((n) => n === 0),
    });
    const policy: Partial<CallPolicy> = {
      consent: { kind: 'sms_marketing' },
      minValue: '100',
      holdoutPercent: 20,
      maxAgeMs: 20 * HOUR,
    };
    let calls = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyCheckout, { minLength: 20, maxLength: 40 }), async (drawn) => {
        const checkouts = drawn.map(({ phone, email, minute, total, accepted, bought, test }, n) => {
          // No two at one instant: which of them would come first is nobody's rule.
          const at = NOW + minute * MINUTE + n;
          const totals = { lineItems: total, discounts: '0.00', subtotal: total, total };
          const smsMarketing = { accepted, phone: null };
          const completedAt = bought ? at + 7 * MINUTE : null;
          return left(`drawn-${n}`, at, { phone, email, test, totals, smsMarketing, completedAt });
        });
        const simulated = simulate(checkouts, aPolicy(policy));
        const expected = Object.fromEntries(
          simulated.checkouts
            .filter(({ outcome }) => outcome !== 'completed')
            .map((one) => [one.recoveryId, wordsOf(one)]),
        );
        calls += simulated.byOutcome.call ?? 0;
        expect(await livedThrough(checkouts, policy)).toEqual(expected);
      }),
      { numRuns: 25 },
    );
    expect(calls).toBeGreaterThan(25);
  });
});

/** The same checkouts through the use cases: webhooks, orders and alarms in the order of time. */
async function livedThrough(checkouts: readonly Checkout[], policy: Partial<CallPolicy>) {
  const world = aWorld({ policy });
  world.voice.result = { kind: 'placed', callId: 'a-call', vendorStatus: 'initiate' };
  const events: { readonly at: number; readonly happens: () => Promise<unknown> }[] = checkouts.map((checkout) => {
    const { completedAt, phone, email, updatedAt } = checkout;
    if (completedAt === null) return { at: updatedAt ?? 0, happens: () => world.receive(checkout) };
    const person = [phone, email].filter((contact) => contact !== null);
    return { at: completedAt, happens: () => world.people.note(SHOP, person, 'order', '#1', completedAt) };
  });
  events.sort((one, other) => one.at - other.at);
  const snoozed = new Map<string, number>();
  const nextAlarm = () => {
    const alarms = [...world.alarms.pending].map(([name, { at }]) => ({ name, at: snoozed.get(name) ?? at }));
    return alarms.sort((one, other) => one.at - other.at)[0];
  };
  for (;;) {
    const [event, alarm] = [events[0], nextAlarm()];
    if (!event && !alarm) break;
    if (event && (!alarm || event.at <= alarm.at)) {
      world.clock.at = event.at;
      events.shift();
      await event.happens();
    } else if (alarm) {
      world.clock.at = Math.max(world.clock.at, alarm.at);
      const cut = alarm.name.lastIndexOf('-');
      const [id, number] = [alarm.name.slice(0, cut), Number(alarm.name.slice(cut + 1))];
      const outcome = await world.ring(id, number);
      if (outcome.kind === 'snooze') snoozed.set(alarm.name, outcome.until);
      else world.alarms.spend(id, number);
    }
  }
  const ids = checkouts.filter(({ completedAt }) => completedAt === null).map(({ token }) => recoveryIdOf(SHOP, token));
  return Object.fromEntries(ids.map((id) => [id, fateOf(world.store.record(id))]));
}

function fateOf({ state, reason, dialingAt }: ReturnType<ReturnType<typeof aWorld>['asha']>): string {
  if (state === 'called' && dialingAt !== null) return called(dialingAt);
  if (state === 'cancelled' || reason === 'ordered_since') return 'stopped: ordered';
  return `${state}: ${reason}`;
}
