/** Whether and when a shopper is phoned: the order of the gates on a webhook, and every state's answer to a ring. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideCheckout, decideRing } from '../../../src/domain/decide.ts';
import { HOUR, MINUTE, SECOND } from '../../../src/domain/duration.ts';
import { RECOVERY_STATES } from '../../../src/domain/recovery.ts';
import { aCheckout, anAddress } from '../../support/a-checkout.ts';
import { aPolicy, aRecord, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';

const NOW = ELEVEN_IN_BENGALURU;
const DIAL_LIMIT = 30 * SECOND;
/** The local hour in a zone, by the runtime's own calendar. */
const hourIn = (zone: string, at: number): number =>
  Number(new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: 'numeric', hourCycle: 'h23' }).format(at));

describe('a checkout', () => {
  const everythingWrong = aCheckout({
    completedAt: NOW,
    lineItems: [],
    phone: null,
    recoveryUrl: null,
    shippingAddress: anAddress({ firstName: null, lastName: null, name: null, country: 'Russia', countryCode: 'RU' }),
    customer: null,
    totals: { lineItems: null, discounts: null, subtotal: null, total: null },
    smsMarketing: { accepted: false, phone: null },
  });
  const good = aCheckout();
  /** Each row mends one more fault; the decision is always on the first that is left. */
  const gates: readonly (readonly [string, Partial<typeof good>])[] = [
    ['ordered', {}],
    ['wait: no_line_items', { completedAt: null }],
    ['wait: no_phone', { lineItems: good.lineItems.map((item) => ({ ...item, price: null })) }],
    ['skip: invalid_phone', { phone: '+1 900 234 5678' }],
    ['wait: no_recovery_url', { phone: good.phone }],
    ['wait: no_first_name', { recoveryUrl: good.recoveryUrl }],
    ['wait: no_total', { customer: good.customer }],
    ['skip: no_consent', { totals: good.totals }],
    ['skip: too_old', { smsMarketing: { accepted: true, phone: null } }],
  ];

  it('is judged gate by gate: bought, reachable, consented, fresh, decent hour', () => {
    const policy = aPolicy({ consent: { kind: 'sms_marketing' } });
    const old = NOW - 25 * HOUR;
    let checkout = everythingWrong;
    const decided: string[] = [];
    const note = (lastActivityAt: number) => {
      const decision = decideCheckout(checkout, policy, lastActivityAt, NOW);
      decided.push([decision.kind, 'reason' in decision ? decision.reason : ''].filter(Boolean).join(': '));
    };
    for (const [, mended] of gates) {
      checkout = { ...checkout, ...mended };
      note(old);
    }
    note(NOW);
    checkout = { ...checkout, shippingAddress: good.shippingAddress };
    note(NOW);
    expect(decided).toEqual([...gates.map(([expected]) => expected), 'skip: no_common_hours', 'schedule']);
  });

  it('is called exactly the delay after the last activity', () => {
    const decision = decideCheckout(good, aPolicy(), NOW - 1, NOW);
    expect(decision).toMatchObject({ kind: 'schedule', dueAt: NOW - 1 + 30 * MINUTE, deferredBy: null });
  });

  it('that comes late is due when it was due, even in the past: the ring sees at once that it is', () => {
    const decision = decideCheckout(good, aPolicy(), NOW - 2 * HOUR, NOW);
    expect(decision).toMatchObject({ kind: 'schedule', dueAt: NOW - 90 * MINUTE, deferredBy: null });
  });

  it.each([
    // 10:00 in Bengaluru is 04:30 UTC, 18:00 is 12:30 UTC.
    ['before ten, waits for ten', '2026-11-03T03:00:00.000Z', '2026-11-03T04:30:00.000Z'],
    ['a millisecond before ten, waits for ten', '2026-11-03T03:59:59.999Z', '2026-11-03T04:30:00.000Z'],
    ['after six in the evening, waits for the next morning', '2026-11-03T12:00:00.000Z', '2026-11-04T04:30:00.000Z'],
    ['on Saturday evening, waits for Sunday morning', '2026-11-07T12:00:00.000Z', '2026-11-08T04:30:00.000Z'],
  ])('whose call would fall %s', (_what, activity, due) => {
    const at = Date.parse(activity);
    const decision = decideCheckout(good, aPolicy(), at, at);
    expect(decision).toMatchObject({ kind: 'schedule', dueAt: Date.parse(due), deferredBy: 'outside_hours' });
  });

  it.each([
    ['at ten sharp', '2026-11-03T04:00:00.000Z'],
    ['a millisecond before six', '2026-11-03T11:59:59.999Z'],
  ])('whose call falls %s is not deferred', (_what, activity) => {
    const at = Date.parse(activity);
    expect(decideCheckout(good, aPolicy(), at, at)).toMatchObject({ dueAt: at + 30 * MINUTE, deferredBy: null });
  });

  it('is not deferred when hours do not matter', () => {
    const night = Date.UTC(2026, 10, 3, 20);
    const decision = decideCheckout(good, aPolicy({ hours: 'always' }), night, night);
    expect(decision).toMatchObject({ kind: 'schedule', dueAt: night + 30 * MINUTE, deferredBy: null });
  });

  it.each([
    ['as old as it may be', 24 * HOUR, 'schedule'],
    ['a millisecond older', 24 * HOUR + 1, 'skip'],
  ])('that is %s: %s ms', (_what, age, kind) => {
    expect(decideCheckout(good, aPolicy(), NOW - age, NOW).kind).toBe(kind);
  });

  it('that would be too old by the time calling is decent is skipped now', () => {
    const evening = Date.UTC(2026, 10, 3, 13);
    const policy = aPolicy({ maxAgeMs: 15 * HOUR });
    expect(decideCheckout(good, policy, evening, evening)).toEqual({ kind: 'skip', reason: 'too_old' });
    expect(decideCheckout(good, aPolicy({ maxAgeMs: 16 * HOUR }), evening, evening).kind).toBe('schedule');
  });

  it('is called at an hour that is decent wherever the shopper may be', () => {
    const checkout = aCheckout({ billingAddress: anAddress({ country: 'Austria', countryCode: 'AT' }) });
    const decision = decideCheckout(checkout, aPolicy(), NOW, NOW);
    // Vienna opens at 09:00 UTC in November, Bengaluru closes at 12:30 UTC.
    expect(decision).toMatchObject({ dueAt: Date.UTC(2026, 10, 3, 9), callable: { countries: ['AT', 'IN'] } });
  });

  it('with a country that no zone is known of is not called', () => {
    const checkout = aCheckout({ shippingAddress: anAddress({ countryCode: 'XX', country: 'Somewhere' }) });
    expect(decideCheckout(checkout, aPolicy(), NOW, NOW)).toEqual({ kind: 'skip', reason: 'unknown_country' });
  });

  it('without an address is called by the country of its number', () => {
    const checkout = aCheckout({ shippingAddress: null });
    expect(decideCheckout(checkout, aPolicy(), NOW, NOW)).toMatchObject({ callable: { countries: ['IN'] } });
  });

  it.each([
    ['an amount below', '1955.01', false],
    ['that very amount', '1955.00', true],
    ['that amount written otherwise', '1955', true],
    ['an amount that is greater and sorts before', '500', true],
    ['any amount when none is set', null, false],
  ])('jumps the queue by its value: %s', (_what, priorityFrom, priority) => {
    const decision = decideCheckout(good, aPolicy({ priorityFrom }), NOW, NOW);
    expect(decision).toMatchObject({ callable: { priority } });
  });

  it('whose number for texts is typed without a country code is read as it is when it is dialled', () => {
    const checkout = aCheckout({
      phone: null,
      smsMarketing: { accepted: true, phone: '90909 09091' },
      billingAddress: anAddress({ country: 'Austria', countryCode: 'AT' }),
    });
    const decision = decideCheckout(checkout, aPolicy({ consent: { kind: 'sms_marketing' } }), NOW, NOW);
    expect(decision).toMatchObject({ kind: 'schedule', callable: { phone: '+919090909091' } });
  });

  it('whose tick stands for a number that cannot be called has no consent for another one', () => {
    const checkout = aCheckout({ smsMarketing: { accepted: true, phone: '+19002345678' } });
    const decision = decideCheckout(checkout, aPolicy({ consent: { kind: 'sms_marketing' } }), NOW, NOW);
    expect(decision).toEqual({ kind: 'skip', reason: 'no_consent' });
  });
});

