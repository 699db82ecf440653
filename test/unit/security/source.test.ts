/** What must not stand in the source, the lockfile or the container's description: read, because no run would show it. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const below = (pattern: string): string[] => globSync(pattern, { cwd: ROOT }).sort();
const sources = below('src/**/*.ts').map((file) => ({ file, text: read(file) }));

describe('secrets and digests', () => {
  /** What is secret, by the names it goes by here; not: names of things about them. */
  const SECRET = '(?:signature|digest|hmac|mac|expected|given|password|privateKey|clientSecret|authorization)';
  /** Compared with what is no value of a secret. */
  const HARMLESS =
    /(?:===|!==) *(?:''|null|undefined|'string'|0|\w+\.length)|typeof [\w.]+ *(?:===|!==)|\.length *(?:===|!==)/;
  const COMPARED = new RegExp(String.raw`\b${SECRET}\b *(?:===?|!==?)|(?:===?|!==?) *(?:\w+\.)*${SECRET}\b`);

  /** The header's text with its own other spelling, not with the digest that is expected; and a digit of a phone number. */
  const ALLOWED = [
    "return bytes.toString('base64') === signature ? bytes : null;",
    'length = Number(phone[i]) === expected ? length + 1 : 1;',
  ];

  it('are never compared with an operator that stops at the first difference', () => {
    const found = sources.flatMap(({ file, text }) =>
      text
        .split('\n')
        .filter((line) => COMPARED.test(line) && !HARMLESS.test(line) && !ALLOWED.includes(line.trim()))
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });

  it('would be found if they were', () => {
    for (const line of ['if (signature === expected)', 'return given !== header', 'a == hmac']) {
      expect(COMPARED.test(line) && !HARMLESS.test(line)).toBe(true);
    }
  });

  it('are compared in constant time wherever a digest or a password is checked', () => {
    const compare = sources.filter(({ text }) => /\btimingSafeEqual\(/.test(text)).map(({ file }) => file);
    expect(compare).toEqual(['src/http/ops/ops.ts', 'src/shopify/verify-webhook.ts', 'src/voice/verify-signature.ts']);
  });
});

describe('the source', () => {
  it.each([
    // Redis runs scripts of ours; they are constants.
    ['runs text as code', /(?<!redis\.)\beval\(|new Function\(|\bvm\.|from 'node:vm'/],
    ['starts programs', /from 'node:child_process'/],
    ['trusts certificates nobody vouches for', /rejectUnauthorized|NODE_TLS_REJECT_UNAUTHORIZED = /],
    ['reads requests leniently', /insecureHTTPParser|insecure-http-parser/],
    ['takes addresses of clients from headers', /trustProxy: (?!false)/],
    ['follows redirects', /redirect: 'follow'/],
  ])('nowhere %s', (_what, pattern) => {
    expect(sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file)).toEqual([]);
  });

  it('takes no secret from the command line', () => {
    const users = sources.filter(({ text }) => /process\.argv/.test(text)).map(({ file }) => file);
    expect(users).toEqual(['src/cli.ts', 'src/main.ts']);
    expect(read('src/main.ts')).not.toMatch(/argv\.(?!includes\('(?:--help|-h)'\))/);
  });
});

describe('the lockfile', () => {
  interface Locked {
    readonly version?: string;
    readonly resolved?: string;
    readonly integrity?: string;
    readonly hasInstallScript?: boolean;
    readonly link?: boolean;
  }
  const { lockfileVersion, packages } = JSON.parse(read('package-lock.json')) as {
    lockfileVersion: number;
    packages: Record<string, Locked>;
  };
  const { '': root, ...locked } = packages;
  const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;

  it('holds the sum of every package', () => {
    expect(lockfileVersion).toBe(3);
    expect(root).toBeDefined();
    expect(Object.keys(locked).length).toBeGreaterThan(100);
    const without = Object.entries(locked).filter(
      ([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==/.test(integrity),
    );
    expect(without.map(([name]) => name)).toEqual([]);
  });

  it('names no host, no repository and no folder to fetch from', () => {
    expect(Object.entries(locked).filter(([, { resolved, link }]) => resolved !== undefined || link)).toEqual([]);
  });

  it('is of versions, not of ranges, tags or addresses', () => {
    const wanted = ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides'].flatMap((kind) =>
      Object.entries(manifest[kind] ?? {}),
    );
    expect(wanted.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('runs nobody’s scripts when the image is built', () => {
    const installs = read('Dockerfile').match(/npm (?:ci|install).*/g) ?? [];
    expect(installs.length).toBeGreaterThan(0);
    for (const line of installs) expect(line).toMatch(/^npm ci .*--ignore-scripts/);
  });

  it('has Fastify at a version without the holes in reading content types, and Node’s strict parser', () => {
    const [major = 0, minor = 0, patch = 0] = (locked['node_modules/fastify']?.version ?? '').split('.').map(Number);
    expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(5_012_001);
  });
});

describe('the container', () => {
  const dockerfile = read('Dockerfile');
  const compose = read('docker-compose.yml');
  const [, services = ''] = compose.split('\nservices:\n');
  const redis = /^ {2}redis:\n([\s\S]*?)(?=^\S)/m.exec(services)?.[1] ?? '';

  it('is not root’s, and can be asked how it is without a shell', () => {
    expect(dockerfile).toMatch(/^USER (?!root|0)\S+$/m);
    expect(dockerfile.lastIndexOf('\nUSER ')).toBeGreaterThan(dockerfile.lastIndexOf('\nCOPY src'));
    expect(dockerfile).toMatch(/^HEALTHCHECK .* CMD \["node", /m);
    expect(dockerfile).toMatch(/^CMD \["node", /m);
    expect(dockerfile).not.toMatch(/^ADD |--chown|chmod|curl|wget|apt-get|ARG .*(SECRET|KEY|PASSWORD|TOKEN)/m);
  });

  it.each(['read_only: true', 'cap_drop: [ALL]', 'security_opt: ["no-new-privileges:true"]', 'tmpfs: ["/tmp:'])(
    'is started with %s, and so is its Redis',
    (line) => {
      expect(compose.split('\nx-environment')[0]).toContain(line);
      expect(redis).toContain(line);
    },
  );

  it('is published to this machine alone, and Redis to nobody', () => {
    expect(services.match(/ports: .*/g)).toEqual([expect.stringMatching(/\$\{BIND:-127\.0\.0\.1\}:/)]);
    expect(redis).not.toContain('ports');
    expect(redis).toContain('networks: [store]');
    expect(compose).toMatch(/store: \{ internal: true \}/);
  });

  it('gives Redis a password that stands in no file and on no command line, and the settings that calls need', () => {
    expect(redis).toContain('requirepass $$REDIS_PASSWORD');
    expect(compose).toMatch(/\$\{REDIS_PASSWORD:\?/);
    expect(redis).toContain('appendonly yes');
    expect(redis).toContain('maxmemory-policy noeviction');
    expect(redis).not.toMatch(/protected-mode no/);
  });

  it('is given no secret but by its environment or a file', () => {
    expect(compose).not.toMatch(/(SECRET|PASSWORD|KEY|TOKEN): (?!\$\{)\S/);
    expect(read('.dockerignore')).toMatch(/^(\.env|\*\*|\*)/m);
  });
});
