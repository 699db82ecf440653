/**
 * From the process's environment to a frozen, nested Config: secrets from files, defaults, cross-field rules. All faults
 * are gathered and reported together; a fault names the variable and at most a piece of hours, a country or a row; never a secret.
 */
import { readFileSync } from 'node:fs';
import { DAY, HOUR, MINUTE } from '../domain/duration.ts';
import type { CallPolicy } from '../domain/policy.ts';
import { ConfigError } from '../errors.ts';
import { callingFaults, callingOf, callingWarnings, rulesFaults } from './calling.ts';
import { type FollowUpConfig, followUpFaults, followUpOf, followUpWarnings } from './follow-up.ts';
import { type PersonConfig, personOfEnvironment, personWarnings } from './person.ts';
import { type PrivacyConfig, privacyFaults, privacyOf, privacyWarnings } from './privacy.ts';
import { type Environment, environmentSchema, SECRET_NAMES } from './schema.ts';
import { strayNames } from './stray-names.ts';

export type AdminToken =
  /** Of an app made in the shop's admin; it never expires. */
  | { readonly kind: 'static'; readonly value: string }
  /** Of an app made in the Dev Dashboard: a token for a day at a time. */
  | { readonly kind: 'client_credentials'; readonly clientId: string; readonly clientSecret: string };

export interface Config {
  readonly role: 'all' | 'web' | 'worker';
  readonly http: { readonly host: string; readonly port: number; readonly publicUrl: URL };
  readonly redis: {
    readonly url: string;
    readonly prefix: string;
    readonly recordTtlMs: number;
    /** A Redis that forgets or evicts: `refuse` ends the process, `allow` raises an alarm. */
    readonly unsafe: 'refuse' | 'allow';
  };
  readonly logLevel: string;
  readonly shopify: {
    readonly shop: string;
    readonly clientId: string | null;
    /** Any one of these may have signed a webhook: the client secret first, then the extra ones. At least one. */
    readonly webhookSecrets: readonly string[];
    /** null: the shop's Admin API is not used. */
    readonly admin: { readonly url: URL; readonly token: AdminToken } | null;
  };
  readonly voice: {
    readonly baseUrl: URL;
    readonly publicKey: string;
    readonly privateKey: string;
    readonly workspace: string;
    readonly assistant: string;
    readonly timeoutMs: number;
  };
  readonly policy: CallPolicy;
  readonly followUp: FollowUpConfig;
  readonly person: PersonConfig;
  readonly privacy: PrivacyConfig;
  readonly dialling: {
    readonly concurrency: number;
    readonly perSecond: number;
    /** Folder of the intents on disk; null: there are none. */
    readonly intentJournal: string | null;
  };
  /** null: no password was configured, so there is no /ops at all. */
  readonly ops: { readonly username: string; readonly password: string } | null;
  readonly shutdownGraceMs: number;
  /** Allowed, but an operator should know: logged at every start. */
  readonly warnings: readonly string[];
}

/** Read by us, or by the compose file beside us. */
const KNOWN_NAMES: readonly string[] = [
  ...Object.keys(environmentSchema.shape),
  ...SECRET_NAMES.map((name) => `${name}_FILE`),
  ...['REDIS_PASSWORD', 'BIND', 'PORT_PUBLISHED', 'ENV_FILE', 'RINGBACK_IMAGE', 'NODE_IMAGE', 'REDIS_IMAGE'],
];

const MIN_OPS_PASSWORD = 16;
/** A webhook that was parked may be replayed for seven days; and one day for whatever else comes late. */
const MEMORY_BEYOND_MAX_AGE_MS = 8 * DAY;

/**
 * @param env - names to texts, such as `process.env`; an empty text counts as not given.
 * @param readFile - how `NAME_FILE` is read; its trailing newline is dropped.
 * @throws {ConfigError} with every fault at once.
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): Config {
  const faults: string[] = [];
  const given = withSecretsFromFiles(env, readFile, faults);
  const values = parseEach(given, faults);
  faults.push(...crossFieldFaults(values), ...runtimeFaults(env));
  const strays = strayNames(env, KNOWN_NAMES);
  // What is missing may stand there under a name that was mistyped.
  if (faults.length > 0) throw new ConfigError([...faults, ...rulesFaults(values, readFile), ...strays]);
  // Without a fault, every variable has its value.
  const isProduction = env.NODE_ENV === 'production';
  const config = toConfig(values as Environment, isProduction, readFile, faults, strays);
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(config);
}

/** Each variable by itself, so that a fault in one does not hide what two others say together. */
function parseEach(given: Readonly<Record<string, string>>, faults: string[]): Partial<Environment> {
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(environmentSchema.shape)) {
    const parsed = schema.safeParse(given[name]);
    if (parsed.success) values[name] = parsed.data;
    else if (given[name] !== undefined) faults.push(...parsed.error.issues.map(({ message }) => `${name} ${message}`));
    else if (!faults.some((fault) => fault.startsWith(`${name}_FILE `))) faults.push(`${name} is missing`);
  }
  return values;
}

