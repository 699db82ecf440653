/** Each gate by itself: every verdict it has, and its bounds to the millisecond or the last digit. */
import { describe, expect, it } from 'vitest';
import { NO_COUNTRY } from '../../../src/domain/calling-rules/whereabouts.ts';
import { GATES } from '../../../src/domain/decide.ts';
import { DAY, HOUR, MINUTE } from '../../../src/domain/duration.ts';
import { GATE_NAMES, type GateFacts, type GateName, type GateVerdict } from '../../../src/domain/gates/gate.ts';
import { isHeldOut } from '../../../src/domain/holdout.ts';
import { NOTHING_KNOWN, type PersonHistory } from '../../../src/domain/person-history.ts';
import type { CallPolicy } from '../../../src/domain/policy.ts';
import { ASHA, aPolicy, aQuestion, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';

const NOW = ELEVEN_IN_BENGALURU;
const LEFT = NOW - 30 * MINUTE;

function verdictOf(name: GateName, facts: Partial<GateFacts>): GateVerdict {
  const gate = GATES.find((one) => one.name === name);
  if (!gate) throw new Error(`there is no gate ${name}`);
  return gate.ask(aQuestion(facts));
}

/** `pass`, or the verdict and its reason. */
function said(name: GateName, facts: Partial<GateFacts>): string {
  const verdict = verdictOf(name, facts);
  return verdict.verdict === 'pass' ? 'pass' : `${verdict.verdict}: ${verdict.reason}`;
}

const candidate = (changes: Partial<typeof ASHA>) => ({ candidate: { ...ASHA, ...changes } });
const policy = (changes: Partial<CallPolicy>) => ({ policy: aPolicy(changes) });
const person = (changes: Partial<PersonHistory>) => ({ person: { ...NOTHING_KNOWN, ...changes } });
const consent = (at: number) => ({ source: 'sms_marketing', value: 'accepted', at, version: '2026-11' });

const NOWHERE = { whereabouts: [...ASHA.whereabouts, { country: NO_COUNTRY, region: null, zones: [] }] };
const PUERTO_RICO = { whereabouts: [{ country: 'US', region: 'PR', zones: ['America/Puerto_Rico'] }] };
const CALIFORNIA = { whereabouts: [{ country: 'US', region: 'CA', zones: ['America/Los_Angeles'] }] };

type Case = readonly [what: string, facts: Partial<GateFacts>, verdict: string];

/** Every gate, and every verdict it may give. */
const CASES: Readonly<Record<GateName, readonly Case[]>> = {
  shop: [
    ['passes where calls are on', policy({ enabled: true }), 'pass'],
    ['stops where the merchant wants none', policy({ enabled: false }), 'skip: calls_off'],
  ],
  mode: [
    ['passes what is live', policy({ mode: 'live' }), 'pass'],
    ['passes a dry run, which is decided like live', policy({ mode: 'dry-run' }), 'pass'],
  ],
  genuine: [
    ['passes a shopper', {}, 'pass'],
    ['stops a test of the shop', candidate({ test: true }), 'skip: test_checkout'],
    [
      'stops a test also where nobody looks for scripts',
      { ...candidate({ test: true }), ...policy({ botCheck: false }) },
      'skip: test_checkout',
    ],
    ['stops one sign of a script', candidate({ botSignals: ['patterned_phone'] }), 'skip: bot_like'],
    [
      'passes it where nobody looks',
      { ...candidate({ botSignals: ['patterned_phone'] }), ...policy({ botCheck: false }) },
      'pass',
    ],
    ['stops what is part of a burst', { ...person({ burstAt: NOW }), lastActivityAt: NOW - HOUR }, 'skip: bot_like'],
    [
      'stops what is left less than a day after one',
      { ...person({ burstAt: NOW - DAY + 1 }), lastActivityAt: NOW },
      'skip: bot_like',
    ],
    ['passes what is left later', { ...person({ burstAt: NOW - DAY }), lastActivityAt: NOW }, 'pass'],
    [
      'passes a burst where nobody looks',
      { ...person({ burstAt: NOW }), lastActivityAt: NOW, ...policy({ botCheck: false }) },
      'pass',
    ],
  ],
  complete: [
    ['passes what lacks nothing', {}, 'pass'],
    ['waits for what is missing', candidate({ lacks: 'no_first_name' }), 'wait: no_first_name'],
  ],
  phone: [
    ['passes a number that can be called', {}, 'pass'],
    ['stops one that cannot', candidate({ phone: 'invalid' }), 'skip: invalid_phone'],
    ['stops where there is none', candidate({ phone: 'none' }), 'skip: invalid_phone'],
  ],
  country: [
    ['passes every country when none is named', {}, 'pass'],
    ['passes one that is named', policy({ countries: ['DE', 'IN'] }), 'pass'],
    ['stops one that is not', policy({ countries: ['DE'] }), 'skip: country'],
    [
      'stops where one of two is not',
      {
        ...candidate({ whereabouts: [...ASHA.whereabouts, { country: 'AT', region: null, zones: ['Europe/Vienna'] }] }),
        ...policy({ countries: ['IN'] }),
      },
      'skip: country',
    ],
    ['stops where none is known', candidate({ whereabouts: [] }), 'skip: unknown_country'],
    ['stops where one cannot be read', candidate(NOWHERE), 'skip: unknown_country'],
    [
      'stops where one cannot be read, whatever the hours',
      { ...candidate(NOWHERE), ...policy({ countries: ['IN'], hours: { kind: 'always' } }) },
      'skip: unknown_country',
    ],
    [
      'does not ask for it where neither hours nor countries count',
      { ...candidate(NOWHERE), ...policy({ hours: { kind: 'always' } }) },
      'pass',
    ],
    [
      'passes Puerto Rico as a part of the United States',
      { ...candidate(PUERTO_RICO), ...policy({ countries: ['US'] }) },
      'pass',
    ],
    ['passes Puerto Rico by its own code', { ...candidate(PUERTO_RICO), ...policy({ countries: ['PR'] }) }, 'pass'],
    [
      'stops California where Canada is called',
      { ...candidate(CALIFORNIA), ...policy({ countries: ['CA'] }) },
      'skip: country',
    ],
    [
      'stops California where Puerto Rico is called',
      { ...candidate(CALIFORNIA), ...policy({ countries: ['PR'] }) },
      'skip: country',
    ],
    [
      'passes that where hours do not matter',
      { ...candidate({ whereabouts: [] }), ...policy({ hours: { kind: 'always' } }) },
      'pass',
    ],
  ],
  value: [
    ['passes any amount when none is set', {}, 'pass'],
    ['passes the very minimum', policy({ minValue: '1955' }), 'pass'],
    ['stops a cent below', policy({ minValue: '1955.01' }), 'skip: below_minimum'],
    ['compares amounts and not texts', policy({ minValue: '500' }), 'pass'],
    ['passes the very maximum', policy({ maxValue: '1955.0000' }), 'pass'],
    ['stops a cent above', policy({ maxValue: '1954.99' }), 'skip: above_maximum'],
    [
      'passes what has no total yet',
      { ...candidate({ value: null }), ...policy({ minValue: '1', maxValue: '2' }) },
      'pass',
    ],
  ],
  consent: [
    ['passes what stands for it', candidate({ consent: consent(LEFT) }), 'pass'],
    ['stops where nothing does', candidate({ consent: null }), 'skip: no_consent'],
    [
      'stops where it was taken back since',
      { ...candidate({ consent: consent(LEFT) }), ...person({ consentWithdrawnAt: LEFT + 1 }) },
      'skip: consent_withdrawn',
    ],
    [
      'stops where it was taken back in the same instant',
      { ...candidate({ consent: consent(LEFT) }), ...person({ consentWithdrawnAt: LEFT }) },
      'skip: consent_withdrawn',
    ],
    [
      'passes where it was given anew afterwards',
      { ...candidate({ consent: consent(LEFT) }), ...person({ consentWithdrawnAt: LEFT - 1 }) },
      'pass',
    ],
  ],
  suppression: [
    ['passes who is not on the list', {}, 'pass'],
    ['stops who is', person({ suppressed: { source: 'call', at: 0 } }), 'skip: suppressed'],
  ],
  frequency: [
    ['passes who was never called', {}, 'pass'],
    ['stops who was called a day ago less a millisecond', person({ calls: [NOW - DAY + 1] }), 'skip: frequency_cap'],
    ['passes who was called a day ago', person({ calls: [NOW - DAY] }), 'pass'],
    ['stops after two calls in a week', person({ calls: [NOW - 2 * DAY, NOW - 6 * DAY] }), 'skip: frequency_cap'],
    ['stops who refused within 60 days', person({ lastRefusalAt: NOW - 60 * DAY + 1 }), 'skip: frequency_cap'],
    ['passes who refused 60 days ago', person({ lastRefusalAt: NOW - 60 * DAY }), 'pass'],
  ],
  purchase: [
    ['passes who bought nothing', {}, 'pass'],
    ['passes who bought before they left this cart', person({ lastOrderAt: LEFT - 1 }), 'pass'],
    ['stops who bought in that instant', person({ lastOrderAt: LEFT }), 'stop: ordered'],
    ['stops who bought since', person({ lastOrderAt: NOW }), 'stop: ordered'],
  ],
  age: [
    ['passes what is as old as it may be', { lastActivityAt: NOW - DAY }, 'pass'],
    ['stops a millisecond older', { lastActivityAt: NOW - DAY - 1 }, 'skip: too_old'],
    ['goes by now, not by when the call is wanted', { lastActivityAt: NOW - DAY, wantedAt: NOW + HOUR }, 'pass'],
  ],
  hours: [
    ['passes a decent hour', {}, 'pass'],
    ['puts off what is not', { wantedAt: NOW - 2 * HOUR, now: NOW - 2 * HOUR }, 'defer: outside_hours'],
    ['passes any hour where none matters', { ...policy({ hours: { kind: 'always' } }), now: NOW + 12 * HOUR }, 'pass'],
    ['stops where nobody knows what the clock says', candidate({ whereabouts: [] }), 'skip: unknown_country'],
    [
      'stops where the places never have a decent hour at once',
      candidate({
        whereabouts: [
          { country: 'FJ', region: null, zones: ['Pacific/Fiji'] },
          { country: 'US', region: 'CA', zones: ['America/Los_Angeles'] },
          { country: 'IN', region: null, zones: ['Asia/Kolkata'] },
        ],
      }),
      'skip: no_common_hours',
    ],
    [
      'stops what would be too old by then',
      { now: NOW + 9 * HOUR, wantedAt: NOW + 9 * HOUR, lastActivityAt: NOW - DAY / 2 },
      'skip: too_old',
    ],
  ],
  holdout: [
    ['passes everybody where nobody is held out', {}, 'pass'],
    ['passes whom nobody can tell apart', { personKey: null, ...policy({ holdoutPercent: 50 }) }, 'pass'],
    [
      'is not drawn before the ring',
      { moment: 'webhook', personKey: heldOut(), ...policy({ holdoutPercent: 50 }) },
      'pass',
    ],
    ['stops on whom the lot falls', { personKey: heldOut(), ...policy({ holdoutPercent: 50 }) }, 'skip: holdout'],
  ],
};

/** Somebody on whom the lot falls in Asha's shop. */
function heldOut(): string {
  const keys = Array.from({ length: 60 }, (_, n) => `+9190909${String(n).padStart(5, '0')}`);
  const found = keys.find((key) => isHeldOut(key, aQuestion().shop, 50));
  if (found === undefined) throw new Error('nobody of sixty is held out at 50 per cent');
  return found;
}

describe.each(GATE_NAMES)('the gate %s', (name) => {
  it.each(CASES[name])('%s', (_what, facts, verdict) => {
    expect(said(name, facts)).toBe(verdict);
  });
});

/** Name, version, and of the calling rules the rows. */
const VERSIONED = /^\S.*@\d{4}-\d{2}/;

describe('every gate', () => {
  it('stands in the order of their names, each once', () => {
    expect(GATES.map(({ name }) => name)).toEqual(GATE_NAMES);
  });

  it('names its rule with a version and says in a clause what it saw, without the person', () => {
    for (const [name, cases] of Object.entries(CASES)) {
      for (const [, facts] of cases) {
        const { seen, rule } = verdictOf(name as GateName, facts);
        expect(rule ?? 'gates@2026-11', name).toMatch(VERSIONED);
        expect(seen, name).toMatch(/^\S.*[^.\s]$/);
        expect(seen).not.toMatch(/9090|Asha|Rao|mail\.example|Cubbon|560001/);
      }
    }
    for (const { rule } of GATES) expect(rule).toMatch(VERSIONED);
  });
});

describe('what a gate saw', () => {
  it.each<[GateName, Partial<GateFacts>, string]>([
    [
      'genuine',
      { ...candidate({ botSignals: ['impossible_name', 'patterned_phone'] }), ...person({ burstAt: NOW }) },
      'impossible_name, patterned_phone, many_checkouts',
    ],
    ['country', policy({ countries: ['DE'] }), 'IN'],
    ['value', policy({ minValue: '2000' }), '1955.00 INR, at least 2000'],
    ['consent', candidate({ consent: consent(LEFT) }), 'sms_marketing = accepted, seen 2026-11-03T05:00:00.000Z'],
    [
      'suppression',
      person({ suppressed: { source: 'shopify', at: LEFT } }),
      'on the list by shopify since 2026-11-03T05:00:00.000Z',
    ],
    ['frequency', person({ calls: [NOW] }), 'day, until 2026-11-04T05:30:00.000Z'],
    ['age', {}, 'last activity 30 min ago'],
    ['complete', candidate({ lacks: 'no_phone' }), 'missing: no_phone'],
  ])('by %s is told in figures and codes', (name, facts, seen) => {
    expect(verdictOf(name, facts).seen).toBe(seen);
  });
});

describe('decent hours', () => {
  /** 10:00 in Bengaluru is 04:30 UTC; a Saturday there ends at 16:00, 10:30 UTC. */
  const at = (wanted: string, changes: Partial<GateFacts> = {}) => {
    const wantedAt = Date.parse(wanted);
    return verdictOf('hours', {
      wantedAt,
      now: wantedAt - 30 * MINUTE,
      lastActivityAt: wantedAt - 30 * MINUTE,
      ...policy({ maxAgeMs: 5 * DAY }),
      ...changes,
    });
  };

  it.each([
    ['before ten waits for ten', '2026-11-03T03:30:00.000Z', '2026-11-03T04:30:00.000Z'],
    ['a millisecond before ten waits for ten', '2026-11-03T04:29:59.999Z', '2026-11-03T04:30:00.000Z'],
    ['at six in the evening waits for the next morning', '2026-11-03T12:30:00.000Z', '2026-11-04T04:30:00.000Z'],
    ['at four on Saturday waits for Monday', '2026-11-07T10:30:00.000Z', '2026-11-09T04:30:00.000Z'],
    ['on Sunday waits for Monday', '2026-11-08T06:00:00.000Z', '2026-11-09T04:30:00.000Z'],
  ])('a call %s', (_what, wanted, until) => {
    expect(at(wanted)).toMatchObject({ verdict: 'defer', until: Date.parse(until) });
  });

  it.each([
    ['at ten sharp', '2026-11-03T04:30:00.000Z'],
    ['a millisecond before six', '2026-11-03T12:29:59.999Z'],
    ['a millisecond before four on Saturday', '2026-11-07T10:29:59.999Z'],
  ])('a call %s is not put off', (_what, wanted) => {
    expect(at(wanted)).toMatchObject({ verdict: 'pass' });
  });

  it('are judged by now where the wanted time is past', () => {
    expect(at('2026-11-03T06:00:00.000Z', { now: Date.UTC(2026, 10, 3, 13) })).toMatchObject({
      verdict: 'defer',
      until: Date.UTC(2026, 10, 4, 4, 30),
    });
  });

  it('that begin for many at once are spread over a quarter of an hour, by each one’s own lot', () => {
    const ten = Date.UTC(2026, 10, 3, 4, 30);
    const evening = '2026-11-03T03:00:00.000Z';
    expect(at(evening, { jitter: 0.5 })).toMatchObject({ until: ten + 7.5 * MINUTE });
    expect(at(evening, { jitter: 0.999999 })).toMatchObject({ until: ten + 15 * MINUTE - 1 });
  });

  it('name the version of the rules, the rows that hold, and what forbade the call', () => {
    const { times } = aPolicy();
    const verdict = at('2026-11-03T03:00:00.000Z');
    expect(verdict.rule).toBe(`calling-rules@${times.version} IN (IN)`);
    expect(verdict.seen).toMatch(/^(IN|default) says not before 2026-11-03T04:30:00.000Z$/);
  });
});
