/** From environment to configuration: what is accepted, what is refused, and that no refusal ever quotes a value. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Config, isLoopback, loadConfig } from '../../../src/config/load.ts';
import { environmentSchema, SECRET_NAMES } from '../../../src/config/schema.ts';
import { CALLING_RULES } from '../../../src/domain/calling-rules/built-in.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/domain/duration.ts';
import { DEFAULT_CAPS } from '../../../src/domain/person-history.ts';
import { aDataKey } from '../../support/a-data-key.ts';
import { type Env, faultsIn, NEEDED } from '../../support/an-environment.ts';

const files: Readonly<Record<string, string>> = {
  '/run/secrets/plain': 'kept-in-a-file',
  '/run/secrets/with-newline': 'kept-in-a-file\n',
  '/run/secrets/from-windows': 'kept-in-a-file\r\n',
  '/run/secrets/empty': '',
  '/run/secrets/newline-only': '\n',
  '/run/secrets/blank': '  \n',
};

function readFile(path: string): string {
  const content = files[path];
  if (content === undefined) throw new Error(`no such file: ${path}`);
  return content;
}

function load(changes: Env = {}): Config {
  return loadConfig({ ...NEEDED, ...changes }, readFile);
}

const faultsOf = (env: Env = {}) => faultsIn(() => loadConfig(env, readFile));

/** The faults of an environment that would be good but for these changes. */
const faultsAfter = (changes: Env): readonly string[] => faultsOf({ ...NEEDED, ...changes });

