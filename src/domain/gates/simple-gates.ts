/** The gates that look at the checkout and the merchant's settings alone, each a question of one line or few. */
import { countryCodesAt, NO_COUNTRY } from '../calling-rules/whereabouts.ts';
import { compareDecimals } from '../decimal.ts';
import { BURST_COUNTS_MS } from '../person-history.ts';
import type { Gate, GateFacts, GateVerdict } from './gate.ts';

const pass = (seen: string): GateVerdict => ({ verdict: 'pass', seen });

/** Does the merchant want calls at all? */
export const shopGate: Gate = {
  name: 'shop',
  rule: 'CALLS@2026-11',
  ask: ({ policy }) =>
    policy.enabled ? pass('calls are on') : { verdict: 'skip', reason: 'calls_off', seen: 'calls are off' },
};

/** A dry run takes every decision as if it were live; it stops at the ring, short of the vendor. */
export const modeGate: Gate = {
  name: 'mode',
  rule: 'CALL_MODE@2026-11',
  ask: ({ policy }) => pass(policy.mode === 'live' ? 'live' : 'dry run: decided like live, and not dialled'),
};

/** Is this a shopper, not a test or a script? */
export const genuineGate: Gate = {
  name: 'genuine',
  rule: 'bot-signals@2026-11',
  ask({ candidate, person: { burstAt }, policy, lastActivityAt }) {
    if (candidate.test) return { verdict: 'skip', reason: 'test_checkout', seen: 'a test of the shop' };
    if (!policy.botCheck) return pass('not looked at');
    const signals: string[] = [...candidate.botSignals];
    if (burstAt !== null && burstAt > lastActivityAt - BURST_COUNTS_MS) signals.push('many_checkouts');
    if (signals.length === 0) return pass('no sign of a script');
    return { verdict: 'skip', reason: 'bot_like', seen: signals.join(', ') };
  },
};

/** Is there everything the call is about? */
export const completeGate: Gate = {
  name: 'complete',
  rule: 'payload@2026-11',
  ask({ candidate: { lacks } }) {
    return lacks === null ? pass('nothing is missing') : { verdict: 'wait', reason: lacks, seen: `missing: ${lacks}` };
  },
};

/** Can the number be called? Numbering plans, not the merchant, decide. */
export const phoneGate: Gate = {
  name: 'phone',
  rule: 'numbering-plans@2026-11',
  ask: ({ candidate: { phone } }) =>
    phone === 'callable'
      ? pass('a number that can be called')
      : { verdict: 'skip', reason: 'invalid_phone', seen: 'no number that can be called' },
};

/** Is every country the shopper may be in one the merchant calls? A country nobody can read is none of them. */
export const countryGate: Gate = {
  name: 'country',
  rule: 'CALL_COUNTRIES@2026-11',
  ask({ candidate: { whereabouts }, policy: { countries: allowed, hours } }) {
    const places = whereabouts.map(countryCodesAt);
    const seen = [...new Set(places.map((codes) => codes.at(-1)))].join(', ') || 'no country known';
    const isUnknown = places.length === 0 || whereabouts.some(({ country }) => country === NO_COUNTRY);
    if (isUnknown && (allowed !== null || hours.kind === 'rules'))
      return { verdict: 'skip', reason: 'unknown_country', seen };
    if (allowed === null || places.every((codes) => codes.some((code) => allowed.includes(code)))) return pass(seen);
    return { verdict: 'skip', reason: 'country', seen };
  },
};

/** Is the cart worth a call, and not too big for one? In the shop's currency. */
export const valueGate: Gate = {
  name: 'value',
  rule: 'CALL_MIN_VALUE, CALL_MAX_VALUE@2026-11',
  ask({ candidate: { value, currency }, policy: { minValue, maxValue } }) {
    const seen = value === null ? 'no total known' : `${value} ${currency ?? ''}`.trim();
    if (value === null) return pass(seen);
    if (minValue !== null && compareDecimals(value, minValue) < 0) {
      return { verdict: 'skip', reason: 'below_minimum', seen: `${seen}, at least ${minValue}` };
    }
    if (maxValue !== null && compareDecimals(value, maxValue) > 0) {
      return { verdict: 'skip', reason: 'above_maximum', seen: `${seen}, at most ${maxValue}` };
    }
    return pass(seen);
  },
};

/** Is the checkout still fresh? */
export const ageGate: Gate = {
  name: 'age',
  rule: 'CALL_MAX_AGE@2026-11',
  ask({ lastActivityAt, now, policy }: GateFacts) {
    const minutes = Math.round((now - lastActivityAt) / 60_000);
    const seen = `last activity ${minutes} min ago`;
    return now - lastActivityAt > policy.maxAgeMs ? { verdict: 'skip', reason: 'too_old', seen } : pass(seen);
  },
};
