/** The decision as a whole: the order of the gates, one answer for the same facts, and what no decision may ever be. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HoursPolicy } from '../../../src/domain/calling-rules/hours-policy.ts';
import { readHoursLine, type WeeklyHours } from '../../../src/domain/calling-rules/weekly-hours.ts';
import type { CallingPlace } from '../../../src/domain/calling-rules/whereabouts.ts';
import type { Candidate } from '../../../src/domain/candidate.ts';
import { type Decision, decide, explain } from '../../../src/domain/decide.ts';
import { DAY, HOUR, MINUTE } from '../../../src/domain/duration.ts';
import { GATE_NAMES, type GateFacts, type GateName } from '../../../src/domain/gates/gate.ts';
import { NOTHING_KNOWN, type PersonHistory } from '../../../src/domain/person-history.ts';
import { ASHA, aPolicy, aQuestion, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';

const NOW = ELEVEN_IN_BENGALURU;
const LEFT = NOW - 30 * MINUTE;
const VERSION = aPolicy().times.version;

const said = (decision: Decision): string =>
  decision.kind === 'call'
    ? `${decision.gate}: call${decision.deferredBy ? ` later, ${decision.deferredBy}` : ''}`
    : `${decision.gate}: ${decision.refusal.reason}`;

/** On whom the lot falls at 50 per cent, found by asking. */
const UNLUCKY = Array.from({ length: 60 }, (_, n) => `+9190909${String(n).padStart(5, '0')}`).find((personKey) => {
  const decision = decide(aQuestion({ personKey, policy: aPolicy({ holdoutPercent: 50 }) }));
  return decision.gate === 'holdout';
});
if (UNLUCKY === undefined) throw new Error('nobody of sixty is held out at 50 per cent');

/** Everything is wrong at once. */
const WORST: GateFacts = aQuestion({
  candidate: {
    ...ASHA,
    test: true,
    lacks: 'no_total',
    phone: 'invalid',
    value: '2.00',
    consent: null,
  },
  person: {
    ...NOTHING_KNOWN,
    suppressed: { source: 'call', at: LEFT },
    calls: [NOW],
    lastOrderAt: NOW,
  },
  policy: aPolicy({ enabled: false, countries: ['DE'], minValue: '500', holdoutPercent: 50, maxAgeMs: HOUR }),
  personKey: UNLUCKY,
  lastActivityAt: LEFT,
  now: NOW + 9 * HOUR,
});

/** Each row mends one more fault of the worst; the decision is always by the first gate that is left. */
const MENDED: readonly (readonly [decided: string, mend: (facts: GateFacts) => Partial<GateFacts>])[] = [
  ['shop: calls_off', () => ({})],
  ['genuine: test_checkout', ({ policy }) => ({ policy: { ...policy, enabled: true } })],
  ['complete: no_total', ({ candidate }) => ({ candidate: { ...candidate, test: false } })],
  ['phone: invalid_phone', ({ candidate }) => ({ candidate: { ...candidate, lacks: null } })],
  ['country: country', ({ candidate }) => ({ candidate: { ...candidate, phone: 'callable' } })],
  ['value: below_minimum', ({ policy }) => ({ policy: { ...policy, countries: ['IN'] } })],
  ['consent: no_consent', ({ candidate }) => ({ candidate: { ...candidate, value: '500' } })],
  ['suppression: suppressed', ({ candidate }) => ({ candidate: { ...candidate, consent: ASHA.consent } })],
  ['frequency: frequency_cap', ({ person }) => ({ person: { ...person, suppressed: null } })],
  ['purchase: ordered', ({ person }) => ({ person: { ...person, calls: [] } })],
  ['age: too_old', ({ person }) => ({ person: { ...person, lastOrderAt: null } })],
  ['hours: call later, outside_hours', ({ policy }) => ({ policy: { ...policy, maxAgeMs: DAY } })],
  ['holdout: holdout', () => ({ now: NOW })],
  ['age: call', ({ policy }) => ({ policy: { ...policy, holdoutPercent: 0 } })],
];

