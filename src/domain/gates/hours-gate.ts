/** Is it a decent hour wherever the shopper may be? If not now, when? */
import { MINUTE } from '../duration.ts';
import type { Gate } from './gate.ts';

/** What was put off to the same opening begins spread over so long. Milliseconds. */
const SPREAD_MS = 15 * MINUTE;

export const hoursGate: Gate = {
  name: 'hours',
  rule: 'CALLING_HOURS@2026-11',
  ask({ candidate: { whereabouts }, policy, wantedAt, lastActivityAt, jitter, now }) {
    const { hours, times } = policy;
    if (hours.kind === 'always') return { verdict: 'pass', seen: 'any hour will do' };
    const asked = Math.max(wantedAt, now);
    const next = times.nextCallableInstant(asked, whereabouts, hours);
    const rule = `calling-rules@${next.version} ${next.rules.join('+') || 'none'}`;
    const by = next.ok && next.decidedBy !== null ? ` (${next.decidedBy})` : '';
    if (!next.ok) return { verdict: 'skip', reason: next.reason, seen: 'no hour is decent in all places', rule };
    if (next.at <= asked) return { verdict: 'pass', seen: `a decent hour in ${next.rules.join(', ')}`, rule };
    const at = times.withJitter(next.at, { random: () => jitter, upToMs: SPREAD_MS }, whereabouts, hours);
    const seen = `${next.decidedBy ?? 'the hours'} says not before ${new Date(next.at).toISOString()}`;
    if (at - lastActivityAt > policy.maxAgeMs)
      return { verdict: 'skip', reason: 'too_old', seen: `${seen}, too old then`, rule: rule + by };
    return { verdict: 'defer', reason: 'outside_hours', until: at, seen, rule: rule + by };
  },
};
