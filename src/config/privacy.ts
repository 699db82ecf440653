/** The part of the environment that says how personal data is kept: under which keys, and for how long. */
import { z } from 'zod';
import { DAY } from '../domain/duration.ts';
import { duration, secret } from './values.ts';

const KEY_BYTES = 32;
/** Random bytes repeat themselves a little; typed ones a lot. */
const FEWEST_DIFFERENT_BYTES = 8;

const NO_KEY = `must be ${KEY_BYTES} random bytes in base64: npm run cli -- data-key makes one`;

function isDataKey(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return (
    bytes.length === KEY_BYTES && bytes.toString('base64') === text && new Set(bytes).size >= FEWEST_DIFFERENT_BYTES
  );
}

const keyList = z
  .string()
  .transform((value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  )
  .refine((keys) => keys.every(isDataKey), `each ${NO_KEY}`);

export const privacyShape = {
  DATA_KEY: secret.refine(isDataKey, NO_KEY).optional(),
  DATA_KEYS_OLD: keyList.prefault(''),
  DATA_RETENTION: duration(DAY, 365 * DAY).prefault('30d'),
} as const;

const privacySchema = z.object(privacyShape);
export type PrivacyEnvironment = z.output<typeof privacySchema>;

export interface PrivacyConfig {
  /** Base64 of 32 bytes each; null: personal data is kept in clear. */
  readonly dataKeys: { readonly current: string; readonly old: readonly string[] } | null;
  /** How long personal data is kept after the last that was heard of a recovery. Milliseconds. */
  readonly retentionMs: number;
}

/** Faults between variables. */
export function privacyFaults(env: Partial<PrivacyEnvironment>, maxAgeMs: number | undefined): string[] {
  const faults: string[] = [];
  // A variable with a fault of its own is not in `env`, and was reported already.
  if ('DATA_KEY' in env && env.DATA_KEY === undefined && env.DATA_KEYS_OLD?.length) {
    faults.push('DATA_KEYS_OLD needs DATA_KEY: without it nothing would be sealed any more');
  }
  if (env.DATA_RETENTION !== undefined && maxAgeMs !== undefined && env.DATA_RETENTION < maxAgeMs) {
    faults.push('DATA_RETENTION must not be shorter than CALL_MAX_AGE: nobody could be called any more');
  }
  return faults;
}

export function privacyOf(env: PrivacyEnvironment): PrivacyConfig {
  const { DATA_KEY: current, DATA_KEYS_OLD: old, DATA_RETENTION: retentionMs } = env;
  return { dataKeys: current === undefined ? null : { current, old }, retentionMs };
}

export function privacyWarnings(env: PrivacyEnvironment): string[] {
  if (env.DATA_KEY !== undefined) {
    return env.DATA_KEYS_OLD.includes(env.DATA_KEY)
      ? ['DATA_KEYS_OLD holds DATA_KEY itself: is the new key in its place? See the steps of a rotation']
      : [];
  }
  return [
    'DATA_KEY is not set: names, numbers and addresses lie IN CLEAR in Redis and its backups (npm run cli -- data-key)',
  ];
}
