/** Kinds of values that variables of the environment have: from text to a typed value, with what is wrong said in plain words. */
import { z } from 'zod';
import { formatDuration, parseDuration } from '../domain/duration.ts';

export const PLACEHOLDER = /^(change[-_ ]?me|todo|xxx+|secret|password|<.*>|your[-_ ].*|\.\.\.)$/i;

export const text = z.string().trim().min(1);
export const secret = text.refine((value) => !PLACEHOLDER.test(value), {
  error: 'is still a placeholder',
  abort: true,
});

export function duration(min: number, max: number) {
  return z.string().transform((value, context) => {
    const ms = parseDuration(value);
    if (ms === null) context.addIssue('is not a duration such as 500ms, 10s, 15m or 24h');
    else if (ms < min || ms > max)
      context.addIssue(`must lie between ${formatDuration(min)} and ${formatDuration(max)}`);
    return ms ?? 0;
  });
}

export function wholeNumber(min: number, max: number) {
  return z.string().transform((value, context) => {
    const number = /^\d+$/.test(value.trim()) ? Number(value) : Number.NaN;
    if (!(number >= min && number <= max)) context.addIssue(`must be a whole number from ${min} to ${max}`);
    return number;
  });
}

export function url(...protocols: string[]) {
  return text.transform((value, context) => {
    const parsed = URL.canParse(value) ? new URL(value) : null;
    if (!parsed || !protocols.includes(parsed.protocol)) {
      context.addIssue(`must be a URL that begins with ${protocols.join('// or ')}//`);
      return z.NEVER;
    }
    return parsed;
  });
}