function withSecretsFromFiles(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
  faults: string[],
): Record<string, string> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(environmentSchema.shape)) {
    const value = env[name];
    if (value !== undefined && value.trim() !== '') given[name] = value;
  }
  for (const name of SECRET_NAMES) {
    const path = env[`${name}_FILE`]?.trim();
    if (!path) continue;
    if (given[name] !== undefined) faults.push(`${name}_FILE and ${name} are both given: keep one`);
    try {
      const content = readFile(path).replace(/\r?\n$/, '');
      if (content.trim() === '') faults.push(`${name}_FILE names an empty file`);
      else given[name] = content;
    } catch {
      faults.push(`${name}_FILE names a file that cannot be read`);
    }
  }
  return given;
}

function crossFieldFaults(values: Partial<Environment>): string[] {
  const faults: string[] = [];
  for (const name of ['PUBLIC_URL', 'VOICE_API_URL', 'SHOPIFY_ADMIN_URL', 'FORWARD_URL'] as const) {
    const url = values[name];
    if (url?.protocol === 'http:' && !isLoopback(url.hostname)) {
      faults.push(`${name} must be https unless its host is loopback`);
    }
    const bare = name === 'FORWARD_URL' || !url?.search;
    if (url && (url.username || url.password || !bare || url.hash)) {
      faults.push(`${name} must hold no credentials, query or fragment`);
    }
  }
  // A variable with a fault of its own is not in `values`, and was reported already.
  const noClientSecret = 'SHOPIFY_CLIENT_SECRET' in values && values.SHOPIFY_CLIENT_SECRET === undefined;
  if (noClientSecret && values.SHOPIFY_WEBHOOK_SECRETS?.length === 0) {
    faults.push('SHOPIFY_CLIENT_SECRET is missing (or give SHOPIFY_WEBHOOK_SECRETS)');
  }
  if (values.OPS_PASSWORD !== undefined && values.OPS_PASSWORD.length < MIN_OPS_PASSWORD) {
    faults.push(`OPS_PASSWORD must have at least ${MIN_OPS_PASSWORD} characters`);
  }
  if (
    values.CALL_DELAY !== undefined &&
    values.CALL_MAX_AGE !== undefined &&
    values.CALL_DELAY >= values.CALL_MAX_AGE
  ) {
    faults.push('CALL_MAX_AGE must be longer than CALL_DELAY');
  }
  if (
    values.RECORD_TTL !== undefined &&
    values.CALL_MAX_AGE !== undefined &&
    values.RECORD_TTL < values.CALL_MAX_AGE + MEMORY_BEYOND_MAX_AGE_MS
  ) {
    faults.push(
      'RECORD_TTL must be at least 8 days longer than CALL_MAX_AGE: a record that is forgotten earlier could be called again',
    );
  }
  const longest = Math.max(values.ATTRIBUTION_WINDOW ?? 0, values.CALL_CLOSE_AFTER ?? 0, values.UNKNOWN_DEADLINE ?? 0);
  if (values.RECORD_TTL !== undefined && values.RECORD_TTL < longest) {
    faults.push('RECORD_TTL must not be shorter than ATTRIBUTION_WINDOW, CALL_CLOSE_AFTER or UNKNOWN_DEADLINE');
  }
  faults.push(...callingFaults(values), ...privacyFaults(values, values.CALL_MAX_AGE));
  // While its own variables have faults, nothing is said of what needs them.
  const adminUnclear = ['SHOPIFY_ADMIN_TOKEN', 'SHOPIFY_CLIENT_ID', 'SHOPIFY_CLIENT_SECRET'].some(
    (name) => !(name in values),
  );
  faults.push(...followUpFaults(values, adminUnclear || adminTokenOf(values) !== null));
  return faults;
}

/** A static token is preferred: who has one gave it on purpose. */
function adminTokenOf(values: Partial<Environment>): AdminToken | null {
  const { SHOPIFY_ADMIN_TOKEN: value, SHOPIFY_CLIENT_ID: clientId, SHOPIFY_CLIENT_SECRET: clientSecret } = values;
  if (value !== undefined) return { kind: 'static', value };
  return clientId !== undefined && clientSecret !== undefined
    ? { kind: 'client_credentials', clientId, clientSecret }
    : null;
}

