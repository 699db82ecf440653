/** What prepare.mjs decides before a script runs, and how it tells a person who lacks something. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needsDevPackages, nodeFault, redisPlan, staleReason } from '../../../scripts/prepare-plan.mjs';

const PREPARE = fileURLToPath(new URL('../../../scripts/prepare.mjs', import.meta.url));

describe('whether an install is due', () => {
  const lockfile = {
    packages: {
      '': {},
      'node_modules/runs': { version: '1.0.0', integrity: 'sha512-a' },
      'node_modules/tests': { version: '2.0.0', dev: true },
      'node_modules/speeds': { version: '3.0.0', optional: true },
    },
  };
  const { 'node_modules/runs': runs, 'node_modules/tests': tests, 'node_modules/speeds': speeds } = lockfile.packages;
  const all = { 'node_modules/runs': runs, 'node_modules/tests': tests, 'node_modules/speeds': speeds };

  it.each([
    ['nothing was ever installed', undefined, true, /nothing/],
    ['everything is there', all, true, undefined],
    ['an optional package was left out', { 'node_modules/runs': runs, 'node_modules/tests': tests }, true, undefined],
    ['a package is missing', { 'node_modules/tests': tests }, true, /runs is missing/],
    ['a development package is missing', { 'node_modules/runs': runs }, true, /tests is missing/],
    ['a development package is missing that nobody needs', { 'node_modules/runs': runs }, false, undefined],
    ['a version differs', { ...all, 'node_modules/runs': { version: '1.0.1' } }, true, /runs is not the locked/],
    [
      'the content differs',
      { ...all, 'node_modules/runs': { version: '1.0.0', integrity: 'sha512-b' } },
      true,
      /runs is not the locked/,
    ],
    [
      'an optional package has another version',
      { ...all, 'node_modules/speeds': { version: '2.9.0' } },
      true,
      /speeds/,
    ],
  ])('when %s', (_case, packages, needsDev, expected) => {
    const reason = staleReason(lockfile, packages && { packages }, { needsDev });
    if (expected) expect(reason).toMatch(expected);
    else expect(reason).toBeUndefined();
  });

  it.each([
    [{}, true],
    [{ npm_lifecycle_event: 'test' }, true],
    [{ npm_lifecycle_event: 'start' }, false],
    [{ NODE_ENV: 'production' }, false],
    [{ npm_config_omit: 'optional dev' }, false],
    [{ npm_config_omit: 'optional' }, true],
  ])('with %j needs development packages: %s', (env, expected) => {
    expect(needsDevPackages(env)).toBe(expected);
  });
});

describe('whether Node is new enough', () => {
  it.each([
    ['v24.0.0', false, undefined],
    ['v25.1.0', false, undefined],
    ['v100.0.0', false, undefined],
    ['v20.20.2', false, /Node 24 or newer is needed, this is v20\.20\.2/],
    [undefined, true, /does not run on this system/],
  ])('%s', (version, bundled, expected) => {
    const fault = nodeFault(version, { bundled });
    if (expected) expect(fault).toMatch(expected);
    else expect(fault).toBeUndefined();
  });
});

describe('where Redis comes from', () => {
  it.each([
    ['the given address', { redisUrl: 'redis://127.0.0.1:6379', programs: [], isRoot: false }, 'ready'],
    ['redis-server', { redisUrl: undefined, programs: ['redis-server'], isRoot: false }, 'ready'],
    ['valkey-server', { redisUrl: undefined, programs: ['valkey-server'], isRoot: false }, 'ready'],
    ['a package, as root', { redisUrl: undefined, programs: ['apt-get'], isRoot: true }, 'install'],
    ['nowhere without root', { redisUrl: undefined, programs: ['apt-get'], isRoot: false }, 'missing'],
    ['nowhere without apt', { redisUrl: '', programs: [], isRoot: true }, 'missing'],
  ])('%s', (_case, { redisUrl, programs, isRoot }, kind) => {
    const plan = redisPlan({ redisUrl, isRoot, hasProgram: (name) => (programs as string[]).includes(name) });
    expect(plan.kind).toBe(kind);
  });
});

describe('the command', () => {
  let root: string;
  let bin: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ringback-prepare-'));
    bin = join(root, 'path');
    mkdirSync(bin);
    symlinkSync(process.execPath, join(bin, 'node'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function prepare(args: string[], env: Record<string, string> = {}) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [PREPARE, ...args], {
      encoding: 'utf8',
      env: { PATH: bin, TMPDIR: root, RINGBACK_ROOT: root, ...env },
    });
    return { status, stdout, lines: stderr.split('\n').filter(Boolean) };
  }

  /** A program on the PATH that notes how it was called and then does `body`. */
  function fakeProgram(name: string, body: string): void {
    const file = join(bin, name);
    writeFileSync(file, `#!/bin/sh\necho "$0 $*" >>"${root}/calls"\n${body}\n`);
    chmodSync(file, 0o755);
  }

  function lockfileWith(packages: object): void {
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
  }

  it('says nothing when nothing is due', () => {
    expect(prepare(['redis'], { REDIS_URL: 'redis://127.0.0.1:6379' })).toEqual({ status: 0, stdout: '', lines: [] });
  });

  it('asks in one line for a Redis that it may not install', () => {
    const { status, stdout, lines } = prepare(['redis']);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(lines).toEqual([expect.stringMatching(/^prepare: Redis is needed: install .+ or set REDIS_URL/)]);
  });

  it('installs what the lockfile names, with one line about it', () => {
    lockfileWith({ 'node_modules/runs': { version: '1.0.0' } });
    fakeProgram('npm', `/bin/mkdir -p node_modules; /bin/cp package-lock.json node_modules/.package-lock.json`);
    expect(prepare([])).toEqual({
      status: 0,
      stdout: '',
      lines: ['prepare: installing dependencies from the lockfile…'],
    });
    expect(prepare([])).toEqual({ status: 0, stdout: '', lines: [] });
  });

  it('passes on the reason of a failed install and leaves no lock behind', () => {
    lockfileWith({ 'node_modules/runs': { version: '1.0.0' } });
    fakeProgram(
      'npm',
      `echo 'npm error code EUSAGE'; echo 'npm error The lockfile and package.json disagree' >&2; exit 1`,
    );
    for (const _ of [1, 2]) {
      const { status, lines } = prepare([]);
      expect(status).toBe(1);
      expect(lines.at(-1)).toBe(
        'prepare: npm ci failed (The lockfile and package.json disagree); run npm ci to see all of it',
      );
    }
  });

  it('refuses an old Node that the scripts would run on', () => {
    rmSync(join(bin, 'node'));
    fakeProgram('node', 'echo v20.20.2');
    const { status, lines } = prepare([]);
    expect(status).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/^prepare: Node 24 or newer is needed, this is v20\.20\.2/)]);
  });

  it('refuses an unknown argument', () => {
    expect(prepare(['postgres'])).toMatchObject({
      status: 1,
      lines: ['prepare: unknown argument postgres; see --help'],
    });
  });
});
