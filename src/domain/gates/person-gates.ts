/** The gates that look at the person: what they agreed to, what they refused, and what they did meanwhile. */
import { isEvidenceFor } from '../consent.ts';
import { isHeldOut } from '../holdout.ts';
import { type CapHit, capFor } from '../person-history.ts';
import { capsFor, ruleOfCap } from '../policy.ts';
import type { Gate, GateVerdict } from './gate.ts';

const pass = (seen: string): GateVerdict => ({ verdict: 'pass', seen });
const day = (at: number): string => new Date(at).toISOString();

/** Did the shopper agree to be phoned, and not take it back since? */
export const consentGate: Gate = {
  name: 'consent',
  rule: 'CALL_CONSENT@2026-11',
  ask({ candidate: { consent }, person: { consentWithdrawnAt }, policy, lastActivityAt }) {
    if (consent === null) return { verdict: 'skip', reason: 'no_consent', seen: 'nothing that stands for consent' };
    if (!isEvidenceFor(consent, policy.consent)) {
      return {
        verdict: 'skip',
        reason: 'no_consent',
        seen: `${consent.source} = ${consent.value} does not stand for it now`,
      };
    }
    if (consentWithdrawnAt !== null && consentWithdrawnAt >= lastActivityAt) {
      return { verdict: 'skip', reason: 'consent_withdrawn', seen: `withdrawn ${day(consentWithdrawnAt)}` };
    }
    return {
      verdict: 'pass',
      // Most decisions never say it, and an instant is dear to write.
      get seen() {
        return `${consent.source} = ${consent.value}, seen ${day(lastActivityAt)}`;
      },
    };
  },
};

/** Is the person on the do-not-call list? */
export const suppressionGate: Gate = {
  name: 'suppression',
  rule: 'do-not-call-list@2026-11',
  ask({ person: { suppressed } }) {
    if (suppressed === null) return pass('not on the list');
    return {
      verdict: 'skip',
      reason: 'suppressed',
      seen: `on the list by ${suppressed.source} since ${day(suppressed.at)}`,
    };
  },
};

/** Of a cap that forbids a call, in a clause for an operator. */
export function seenOfCap({ cap, until }: CapHit): string {
  return `${cap}, until ${day(until)}`;
}

/** Was the person called often enough, or did they say no not long ago? */
export const frequencyGate: Gate = {
  name: 'frequency',
  rule: 'caps@2026-11',
  ask({ candidate: { whereabouts }, person, policy, wantedAt, now }) {
    // At a webhook the call is still to come, and a cap may be over by then.
    const cap = capFor(person, capsFor(policy, whereabouts), Math.max(now, wantedAt));
    if (cap === null) return pass(`${person.calls.length} calls in 30 days`);
    const rule = ruleOfCap(policy, whereabouts, cap.cap);
    return { verdict: 'skip', reason: 'frequency_cap', seen: seenOfCap(cap), rule };
  },
};

/** Has the person bought since they left this checkout? */
export const purchaseGate: Gate = {
  name: 'purchase',
  rule: 'orders-of-the-person@2026-11',
  ask({ person: { lastOrderAt }, lastActivityAt }) {
    if (lastOrderAt === null || lastOrderAt < lastActivityAt) return pass('no order since');
    return { verdict: 'stop', reason: 'ordered', at: lastOrderAt, seen: `ordered ${day(lastOrderAt)}` };
  },
};

/** Is the person in the control group? Drawn at the ring, when all else is positive, so that both groups are alike. */
export const holdoutGate: Gate = {
  name: 'holdout',
  rule: 'HOLDOUT_PERCENT@2026-11',
  ask({ moment, personKey, shop, policy: { holdoutPercent } }) {
    if (moment === 'webhook') return pass('drawn when it rings');
    if (personKey === null || !isHeldOut(personKey, shop, holdoutPercent)) return pass('not held out');
    return { verdict: 'skip', reason: 'holdout', seen: `held out (${holdoutPercent} %)` };
  },
};
