/** The part of the environment that says how often one person may be called, and by which words of a call they may not be any more. */
import { z } from 'zod';
import { parseSignal, type Signal, type SignalNames } from '../domain/call-signals.ts';
import { DAY } from '../domain/duration.ts';
import { type CallCaps, DEFAULT_CAPS } from '../domain/person-history.ts';
import { duration, wholeNumber } from './values.ts';

/** Comma separated; `none` for none at all. */
const signals = z.string().transform((value, context): readonly Signal[] => {
  const words = value.trim() === 'none' ? [] : value.split(',').map((word) => word.trim());
  return words.flatMap((word) => {
    const signal = parseSignal(word);
    if (signal === null) {
      context.addIssue(
        `item ${words.indexOf(word) + 1} is not one of call.<status>, action:<name>, insights.<name>, outcome.<name>, or stands for every call`,
      );
      return [];
    }
    return [signal];
  });
});

export const personShape = {
  CALLS_PER_DAY: wholeNumber(1, 24).prefault(String(DEFAULT_CAPS.perDay)),
  CALLS_PER_WEEK: wholeNumber(1, 100).prefault(String(DEFAULT_CAPS.perWeek)),
  CALLS_PER_MONTH: wholeNumber(1, 300).prefault(String(DEFAULT_CAPS.perMonth)),
  CALLS_PER_SHOP_DAY: wholeNumber(1, 1_000_000).optional(),
  REFUSAL_SILENCE: duration(0, 3_650 * DAY).prefault('60d'),
  DO_NOT_CALL_SIGNALS: signals.prefault('call.skip,insights.do_not_call,outcome.do_not_call,action:do_not_call'),
  REFUSAL_SIGNALS: signals.prefault(
    'insights.not_interested,outcome.not_interested,outcome.intent=not_interested,action:not_interested',
  ),
  DO_NOT_CALL_TAGS: z
    .string()
    .transform((value) =>
      value === 'none'
        ? []
        : value
            .split(',')
            .map((tag) => tag.trim().toLowerCase())
            .filter(Boolean),
    )
    .prefault('do_not_call,do-not-call'),
} as const;

const personSchema = z.object(personShape);
export type PersonEnvironment = z.output<typeof personSchema>;

export interface PersonConfig {
  readonly caps: CallCaps;
  /** Of all people together; null: no cap. */
  readonly perShopDay: number | null;
  readonly signals: SignalNames;
  /** Tags of a customer, lower case, that mean the same. */
  readonly tags: ReadonlySet<string>;
}

export function personOfEnvironment(env: PersonEnvironment): PersonConfig {
  return {
    caps: {
      perDay: env.CALLS_PER_DAY,
      perWeek: env.CALLS_PER_WEEK,
      perMonth: env.CALLS_PER_MONTH,
      refusalSilenceMs: env.REFUSAL_SILENCE,
    },
    perShopDay: env.CALLS_PER_SHOP_DAY ?? null,
    signals: { doNotCall: env.DO_NOT_CALL_SIGNALS, refusal: env.REFUSAL_SIGNALS },
    tags: new Set(env.DO_NOT_CALL_TAGS),
  };
}

export function personWarnings(env: PersonEnvironment): string[] {
  const warnings: string[] = [];
  if (env.CALLS_PER_WEEK < env.CALLS_PER_DAY || env.CALLS_PER_MONTH < env.CALLS_PER_WEEK) {
    warnings.push('CALLS_PER_DAY, CALLS_PER_WEEK and CALLS_PER_MONTH do not grow: the longer one is reached first');
  }
  if (env.REFUSAL_SILENCE < DEFAULT_CAPS.refusalSilenceMs) {
    warnings.push('REFUSAL_SILENCE is below 60 days, which France asks for');
  }
  if (env.DO_NOT_CALL_SIGNALS.length === 0) {
    warnings.push('DO_NOT_CALL_SIGNALS is none: a shopper who asks in a call not to be called again is not heard');
  }
  return warnings;
}
