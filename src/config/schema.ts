/**
 * The environment's schema: one entry per variable, from text to typed value. Names are an interface that deployments
 * rely on. Cross-field rules are in `load.ts`.
 */
import { z } from 'zod';
import { DAY, HOUR, MINUTE, SECOND } from '../domain/duration.ts';
import { callingShape } from './calling.ts';
import { followUpShape } from './follow-up.ts';
import { personShape } from './person.ts';
import { privacyShape } from './privacy.ts';
import { duration, PLACEHOLDER, secret, text, url, wholeNumber } from './values.ts';

/** Every variable that holds a secret; each may also be given as `NAME_FILE`, the path of a file that holds it. */
export const SECRET_NAMES = [
  'REDIS_URL',
  'SHOPIFY_CLIENT_SECRET',
  'SHOPIFY_WEBHOOK_SECRETS',
  'SHOPIFY_ADMIN_TOKEN',
  'VOICE_PUBLIC_KEY',
  'VOICE_PRIVATE_KEY',
  'OPS_PASSWORD',
  'FORWARD_SECRET',
  'DATA_KEY',
  'DATA_KEYS_OLD',
] as const;

/** What becomes a header or a part of the request to the vendor: a stray line end or curly quote would fail every call. */
const PRINTABLE = /^[\x21-\x7e]+$/;
const NOT_PRINTABLE = 'must be printable ASCII without spaces';

/** No query: the client would take it for options, which are the code's to choose. */
const redisUrl = url('redis:', 'rediss:')
  .refine(({ hostname }) => hostname !== '', 'must name a host, such as redis://127.0.0.1:6379')
  .refine(({ search }) => search === '', 'must hold no query');

/** `acme` and `acme.myshopify.com` both name the shop; a custom domain does not appear in webhook headers. */
const shopDomain = text.transform((value, context) => {
  const lower = value.toLowerCase();
  const domain = lower.includes('.') ? lower : `${lower}.myshopify.com`;
  if (!/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/.test(domain)) {
    context.addIssue('must be the permanent domain, such as acme.myshopify.com');
  }
  return domain;
});

const consent = text.transform((value, context) => {
  if (value === 'none' || value === 'sms_marketing') return { kind: value } as const;
  const [, name, expected] = /^attribute:\s*([^=\s][^=]{0,99}?)\s*=\s*(\S.{0,199})$/.exec(value) ?? [];
  if (name && expected) return { kind: 'attribute', name, value: expected } as const;
  context.addIssue('must be none, sms_marketing or attribute:<name>=<value>');
  return z.NEVER;
});

export const environmentSchema = z.object({
  ROLE: z.enum(['all', 'web', 'worker'], 'must be all, web or worker').default('all'),
  HOST: text.default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).prefault('3000'),
  PUBLIC_URL: url('https:', 'http:'),
  REDIS_URL: redisUrl,
  REDIS_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be letters, digits, - or _')
    .default('ringback'),
  REDIS_UNSAFE: z.enum(['refuse', 'allow'], 'must be refuse or allow').optional(),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'must be a pino level such as info')
    .default('info'),

  SHOPIFY_SHOP: shopDomain,
  SHOPIFY_CLIENT_ID: text.optional(),
  SHOPIFY_CLIENT_SECRET: secret.optional(),
  SHOPIFY_WEBHOOK_SECRETS: z
    .string()
    .transform((value) =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .refine((values) => !values.some((value) => PLACEHOLDER.test(value)), 'holds a placeholder')
    .prefault(''),
  SHOPIFY_ADMIN_TOKEN: secret.optional(),
  SHOPIFY_ADMIN_URL: url('https:', 'http:').optional(),

  VOICE_API_URL: url('https:', 'http:').prefault('https://api.voice-agents.miraiminds.co'),
  VOICE_PUBLIC_KEY: secret.regex(PRINTABLE, NOT_PRINTABLE),
  VOICE_PRIVATE_KEY: secret.regex(PRINTABLE, NOT_PRINTABLE),
  VOICE_WORKSPACE: text.regex(PRINTABLE, NOT_PRINTABLE),
  VOICE_ASSISTANT: text.regex(PRINTABLE, NOT_PRINTABLE),
  VOICE_TIMEOUT: duration(100, MINUTE).prefault('10s'),

  CALL_DELAY: duration(0, 7 * DAY).prefault('15m'),
  CALL_MAX_AGE: duration(SECOND, 30 * DAY).prefault('24h'),
  CALL_CONSENT: consent,
  CALL_CONCURRENCY: wholeNumber(1, 1_000).prefault('10'),
  CALLS_PER_SECOND: wholeNumber(1, 1_000).prefault('5'),
  INTENT_JOURNAL: text.optional(),
  CALL_MODE: z.enum(['live', 'dry-run'], 'must be live or dry-run').default('live'),

  ...callingShape,
  ...personShape,
  ...followUpShape,
  ...privacyShape,

  // Basic auth ends the name at the first colon. RFC 7617 §2.
  OPS_USERNAME: text.refine((name) => !name.includes(':'), 'must hold no colon').default('ops'),
  OPS_PASSWORD: secret.optional(),
  SHUTDOWN_GRACE: duration(SECOND, 10 * MINUTE).prefault('25s'),
  RECORD_TTL: duration(HOUR, 3_650 * DAY).prefault('90d'),
});

export type Environment = z.output<typeof environmentSchema>;