describe('a decision', () => {
  it('is by the first gate that stops, from the cheap and final to the lot', () => {
    let facts = WORST;
    const decided = MENDED.map(([, mend]) => {
      facts = { ...facts, ...mend(facts) };
      return said(decide(facts));
    });
    expect(decided).toEqual(MENDED.map(([expected]) => expected));
  });

  it('to call is for the instant that was wanted, and says that the delay set it', () => {
    const wantedAt = NOW + MINUTE;
    expect(decide(aQuestion({ wantedAt, moment: 'webhook' }))).toEqual({
      kind: 'call',
      at: wantedAt,
      deferredBy: null,
      gate: 'age',
      rule: 'CALL_DELAY@2026-11',
      seen: null,
    });
  });

  it('on what comes late is for when it was wanted, even in the past: the ring sees at once that it is due', () => {
    expect(decide(aQuestion({ wantedAt: NOW - HOUR, moment: 'webhook' }))).toMatchObject({ at: NOW - HOUR });
  });

  it('that puts off names the rows of the rules, and what of them and of the merchant’s hours did it', () => {
    expect(decide(aQuestion({ now: NOW + 9 * HOUR }))).toEqual({
      kind: 'call',
      at: Date.UTC(2026, 10, 4, 4, 30),
      deferredBy: 'outside_hours',
      gate: 'hours',
      rule: `calling-rules@${VERSION} IN (default)`,
      seen: 'default says not before 2026-11-04T04:30:00.000Z',
    });
  });

  it.each<[GateName, Partial<GateFacts>, string]>([
    ['consent', { candidate: { ...ASHA, consent: null } }, 'CALL_CONSENT@2026-11'],
    ['genuine', { candidate: { ...ASHA, botSignals: ['throwaway_email'] } }, 'bot-signals@2026-11'],
    ['value', { policy: aPolicy({ maxValue: '5' }) }, 'CALL_MIN_VALUE, CALL_MAX_VALUE@2026-11'],
    [
      'hours',
      { candidate: { ...ASHA, whereabouts: [{ country: 'XX', region: null, zones: [] }] } },
      `calling-rules@${VERSION} none`,
    ],
  ])('against a call by %s names its rule', (gate, facts, rule) => {
    expect(decide(aQuestion(facts))).toMatchObject({ kind: 'no_call', gate, rule });
  });

  it('is called at an hour that is decent wherever the shopper may be', () => {
    const places: CallingPlace[] = ['IN', 'AT'].map((country) => ({ country, province: null, zip: null }));
    const { policy } = aQuestion();
    const whereabouts = policy.times.whereabouts(places, null);
    // Vienna opens at 09:00 UTC in November, Bengaluru closes at 12:30 UTC.
    expect(decide(aQuestion({ candidate: { ...ASHA, whereabouts } }))).toMatchObject({
      at: Date.UTC(2026, 10, 3, 9),
      rule: `calling-rules@${VERSION} AT+IN (default)`,
    });
  });
});

describe('an explanation', () => {
  it('has every gate’s answer in order, and says which one decided', () => {
    const explained = explain(WORST);
    expect(explained.map(({ gate }) => gate)).toEqual(GATE_NAMES);
    expect(explained.filter(({ decides }) => decides).map(({ gate }) => gate)).toEqual(['shop']);
    const against = explained.filter(({ verdict }) => verdict !== 'pass').map(({ gate }) => gate);
    expect(against).toEqual(GATE_NAMES.filter((gate) => gate !== 'mode'));
  });

  it('where nothing speaks against a call says so of every gate, and none decides', () => {
    for (const { verdict, reason, decides } of explain(aQuestion())) {
      expect([verdict, reason, decides]).toEqual(['pass', null, false]);
    }
  });
});

const PLACES: readonly CallingPlace[] = [
  { country: 'IN', province: 'KA', zip: '560001' },
  { country: 'US', province: 'CA', zip: '94103' },
  { country: 'US', province: 'FL', zip: null },
  { country: 'US', province: null, zip: null },
  { country: 'DE', province: null, zip: '10115' },
  { country: 'FR', province: null, zip: '75001' },
  { country: 'AE', province: null, zip: null },
  { country: 'NZ', province: null, zip: null },
  { country: 'XX', province: null, zip: null },
];

const instants = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2028, 0, 1) });
/** Null four times out of five. */
const seldom = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: values });

function lineOf(text: string): WeeklyHours {
  const read = readHoursLine(text);
  if (!read.ok) throw new Error(`not hours: ${text}`);
  return read.hours;
}

const hours: fc.Arbitrary<HoursPolicy> = fc.record({
  narrower: seldom(fc.constant(lineOf('mon-fri 13:00-15:30'))),
  override: seldom(
    fc.constantFrom(
      { kind: 'up_to_the_law', hours: lineOf('mon-sun 08:00-20:00'), reason: 'a test' } as const,
      { kind: 'past_the_law', hours: lineOf('mon-sun 00:00-24:00'), rows: ['US-FL', 'FR'], reason: 'a test' } as const,
    ),
  ),
});