describe('a configuration', () => {
  it('needs no more than what has no sensible default', () => {
    expect(load()).toEqual({
      role: 'all',
      http: { host: '127.0.0.1', port: 3000, publicUrl: new URL('https://ringback.example') },
      redis: { url: 'redis://127.0.0.1:6379', prefix: 'ringback', recordTtlMs: 90 * DAY, unsafe: 'allow' },
      logLevel: 'info',
      shopify: {
        shop: 'hill-coffee.myshopify.com',
        clientId: null,
        webhookSecrets: ['a-client-key-of-hill-coffee'],
        admin: null,
      },
      voice: {
        baseUrl: new URL('https://api.voice-agents.miraiminds.co'),
        publicKey: 'pk_made_up',
        privateKey: 'sk_made_up',
        workspace: '64b0c0ffee00000000000001',
        assistant: '64b0c0ffee00000000000002',
        timeoutMs: 10 * SECOND,
      },
      policy: {
        delayMs: 15 * MINUTE,
        maxAgeMs: 24 * HOUR,
        consent: { kind: 'sms_marketing' },
        enabled: true,
        hours: { kind: 'rules', narrower: null, override: null },
        times: expect.objectContaining({ version: CALLING_RULES.version }),
        mode: 'live',
        priorityFrom: null,
        minValue: null,
        maxValue: null,
        countries: null,
        botCheck: true,
        caps: DEFAULT_CAPS,
        holdoutPercent: 0,
      },
      // What is asked of a person is told in person.test.ts.
      person: expect.any(Object),
      // What follows a call is told in follow-up.test.ts.
      followUp: expect.any(Object),
      dialling: { concurrency: 10, perSecond: 5, intentJournal: null },
      ops: null,
      shutdownGraceMs: 25 * SECOND,
      privacy: { dataKeys: null, retentionMs: 30 * DAY },
      warnings: ['OPS_PASSWORD is not set: there are no /ops pages', expect.stringMatching(/^DATA_KEY is not set: /)],
    });
  });

  it.each(Object.keys(NEEDED))('is refused without %s', (name) => {
    expect(faultsAfter({ [name]: undefined })).toEqual([expect.stringMatching(new RegExp(`^${name} is missing`))]);
  });

  it.each(Object.keys(NEEDED))('takes an empty %s for one that was not given', (name) => {
    expect(faultsAfter({ [name]: '  ' })).toEqual(faultsAfter({ [name]: undefined }));
  });

  it('takes an empty optional value for its default', () => {
    expect(load({ PORT: '', ROLE: ' ', CALL_DELAY: '', OPS_PASSWORD: '', CALL_PRIORITY_FROM: '' })).toEqual(load());
  });

  it('reports every fault at once, those between variables included', () => {
    const faults = faultsOf({
      SHOPIFY_SHOP: 'www.hill-coffee.example',
      PORT: 'http',
      PUBLIC_URL: 'http://ringback.example',
      CALL_DELAY: '2d',
      CALL_MAX_AGE: '1d',
      OPS_PASSWORD: 'short',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    });
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
      'PORT',
      'REDIS_URL',
      'SHOPIFY_SHOP',
      'VOICE_PUBLIC_KEY',
      'VOICE_PRIVATE_KEY',
      'VOICE_WORKSPACE',
      'VOICE_ASSISTANT',
      'CALL_CONSENT',
      'PUBLIC_URL',
      'SHOPIFY_CLIENT_SECRET',
      'OPS_PASSWORD',
      'CALL_MAX_AGE',
      'NODE_TLS_REJECT_UNAUTHORIZED',
    ]);
  });

  it('names its faults in one message, one line each', () => {
    expect(() => load({ PORT: 'http', CALL_MODE: 'loud' })).toThrow(
      [
        'The configuration has 2 fault(s):',
        '  - PORT must be a whole number from 0 to 65535',
        '  - CALL_MODE must be live or dry-run',
      ].join('\n'),
    );
  });

  it('is never quoted in a fault, whatever was given for whatever variable but the hours, whose pieces are', () => {
    const names = Object.keys(environmentSchema.shape).filter((name) => !name.startsWith('CALLING_WINDOW'));
    const marked = fc
      .tuple(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.string({ maxLength: 12 }))
      .map(([before, after]) => `${before}q7Zk93vX${after}`);
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names, 'VOICE_PRIVATE_KEY_FILE', 'REDIS_URL_FILE'), marked),
        (env) => {
          expect(faultsOf(env).join('\n')).not.toContain('q7Zk93vX');
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a variable', () => {
  it.each([
    ['ROLE', 'boss', 'must be all, web or worker'],
    ['PORT', '65536', 'must be a whole number from 0 to 65535'],
    ['PORT', '3e3', 'must be a whole number from 0 to 65535'],
    ['PORT', '-1', 'must be a whole number from 0 to 65535'],
    ['CALL_CONCURRENCY', '0', 'must be a whole number from 1 to 1000'],
    ['CALLS_PER_SECOND', '2.5', 'must be a whole number from 1 to 1000'],
    ['PUBLIC_URL', 'ringback.example', 'must be a URL that begins with https:// or http://'],
    ['PUBLIC_URL', 'ftp://ringback.example', 'must be a URL that begins with https:// or http://'],
    ['REDIS_URL', 'http://127.0.0.1:6379', 'must be a URL that begins with redis:// or rediss://'],
    ['REDIS_URL', 'redis:foo', 'must name a host, such as redis://127.0.0.1:6379'],
    ['REDIS_URL', 'redis://', 'must name a host, such as redis://127.0.0.1:6379'],
    ['REDIS_URL', 'redis:///0', 'must name a host, such as redis://127.0.0.1:6379'],
    ['REDIS_URL', 'redis://127.0.0.1:6379/0?family=6', 'must hold no query'],
    ['OPS_USERNAME', 'asha:rao', 'must hold no colon'],
    ['REDIS_PREFIX', 'ring:back', 'must be letters, digits, - or _'],
    ['LOG_LEVEL', 'loud', 'must be a pino level such as info'],
    ['CALLING_HOURS', 'office', 'must be rules or always'],
    ['CALL_PRIORITY_FROM', '500,00', 'must be an amount such as 500 or 499.90'],
    ['CALL_PRIORITY_FROM', '-1', 'must be an amount such as 500 or 499.90'],
    ['CALL_DELAY', '15', 'is not a duration such as 500ms, 10s, 15m or 24h'],
    ['CALL_DELAY', '8d', 'must lie between 0ms and 7d'],
    ['CALL_MAX_AGE', '0s', 'must lie between 1s and 30d'],
    ['VOICE_TIMEOUT', '50ms', 'must lie between 100ms and 1m'],
    ['SHUTDOWN_GRACE', '1h', 'must lie between 1s and 10m'],
    ['RECORD_TTL', '90', 'is not a duration such as 500ms, 10s, 15m or 24h'],
  ])('%s is refused when it is %s', (name, value, fault) => {
    expect(faultsAfter({ [name]: value })).toContain(`${name} ${fault}`);
  });

  it.each(['VOICE_PUBLIC_KEY', 'VOICE_PRIVATE_KEY', 'VOICE_WORKSPACE', 'VOICE_ASSISTANT'])(
    '%s is what a header can carry',
    (name) => {
      for (const value of [
        'two words',
        'two\nlines',
        'a\ttab',
        'schlüssel',
        '“quoted”',
        'zero\u200bwidth',
        'del\u007f',
      ]) {
        expect([value, faultsAfter({ [name]: value })]).toEqual([
          value,
          [`${name} must be printable ASCII without spaces`],
        ]);
      }
      expect(faultsAfter({ [name]: ' !~sk_live-0/+= ' })).toEqual([]);
    },
  );

  it.each([
    ['500ms', 500],
    ['90s', 90 * SECOND],
    ['15m', 15 * MINUTE],
    ['24h', 24 * HOUR],
    ['7d', 7 * DAY],
    ['0s', 0],
  ])('that is a duration may be written %s', (text, ms) => {
    expect(load({ CALL_DELAY: text, CALL_MAX_AGE: '8d' }).policy.delayMs).toBe(ms);
  });

  it.each([
    ['hill-coffee', 'hill-coffee.myshopify.com'],
    ['hill-coffee.myshopify.com', 'hill-coffee.myshopify.com'],
    [' Hill-Coffee.MyShopify.com ', 'hill-coffee.myshopify.com'],
  ])('SHOPIFY_SHOP may be %j', (given, shop) => {
    expect(load({ SHOPIFY_SHOP: given }).shopify.shop).toBe(shop);
  });

  it.each(['hill-coffee.example', 'https://hill-coffee.myshopify.com', 'a.b.myshopify.com', '-x', 'hill coffee'])(
    'SHOPIFY_SHOP is not %j',
    (given) => {
      expect(faultsAfter({ SHOPIFY_SHOP: given })).toEqual([
        'SHOPIFY_SHOP must be the permanent domain, such as acme.myshopify.com',
      ]);
    },
  );

  it.each([
    ['none', { kind: 'none' }],
    ['sms_marketing', { kind: 'sms_marketing' }],
    ['attribute:voice_call=yes', { kind: 'attribute', name: 'voice_call', value: 'yes' }],
    ['attribute: May we call? = Yes, please ', { kind: 'attribute', name: 'May we call?', value: 'Yes, please' }],
    ['attribute:a=b=c', { kind: 'attribute', name: 'a', value: 'b=c' }],
  ])('CALL_CONSENT may be %j', (given, consent) => {
    expect(load({ CALL_CONSENT: given }).policy.consent).toEqual(consent);
  });

  it.each([
    'yes',
    'email_marketing',
    'NONE',
    'attribute:',
    'attribute:x',
    'attribute:=yes',
    'attribute:x=',
    'attribute: =yes',
  ])('CALL_CONSENT is not %j', (given) => {
    expect(faultsAfter({ CALL_CONSENT: given })).toEqual([
      'CALL_CONSENT must be none, sms_marketing or attribute:<name>=<value>',
    ]);
  });

  it('CALL_MAX_AGE is longer than CALL_DELAY', () => {
    expect(faultsAfter({ CALL_DELAY: '24h', CALL_MAX_AGE: '24h' })).toEqual([
      'CALL_MAX_AGE must be longer than CALL_DELAY',
    ]);
    expect(faultsAfter({ CALL_DELAY: '24h', CALL_MAX_AGE: '25h' })).toEqual([]);
  });

  it('RECORD_TTL outlasts CALL_MAX_AGE by eight days', () => {
    const fault =
      'RECORD_TTL must be at least 8 days longer than CALL_MAX_AGE: a record that is forgotten earlier could be called again';
    expect(faultsAfter({ RECORD_TTL: '215h' })).toEqual([fault]);
    expect(faultsAfter({ RECORD_TTL: '9d' })).toEqual([]);
    expect(faultsAfter({ RECORD_TTL: '37d', CALL_MAX_AGE: '30d' })).toEqual([fault]);
    expect(faultsAfter({ CALL_MAX_AGE: '30d' })).toEqual([]);
  });

  it.each<[Env, 'refuse' | 'allow']>([
    [{}, 'allow'],
    [{ NODE_ENV: 'development' }, 'allow'],
    [{ NODE_ENV: 'production' }, 'refuse'],
    [{ NODE_ENV: 'production', REDIS_UNSAFE: 'allow' }, 'allow'],
    [{ REDIS_UNSAFE: 'refuse' }, 'refuse'],
  ])('with %o a Redis that forgets is met with: %s', (env, unsafe) => {
    expect(load(env).redis.unsafe).toBe(unsafe);
  });

  it('NODE_TLS_REJECT_UNAUTHORIZED must not switch off the check of certificates', () => {
    expect(faultsAfter({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toEqual([
      expect.stringMatching(/^NODE_TLS_REJECT_UNAUTHORIZED must not be 0/),
    ]);
    expect(faultsAfter({ NODE_TLS_REJECT_UNAUTHORIZED: '1' })).toEqual([]);
  });
});

describe('a URL that others reach us by, or we them', () => {
  it.each(['PUBLIC_URL', 'VOICE_API_URL', 'SHOPIFY_ADMIN_URL'])('is https: %s', (name) => {
    expect(faultsAfter({ [name]: 'http://ringback.example' })).toEqual([
      `${name} must be https unless its host is loopback`,
    ]);
  });

  it.each(['http://localhost:3000', 'http://127.0.0.1:3000', 'http://127.8.8.8', 'http://[::1]:3000'])(
    'may be plain on this machine: %s',
    (url) => {
      expect(load({ PUBLIC_URL: url, VOICE_API_URL: url }).http.publicUrl.href).toBe(new URL(url).href);
    },
  );

  it.each(['http://localhost.evil.example', 'http://127.0.0.1.evil.example', 'http://10.0.0.1', 'http://0.0.0.0'])(
    'is not on this machine for looking like it: %s',
    (url) => {
      expect(isLoopback(new URL(url).hostname)).toBe(false);
      expect(faultsAfter({ PUBLIC_URL: url })).toEqual(['PUBLIC_URL must be https unless its host is loopback']);
    },
  );

  it.each([
    'https://user@ringback.example',
    'https://:secret@ringback.example',
    'https://ringback.example/?key=1',
    'https://ringback.example/#top',
  ])('holds nothing that a path can be lost behind: %s', (url) => {
    expect(faultsAfter({ PUBLIC_URL: url })).toEqual(['PUBLIC_URL must hold no credentials, query or fragment']);
  });
});

describe('the shop’s Admin API', () => {
  const app = { SHOPIFY_CLIENT_ID: 'an-app', SHOPIFY_CLIENT_SECRET: 'a-client-key-of-hill-coffee' };
  const own = { SHOPIFY_ADMIN_TOKEN: 'shpat_made_up' };
  const url = new URL('https://hill-coffee.myshopify.com');
  const credentials = { kind: 'client_credentials', clientId: 'an-app', clientSecret: 'a-client-key-of-hill-coffee' };

  it.each<[string, Env, Config['shopify']['admin'] | object]>([
    ['not used without a token', {}, null],
    ['not used with half of what gets one', { SHOPIFY_CLIENT_ID: undefined }, null],
    ['used with the credentials of an app', app, { url, token: credentials }],
    ['used with a token', own, { url, token: { kind: 'static', value: 'shpat_made_up' } }],
    ['used with the token that was given on purpose', { ...app, ...own }, { token: { kind: 'static' } }],
    [
      'elsewhere where somebody stands in for it',
      { ...own, SHOPIFY_ADMIN_URL: 'http://127.0.0.1:4000' },
      { url: new URL('http://127.0.0.1:4000') },
    ],
  ])('is %s', (_what, changes, admin) => {
    const { shopify } = load(changes);
    if (admin === null) expect(shopify.admin).toBeNull();
    else expect(shopify.admin).toMatchObject(admin);
  });
});

describe('a secret', () => {
  it.each(['plain', 'with-newline', 'from-windows'])('may come from a file: %s', (file) => {
    const { voice } = load({ VOICE_PRIVATE_KEY: undefined, VOICE_PRIVATE_KEY_FILE: `/run/secrets/${file}` });
    expect(voice.privateKey).toBe('kept-in-a-file');
  });

  const inFile: Readonly<Record<string, string>> = {
    REDIS_URL: 'redis://:from-a-file@127.0.0.1:6379/1',
    FORWARD_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    DATA_KEY: aDataKey(),
    DATA_KEYS_OLD: aDataKey(),
  };
  /** What must be there for it to be of any use. */
  const beside: Readonly<Record<string, Env>> = {
    FORWARD_SECRET: { FORWARD_URL: 'https://hill-coffee.example/calls' },
    DATA_KEYS_OLD: { DATA_KEY: aDataKey() },
  };

  it.each(SECRET_NAMES)('called %s may come from a file', (name) => {
    const content = inFile[name] ?? 'a-long-text-from-a-file';
    const env = { ...NEEDED, ...beside[name], [name]: undefined, [`${name}_FILE`]: '/run/secrets/any' };
    expect(JSON.stringify(loadConfig(env, () => `${content}\n`))).toContain(content);
  });

  it.each([
    ['missing', 'VOICE_PRIVATE_KEY_FILE names a file that cannot be read'],
    ['empty', 'VOICE_PRIVATE_KEY_FILE names an empty file'],
    ['newline-only', 'VOICE_PRIVATE_KEY_FILE names an empty file'],
    ['blank', 'VOICE_PRIVATE_KEY_FILE names an empty file'],
  ])('from a file that is %s is one fault', (file, fault) => {
    const env = { VOICE_PRIVATE_KEY: undefined, VOICE_PRIVATE_KEY_FILE: `/run/secrets/${file}` };
    expect(faultsAfter(env)).toEqual([fault]);
  });

  it('is not given twice, as a value and as a file', () => {
    expect(faultsAfter({ VOICE_PRIVATE_KEY_FILE: '/run/secrets/plain' })).toEqual([
      'VOICE_PRIVATE_KEY_FILE and VOICE_PRIVATE_KEY are both given: keep one',
    ]);
  });

  it('may have an empty NAME_FILE beside it', () => {
    expect(faultsAfter({ VOICE_PRIVATE_KEY_FILE: ' ' })).toEqual([]);
  });

  it.each(['changeme', 'CHANGE_ME', 'todo', 'xxxx', 'secret', '<your key>', 'your-private-key', '...'])(
    'is not the placeholder %j',
    (value) => {
      expect(faultsAfter({ VOICE_PRIVATE_KEY: value })).toEqual(['VOICE_PRIVATE_KEY is still a placeholder']);
      expect(faultsAfter({ SHOPIFY_WEBHOOK_SECRETS: `fine,${value}` })).toEqual([
        'SHOPIFY_WEBHOOK_SECRETS holds a placeholder',
      ]);
    },
  );

  it('of webhooks may be any of several, the client secret first', () => {
    const { shopify } = load({ SHOPIFY_WEBHOOK_SECRETS: ' the-old-one , from-the-notifications,, ' });
    expect(shopify.webhookSecrets).toEqual(['a-client-key-of-hill-coffee', 'the-old-one', 'from-the-notifications']);
  });

  it.each([undefined, '', ',', ' , '])('of webhooks is NEEDED: there is none in %j', (list) => {
    expect(faultsAfter({ SHOPIFY_CLIENT_SECRET: undefined, SHOPIFY_WEBHOOK_SECRETS: list })).toEqual([
      'SHOPIFY_CLIENT_SECRET is missing (or give SHOPIFY_WEBHOOK_SECRETS)',
    ]);
  });

  it('of webhooks need not be the client secret', () => {
    const { shopify } = load({ SHOPIFY_CLIENT_SECRET: undefined, SHOPIFY_WEBHOOK_SECRETS: 'from-the-notifications' });
    expect(shopify.webhookSecrets).toEqual(['from-the-notifications']);
  });

  it('for /ops has at least 16 characters', () => {
    expect(faultsAfter({ OPS_PASSWORD: 'fifteen-letters' })).toEqual(['OPS_PASSWORD must have at least 16 characters']);
    expect(load({ OPS_PASSWORD: 'sixteen-letters-' }).ops).toEqual({ username: 'ops', password: 'sixteen-letters-' });
    expect(load({ OPS_PASSWORD: 'sixteen-letters-', OPS_USERNAME: 'asha' }).ops?.username).toBe('asha');
  });
});

describe('a warning', () => {
  const quiet = { OPS_PASSWORD: 'sixteen-letters-', DATA_KEY: aDataKey() };

  it('is not given when all is well', () => {
    expect(load(quiet).warnings).toEqual([]);
  });

  it.each([
    [{ CALL_DELAY: '9m' }, 'CALL_DELAY is below 10 minutes'],
    [{ CALL_MAX_AGE: '73h' }, 'CALL_MAX_AGE is above 72 hours'],
    [{ CALL_CONSENT: 'none' }, 'CALL_CONSENT is none'],
    [{ CALLING_HOURS: 'always' }, 'CALLING_HOURS is always'],
    [{ CALL_MODE: 'dry-run' }, 'CALL_MODE is dry-run'],
    [{ SHUTDOWN_GRACE: '9s' }, 'SHUTDOWN_GRACE is shorter than VOICE_TIMEOUT'],
    [{ OPS_PASSWORD: undefined }, 'OPS_PASSWORD is not set'],
  ])('is given for %j', (changes, warning) => {
    expect(load({ ...quiet, ...changes }).warnings).toEqual([expect.stringMatching(new RegExp(`^${warning}: `))]);
  });

  it.each([{ CALL_DELAY: '10m' }, { CALL_MAX_AGE: '72h' }, { SHUTDOWN_GRACE: '10s' }])(
    'is not given at the bound: %j',
    (changes) => {
      expect(load({ ...quiet, ...changes }).warnings).toEqual([]);
    },
  );
});

describe('the files that ship with it', () => {
  const root = new URL('../../../', import.meta.url);
  const known = Object.keys(environmentSchema.shape);
  /** Read by docker-compose.yml alone. */
  const composeOnly = ['REDIS_PASSWORD', 'BIND', 'PORT_PUBLISHED'];

  it('.env.example and the schema name the same variables', () => {
    const example = readFileSync(new URL('.env.example', root), 'utf8');
    const named = [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]);
    expect(named.toSorted()).toEqual([...known, ...composeOnly].toSorted());
  });

  it('.env.example shows the defaults there are', () => {
    // Nothing is their default; what stands there is an example.
    const illustrated = new Set(['CALL_PRIORITY_FROM', 'CALLING_WINDOW']);
    const example = readFileSync(new URL('.env.example', root), 'utf8');
    const shown = Object.fromEntries(
      [...example.matchAll(/^# ([A-Z][A-Z0-9_]+)=(.+)$/gm)]
        .map((match) => [match[1], match[2]])
        .filter(([name]) => known.includes(name ?? '') && !illustrated.has(name ?? '')),
    );
    expect(Object.keys(shown).length).toBeGreaterThan(10);
    expect(load(shown)).toEqual(load());
  });

  it('docker-compose.yml names no variable that nobody reads', () => {
    const compose = readFileSync(new URL('docker-compose.yml', root), 'utf8');
    const ofCompose = ['RINGBACK_IMAGE', 'NODE_IMAGE', 'REDIS_IMAGE', 'ENV_FILE', 'REDISCLI_AUTH'];
    const withoutComments = compose.replaceAll(/^\s*#.*$/gm, '');
    const named = [
      ...withoutComments.matchAll(/\$\{([A-Z][A-Z0-9_]+)/g),
      ...withoutComments.matchAll(/\b([A-Z][A-Z0-9_]+): /g),
    ].map((match) => match[1]);
    const readBySomebody = [...known, ...composeOnly, ...ofCompose];
    expect(named.filter((name) => !readBySomebody.includes(name ?? ''))).toEqual([]);
    expect(named).toContain('REDIS_URL');
  });
});
