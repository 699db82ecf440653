/** The part of the environment that says what follows a call: orders, doubts, discounts, forwarding, and the shop's Admin API. */
import { z } from 'zod';
import type { DiscountPolicy, DiscountValue } from '../domain/discount.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../domain/duration.ts';
import { isForwardSecret } from '../domain/forward.ts';
import { MOST_HELD_OUT_PERCENT } from '../domain/holdout.ts';
import type { FollowUpRules } from '../domain/transition/event.ts';
import { duration, secret, text, url } from './values.ts';

const percent = z.string().transform((value, context) => {
  const number = /^\d{1,3}(\.\d{1,4})?$/.test(value) ? Number(value) : Number.NaN;
  if (!(number <= MOST_HELD_OUT_PERCENT)) context.addIssue(`must be a percentage from 0 to ${MOST_HELD_OUT_PERCENT}`);
  return number;
});

const discountKind = text.transform((value, context) => {
  if (value === 'off' || value === 'mint') return { kind: value } as const;
  const [, code] = /^fixed:\s*(\S{1,100})$/.exec(value) ?? [];
  if (code) return { kind: 'fixed', code } as const;
  context.addIssue('must be off, mint or fixed:<code>');
  return z.NEVER;
});

const discountValue = text.transform((value, context): DiscountValue => {
  const [, percentText] = /^(\d{1,2}(?:\.\d{1,2})?)%$/.exec(value) ?? [];
  if (percentText && Number(percentText) > 0) return { kind: 'percentage', percent: Number(percentText) };
  if (/^\d{1,9}(\.\d{1,2})?$/.test(value) && Number(value) > 0) return { kind: 'fixed', amount: value };
  context.addIssue('must be a percentage such as 10% or an amount such as 5.00');
  return z.NEVER;
});

const FORWARDED = ['actions', 'outcomes'] as const;

const forwarded = z.string().transform((value, context) => {
  const words = value.split(',').map((word) => word.trim());
  if (words.some((word) => !FORWARDED.includes(word as (typeof FORWARDED)[number]))) {
    context.addIssue('must be actions, outcomes or both, comma separated');
  }
  return { actions: words.includes('actions'), outcomes: words.includes('outcomes') };
});

/** Not a union: that would tell of a fault in words that help nobody. */
const every = z.string().transform((value, context) => {
  if (value.trim() === 'off') return null;
  const read = duration(10 * SECOND, DAY).safeParse(value);
  if (read.success) return read.data;
  for (const { message } of read.error.issues) context.addIssue(`${message}, or off`);
  return z.NEVER;
});

export const followUpShape = {
  ORDER_MATCH_WINDOW: duration(MINUTE, 365 * DAY).prefault('30d'),
  ATTRIBUTION_WINDOW: duration(MINUTE, 90 * DAY).prefault('7d'),
  HOLDOUT_PERCENT: percent.prefault('0'),
  CALL_CLOSE_AFTER: duration(MINUTE, 30 * DAY).prefault('72h'),
  VOICE_RETRY_AFTER: duration(SECOND, 7 * DAY).prefault('5m'),
  UNKNOWN_DEADLINE: duration(SECOND, 30 * DAY).prefault('24h'),
  UNKNOWN_REDIAL: z.enum(['no', 'yes'], 'must be no or yes').default('no'),

  LAST_LOOK: z.enum(['call', 'wait', 'off'], 'must be call, wait or off').default('call'),
  LAST_LOOK_TIMEOUT: duration(100, 30 * SECOND).prefault('2s'),
  BACKFILL_EVERY: every.prefault('5m'),

  DISCOUNT: discountKind.prefault('off'),
  DISCOUNT_VALUE: discountValue.optional(),
  DISCOUNT_DESCRIPTION: text.max(200, 'must have at most 200 characters').optional(),
  DISCOUNT_APPLY: z.enum(['additional', 'override'], 'must be additional or override').default('additional'),
  DISCOUNT_VALID_FOR: duration(HOUR, 90 * DAY).prefault('48h'),
  DISCOUNT_NOT_AGAIN: duration(0, 365 * DAY).prefault('90d'),

  AGENT_ORDER: z.enum(['off', 'draft', 'cod'], 'must be off, draft or cod').default('off'),
  FORWARD_URL: url('https:', 'http:').optional(),
  FORWARD_SECRET: secret.refine(isForwardSecret, 'must be whsec_ and the base64 of 24 to 64 bytes').optional(),
  FORWARD: forwarded.prefault('actions,outcomes'),
} as const;

const followUpSchema = z.object(followUpShape);
export type FollowUpEnvironment = z.output<typeof followUpSchema>;