describe('a ring', () => {
  const open = NOW;
  const closed = Date.UTC(2026, 10, 3, 13);
  const tenNextMorning = Date.UTC(2026, 10, 4, 4, 30);

  describe.each(RECOVERY_STATES)('for a recovery that is %s', (state) => {
    const dialable = state === 'scheduled';
    // What is expected of `scheduled`; in every other state the answer does not depend on the hour, the delay or the mode.
    it.each([
      { what: 'due, in hours', at: open, dueAt: open, expected: { kind: 'dial' } },
      { what: 'overdue, in hours', at: open, dueAt: open - HOUR, expected: { kind: 'dial' } },
      {
        what: 'due in a millisecond',
        at: open,
        dueAt: open + 1,
        expected: { kind: 'snooze', until: open + 1, reason: 'not_due' },
      },
      {
        what: 'due, out of hours',
        at: closed,
        dueAt: closed,
        expected: { kind: 'snooze', until: tenNextMorning, reason: 'outside_hours' },
      },
      {
        what: 'not due, out of hours',
        at: closed,
        dueAt: closed + MINUTE,
        expected: { kind: 'snooze', until: closed + MINUTE, reason: 'not_due' },
      },
    ])('$what', ({ at, dueAt, expected }) => {
      const record = aRecord({ state, dueAt, lastActivityAt: at - HOUR, dialingAt: at });
      const ignored = { kind: 'ignore', reason: state === 'dialing' ? 'dial_in_flight' : state };
      expect(decideRing(record, aPolicy(), at, DIAL_LIMIT)).toEqual(dialable ? expected : ignored);
      const rehearsed = decideRing(record, aPolicy({ mode: 'dry-run' }), at, DIAL_LIMIT);
      const shortOfIt = expected.kind === 'dial' ? { kind: 'skip', reason: 'dry_run' } : expected;
      expect(rehearsed).toEqual(dialable ? shortOfIt : ignored);
    });
  });

  it.each([
    ['as old as it may be is still dialled', 24 * HOUR, { kind: 'dial' }],
    ['older than that is not', 24 * HOUR + 1, { kind: 'skip', reason: 'too_old' }],
  ])('for one that is %s', (_what, age, expected) => {
    expect(decideRing(aRecord({ lastActivityAt: NOW - age }), aPolicy(), NOW, DIAL_LIMIT)).toEqual(expected);
  });

  it.each([
    ['no country', [], 'unknown_country'],
    ['an unknown country', ['IN', 'XX'], 'unknown_country'],
    ['a country whose zones share no hour', ['RU'], 'no_common_hours'],
  ])('for one with %s skips it', (_what, countries, reason) => {
    expect(decideRing(aRecord({ countries }), aPolicy(), NOW, DIAL_LIMIT)).toEqual({ kind: 'skip', reason });
    expect(decideRing(aRecord({ countries }), aPolicy({ hours: 'always' }), NOW, DIAL_LIMIT)).toEqual({ kind: 'dial' });
  });

  it.each(['dueAt', 'payload', 'phone', 'lastActivityAt'] as const)(
    'for a record without %s dials nothing',
    (field) => {
      const record = aRecord({ [field]: null });
      expect(decideRing(record, aPolicy(), NOW, DIAL_LIMIT)).toEqual({ kind: 'ignore', reason: 'nothing_to_dial' });
    },
  );

  it.each([
    ['is left alone while it may still come back', NOW - DIAL_LIMIT, { kind: 'ignore', reason: 'dial_in_flight' }],
    ['is given up after that', NOW - DIAL_LIMIT - 1, { kind: 'give_up_dial' }],
    ['is given up when nobody knows since when', null, { kind: 'give_up_dial' }],
  ])('for a dial under way: it %s', (_what, dialingAt, expected) => {
    expect(decideRing(aRecord({ state: 'dialing', dialingAt }), aPolicy(), NOW, DIAL_LIMIT)).toEqual(expected);
  });

  it('dials only what is scheduled, due, fresh and awake everywhere, whatever the record', () => {
    const zones = { IN: 'Asia/Kolkata', AT: 'Europe/Vienna', NZ: 'Pacific/Auckland' } as const;
    const countries = fc.subarray(Object.keys(zones) as (keyof typeof zones)[]);
    const instants = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) });
    const records = fc.record({
      state: fc.constantFrom(...RECOVERY_STATES),
      countries,
      dueIn: fc.integer({ min: -2 * HOUR, max: HOUR }),
      age: fc.integer({ min: 0, max: 30 * HOUR }),
      dialingFor: fc.integer({ min: 0, max: HOUR }),
      mode: fc.constantFrom('live', 'dry-run'),
    });
    let dials = 0;
    fc.assert(
      fc.property(instants, records, (now, { state, countries, dueIn, age, dialingFor, mode }) => {
        const record = aRecord({
          state,
          countries,
          dueAt: now + dueIn,
          lastActivityAt: now - age,
          dialingAt: now - dialingFor,
        });
        const decision = decideRing(record, aPolicy({ mode: mode as 'live' }), now, DIAL_LIMIT);
        if (decision.kind === 'snooze') expect(decision.until).toBeGreaterThan(now);
        if (decision.kind !== 'dial') return;
        dials++;
        expect(state).toBe('scheduled');
        expect(mode).toBe('live');
        expect(dueIn).toBeLessThanOrEqual(0);
        expect(age).toBeLessThanOrEqual(24 * HOUR);
        expect(countries).not.toEqual([]);
        for (const country of countries) {
          const zone = country === 'NZ' ? [zones.NZ, 'Pacific/Chatham'] : [zones[country]];
          for (const name of zone) expect([10, 11, 12, 13, 14, 15, 16, 17]).toContain(hourIn(name, now));
        }
      }),
      { numRuns: 5_000 },
    );
    // Some fourteen of the five thousand, on average.
    expect(dials).toBeGreaterThan(0);
  });
});