const questions: fc.Arbitrary<GateFacts> = fc
  .record({
    now: instants,
    age: fc.integer({ min: 0, max: DAY }),
    wantedIn: fc.integer({ min: -2 * DAY, max: 2 * DAY }),
    jitter: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
    moment: fc.constantFrom('webhook', 'ring'),
    places: fc.subarray([...PLACES], { maxLength: 2 }),
    dialled: fc.option(fc.constantFrom('+919090909090', '+14155550123', '+4930901820', '+642102345678')),
    candidate: fc.record({
      lacks: seldom(fc.constantFrom('no_phone', 'no_total')),
      phone: fc.constantFrom('callable', 'callable', 'callable', 'invalid', 'none'),
      test: fc.integer({ max: 9, min: 0 }).map((n) => n === 0),
      value: fc.option(fc.constantFrom('0', '12.50', '1955.00', '999999999999.9999')),
      isAgreed: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
    }),
    person: fc.record({
      calls: fc.array(fc.integer({ min: 0, max: 40 * DAY }), { maxLength: 2 }),
      refused: seldom(fc.integer({ min: 0, max: 90 * DAY })),
      ordered: seldom(fc.integer({ min: 0, max: 5 * DAY })),
      burst: seldom(fc.integer({ min: 0, max: 3 * DAY })),
    }),
    policy: fc.record({
      isAlways: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      hours,
      holdoutPercent: fc.constantFrom(0, 0, 10, 50),
      maxAgeMs: fc.integer({ min: HOUR, max: 10 * DAY }),
      minValue: fc.constantFrom(null, null, '10'),
      countries: fc.constantFrom(null, null, ['IN', 'US', 'DE']),
    }),
  })
  .map(({ now, age, wantedIn, jitter, moment, places, dialled, candidate, person, policy }) => {
    const { isAlways, hours: rules, ...limits } = policy;
    const decided = aPolicy({
      ...limits,
      hours: isAlways ? { kind: 'always' } : { kind: 'rules', ...rules },
    });
    const { isAgreed, lacks, phone, ...rest } = candidate;
    const about: Candidate = {
      ...ASHA,
      ...rest,
      lacks: lacks as Candidate['lacks'],
      phone: phone as Candidate['phone'],
      consent: isAgreed ? ASHA.consent : null,
      whereabouts: decided.times.whereabouts(places, dialled),
    };
    const history: PersonHistory = {
      ...NOTHING_KNOWN,
      calls: person.calls.map((ms) => now - ms).sort((one, other) => other - one),
      lastRefusalAt: person.refused === null ? null : now - person.refused,
      lastOrderAt: person.ordered === null ? null : now - person.ordered,
      burstAt: person.burst === null ? null : now - person.burst,
    };
    return aQuestion({
      candidate: about,
      person: history,
      policy: decided,
      personKey: dialled,
      lastActivityAt: now - age,
      wantedAt: now + wantedIn,
      moment: moment as GateFacts['moment'],
      jitter,
      now,
    });
  });

describe('whatever the checkout, the person and the merchant’s settings', () => {
  it('a decision throws nothing, and a call is at an allowed time, not before it is wanted, and not too late', () => {
    const seen = { calls: 0, deferred: 0, refused: 0 };
    fc.assert(
      fc.property(questions, (facts) => {
        const decision = decide(facts);
        if (decision.kind === 'no_call') {
          seen.refused++;
          return;
        }
        seen.calls++;
        const { hours: policy, times, maxAgeMs } = facts.policy;
        expect(decision.at).toBeGreaterThanOrEqual(facts.wantedAt);
        if (decision.deferredBy !== null) {
          seen.deferred++;
          expect(decision.at).toBeGreaterThan(facts.now);
          expect(decision.at - facts.lastActivityAt).toBeLessThanOrEqual(maxAgeMs);
        }
        if (policy.kind === 'always') return;
        // Due in the past means due now.
        const rings = Math.max(decision.at, facts.now);
        expect(times.isAllowedAt(rings, facts.candidate.whereabouts, policy)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
  });

  it('the same facts are decided alike by the webhook and by the ring, but for the lot', () => {
    fc.assert(
      fc.property(questions, (facts) => {
        const atRing = decide({ ...facts, moment: 'ring' });
        const atWebhook = decide({ ...facts, moment: 'webhook' });
        if (atRing.gate === 'holdout') expect(atWebhook).toMatchObject({ kind: 'call', at: facts.wantedAt });
        else expect(atWebhook).toEqual(atRing);
      }),
      { numRuns: 500 },
    );
  });

  it('one gate decides at most, it is the first that did not pass, and the decision is its', () => {
    fc.assert(
      fc.property(questions, (facts) => {
        const explained = explain(facts);
        const decision = decide(facts);
        // Whose number is not known is not drawn.
        const first = explained.find(({ verdict }) => verdict !== 'pass' && verdict !== 'unknown');
        expect(explained.filter(({ decides }) => decides)).toEqual(first ? [first] : []);
        expect([decision.gate, decision.rule]).toEqual(
          first ? [first.gate, first.rule] : ['age', 'CALL_DELAY@2026-11'],
        );
      }),
      { numRuns: 500 },
    );
  });
});