/** What Node itself reads from the environment and would undo a promise of ours. */
function runtimeFaults(env: Readonly<Record<string, string | undefined>>): string[] {
  return env.NODE_TLS_REJECT_UNAUTHORIZED === '0'
    ? ['NODE_TLS_REJECT_UNAUTHORIZED must not be 0: anybody in between could read the keys and the calls']
    : [];
}

/** True for the host names that never leave this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** @param isProduction - NODE_ENV=production, as in the image: what is only warned about elsewhere ends the start. */
function toConfig(
  env: Environment,
  isProduction: boolean,
  readFile: (path: string) => string,
  faults: string[],
  strays: readonly string[],
): Config {
  const token = adminTokenOf(env);
  const person = personOfEnvironment(env);
  const ofRulesFile: string[] = [];
  const policy: CallPolicy = {
    delayMs: env.CALL_DELAY,
    maxAgeMs: env.CALL_MAX_AGE,
    consent: env.CALL_CONSENT,
    mode: env.CALL_MODE,
    ...callingOf(env, readFile, faults, ofRulesFile),
    caps: person.caps,
    holdoutPercent: env.HOLDOUT_PERCENT,
  };
  return {
    role: env.ROLE,
    http: { host: env.HOST, port: env.PORT, publicUrl: env.PUBLIC_URL },
    redis: {
      url: env.REDIS_URL.href,
      prefix: env.REDIS_PREFIX,
      recordTtlMs: env.RECORD_TTL,
      unsafe: env.REDIS_UNSAFE ?? (isProduction ? 'refuse' : 'allow'),
    },
    logLevel: env.LOG_LEVEL,
    shopify: {
      shop: env.SHOPIFY_SHOP,
      admin: token && { url: env.SHOPIFY_ADMIN_URL ?? new URL(`https://${env.SHOPIFY_SHOP}`), token },
      clientId: env.SHOPIFY_CLIENT_ID ?? null,
      webhookSecrets: [
        ...(env.SHOPIFY_CLIENT_SECRET ? [env.SHOPIFY_CLIENT_SECRET] : []),
        ...env.SHOPIFY_WEBHOOK_SECRETS,
      ],
    },
    voice: {
      baseUrl: env.VOICE_API_URL,
      publicKey: env.VOICE_PUBLIC_KEY,
      privateKey: env.VOICE_PRIVATE_KEY,
      workspace: env.VOICE_WORKSPACE,
      assistant: env.VOICE_ASSISTANT,
      timeoutMs: env.VOICE_TIMEOUT,
    },
    policy,
    followUp: followUpOf(env),
    person,
    privacy: privacyOf(env),
    dialling: {
      concurrency: env.CALL_CONCURRENCY,
      perSecond: env.CALLS_PER_SECOND,
      intentJournal: env.INTENT_JOURNAL ?? null,
    },
    ops: env.OPS_PASSWORD ? { username: env.OPS_USERNAME, password: env.OPS_PASSWORD } : null,
    shutdownGraceMs: env.SHUTDOWN_GRACE,
    warnings: [...warningsOf(env), ...ofRulesFile, ...strays],
  };
}

function warningsOf(env: Environment): string[] {
  const warnings: string[] = [];
  if (env.CALL_DELAY < 10 * MINUTE) {
    warnings.push(
      'CALL_DELAY is below 10 minutes: shoppers may still be buying, and the recovery URL may not work yet',
    );
  }
  if (env.CALL_MAX_AGE > 72 * HOUR)
    warnings.push('CALL_MAX_AGE is above 72 hours: late calls annoy more than they recover');
  if (env.CALL_CONSENT.kind === 'none') {
    warnings.push('CALL_CONSENT is none: shoppers are phoned without a recorded consent, which most countries forbid');
  }
  if (env.CALL_MODE === 'dry-run') warnings.push('CALL_MODE is dry-run: everything is decided and nobody is phoned');
  if (env.SHUTDOWN_GRACE < env.VOICE_TIMEOUT) {
    warnings.push('SHUTDOWN_GRACE is shorter than VOICE_TIMEOUT: a dial under way at the end may be left unknown');
  }
  if (!/^[0-9a-f]{24}$/i.test(env.VOICE_WORKSPACE)) {
    warnings.push('VOICE_WORKSPACE is not 24 hexadecimal digits, as the vendor’s ids are: is it the id, or the name?');
  }
  if (!env.OPS_PASSWORD) warnings.push('OPS_PASSWORD is not set: there are no /ops pages');
  warnings.push(...callingWarnings(env), ...personWarnings(env), ...followUpWarnings(env), ...privacyWarnings(env));
  return warnings;
}