export interface FollowUpConfig {
  /** The hours are the policy's. */
  readonly rules: Omit<FollowUpRules, 'isDecentHour'>;
  /** How long a doubt may last, and a call without news. Milliseconds. */
  readonly unknownMs: number;
  readonly calledMs: number;
  readonly matchWindowMs: number;
  /** null: the shop is not asked before a dial. */
  readonly lastLook: { readonly onSilence: 'call' | 'wait'; readonly timeoutMs: number } | null;
  /** null: the shop is not read. */
  readonly backfillEveryMs: number | null;
  readonly discount: DiscountPolicy;
  readonly forward: { readonly url: URL; readonly secret: string } | null;
}

/** How long anything is remembered of a person, milliseconds: whatever is asked about the longest. */
export function personMemoryMs({ matchWindowMs, discount }: FollowUpConfig): number {
  return Math.max(matchWindowMs, discount.kind === 'mint' ? discount.notAgainMs : 0, 30 * DAY);
}

/** Faults between variables. @param admin - whether an Admin token or client credentials are there. */
export function followUpFaults(
  env: Partial<FollowUpEnvironment> & { readonly CALL_DELAY?: number; readonly CALL_MAX_AGE?: number },
  admin: boolean,
): string[] {
  const faults: string[] = [];
  const needsAdmin = 'needs SHOPIFY_ADMIN_TOKEN, or SHOPIFY_CLIENT_ID and SHOPIFY_CLIENT_SECRET';
  if (!admin && env.LAST_LOOK === 'wait') faults.push(`LAST_LOOK=wait ${needsAdmin}`);
  if (!admin && env.DISCOUNT?.kind === 'mint') faults.push(`DISCOUNT=mint ${needsAdmin}`);
  if (!admin && env.AGENT_ORDER !== undefined && env.AGENT_ORDER !== 'off') {
    faults.push(`AGENT_ORDER=${env.AGENT_ORDER} ${needsAdmin}`);
  }
  const longest = (env.UNKNOWN_DEADLINE ?? 0) + (env.CALL_DELAY ?? 0);
  if (env.UNKNOWN_REDIAL === 'yes' && env.CALL_MAX_AGE !== undefined && longest >= env.CALL_MAX_AGE) {
    faults.push(
      'UNKNOWN_DEADLINE and CALL_DELAY together must be shorter than CALL_MAX_AGE: nothing would be left to dial again',
    );
  }
  const offers = env.DISCOUNT !== undefined && env.DISCOUNT.kind !== 'off';
  if (offers && 'DISCOUNT_VALUE' in env && env.DISCOUNT_VALUE === undefined) {
    faults.push('DISCOUNT_VALUE is missing: the agent must know what it offers');
  }
  // A variable with a fault of its own is not in `env`, and was reported already.
  const bothRead = 'FORWARD_URL' in env && 'FORWARD_SECRET' in env;
  if (bothRead && (env.FORWARD_URL === undefined) !== (env.FORWARD_SECRET === undefined)) {
    faults.push('FORWARD_URL and FORWARD_SECRET are needed together');
  }
  return faults;
}

export function followUpOf(env: FollowUpEnvironment): FollowUpConfig {
  const forward = env.FORWARD_URL && env.FORWARD_SECRET ? { url: env.FORWARD_URL, secret: env.FORWARD_SECRET } : null;
  return {
    rules: {
      attributionMs: env.ATTRIBUTION_WINDOW,
      agentOrder: env.AGENT_ORDER,
      forward: forward ? env.FORWARD : { actions: false, outcomes: false },
      redialPresumed: env.UNKNOWN_REDIAL === 'yes',
      vendorRetryMs: env.VOICE_RETRY_AFTER,
    },
    unknownMs: env.UNKNOWN_DEADLINE,
    calledMs: env.CALL_CLOSE_AFTER,
    matchWindowMs: env.ORDER_MATCH_WINDOW,
    lastLook: env.LAST_LOOK === 'off' ? null : { onSilence: env.LAST_LOOK, timeoutMs: env.LAST_LOOK_TIMEOUT },
    backfillEveryMs: env.BACKFILL_EVERY,
    discount: discountOf(env),
    forward,
  };
}

function discountOf(env: FollowUpEnvironment): DiscountPolicy {
  const { DISCOUNT: kind, DISCOUNT_VALUE: value } = env;
  if (kind.kind === 'off' || value === undefined) return { kind: 'off' };
  const description =
    env.DISCOUNT_DESCRIPTION ?? (value.kind === 'percentage' ? `${value.percent}% off` : `${value.amount} off`);
  const terms = { value, description, applyAs: env.DISCOUNT_APPLY };
  if (kind.kind === 'fixed') return { kind: 'fixed', code: kind.code, terms };
  return { kind: 'mint', terms, validMs: env.DISCOUNT_VALID_FOR, notAgainMs: env.DISCOUNT_NOT_AGAIN };
}

export function followUpWarnings(env: FollowUpEnvironment): string[] {
  const warnings: string[] = [];
  if (env.UNKNOWN_REDIAL === 'yes') {
    warnings.push(
      'UNKNOWN_REDIAL is yes: a shopper whose call left no trace within UNKNOWN_DEADLINE is phoned once more',
    );
  }
  return warnings;
}
