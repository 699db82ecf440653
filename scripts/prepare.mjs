// Runs before every npm script: brings dependencies in line with the lockfile, checks Node, and with `redis` makes sure
// that a Redis can be had. Plain JavaScript without dependencies, because it runs before either is certain (Node 18 will do).
// All it says goes to stderr, so that a script's own output stays clean; when nothing is due it says nothing.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { needsDevPackages, nodeFault, redisPlan, staleReason } from './prepare-plan.mjs';

const HELP = `usage: node scripts/prepare.mjs [redis]

Installs the dependencies from the lockfile where they are missing or out of date, and checks that Node is new enough.
  redis   also make sure that there is a Redis: REDIS_URL, or redis-server or valkey-server on the PATH;
          as root on Debian and Ubuntu the package is installed (its service is not started)`;

/** The project's folder; its own tests name another. */
const ROOT = process.env.RINGBACK_ROOT ?? dirname(dirname(fileURLToPath(import.meta.url)));
const BIN = join(ROOT, 'node_modules', '.bin');
/** Longer than a slow install; a lock older than this was left behind by a machine that lost power. */
const LOCK_STALE_MS = 15 * 60_000;
const POLICY_FILE = '/usr/sbin/policy-rc.d';

const say = (text) => process.stderr.write(`prepare: ${text}\n`);

class Stop extends Error {}

async function main(args) {
  if (args.includes('--help') || args.includes('-h')) return void process.stderr.write(`${HELP}\n`);
  const unknown = args.find((arg) => arg !== 'redis');
  if (unknown !== undefined) throw new Stop(`unknown argument ${unknown}; see --help`);

  if (dependenciesDue()) {
    await underLock(async () => {
      // Another command may have done it while this one waited.
      if (dependenciesDue()) await installDependencies();
    });
  }
  checkNode();
  if (args.includes('redis') && planRedis().kind !== 'ready') {
    await underLock(async () => {
      const plan = planRedis();
      if (plan.kind === 'missing') throw new Stop(plan.advice);
      if (plan.kind === 'install') await installRedis(plan.packages);
    });
  }
}

function dependenciesDue() {
  const lockfile = readJson(join(ROOT, 'package-lock.json'));
  // Without a lockfile (a production image) there is nothing to compare with, and nothing to install from.
  if (!lockfile) return undefined;
  const installed = readJson(join(ROOT, 'node_modules', '.package-lock.json'));
  return staleReason(lockfile, installed, { needsDev: needsDevPackages(process.env) });
}

async function installDependencies() {
  say('installing dependencies from the lockfile…');
  const path = withoutProjectBin(process.env.PATH ?? '');
  // Neither npm nor its Node may live in the folder that `npm ci` is about to replace.
  const npm = /[\\/]npm-cli\.js$/.test(process.env.npm_execpath ?? '')
    ? [process.env.npm_node_execpath ?? process.execPath, process.env.npm_execpath]
    : ['npm'];
  const [command, ...rest] = [...npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, output } = await run(command, rest, { ...process.env, PATH: path });
  if (code !== 0) throw new Stop(`npm ci failed (${reasonIn(output, code)}); run npm ci to see all of it`);
}

function checkNode() {
  const own = join(BIN, 'node');
  const bundled = existsSync(own);
  const node = bundled ? own : (findProgram('node') ?? process.execPath);
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  const fault = nodeFault(stdout?.trim() || undefined, { bundled });
  if (fault) throw new Stop(fault);
}

const planRedis = () =>
  redisPlan({
    redisUrl: process.env.REDIS_URL,
    hasProgram: (name) => findProgram(name) !== undefined,
    isRoot: process.getuid?.() === 0,
  });

async function installRedis(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const releasePolicy = holdServices();
  try {
    say('installing redis-server with apt-get…');
    // A failed update may still leave lists that are good enough; then again, its reason is the one worth telling.
    const results = [await run('apt-get', ['update', '-qq'], env)];
    for (const name of packages) {
      const result = await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], env);
      results.push(result);
      // Where a service manager runs, the package has also asked to be started at the next boot.
      if (existsSync('/run/systemd/system')) await run('systemctl', ['disable', '--quiet', name], env);
      if (planRedis().kind === 'ready') return;
    }
    const failed = results.find((result) => result.code !== 0) ?? { output: '', code: 0 };
    const why = reasonIn(failed.output, failed.code);
    throw new Stop(`apt-get could not install redis-server (${why}); install Redis yourself or set REDIS_URL`);
  } finally {
    releasePolicy();
  }
}

/**
 * Keeps apt from starting the new service, with Debian's own switch for it (a policy-rc.d that answers 101, "forbidden").
 * The file minds only as long as this process lives, so that one left behind by a crash does no harm.
 */
function holdServices() {
  if (existsSync(POLICY_FILE)) return () => {};
  const script = `#!/bin/sh\n# Written by Ringback's prepare.mjs, without effect once process ${process.pid} is gone; may be removed.\nkill -0 ${process.pid} 2>/dev/null && exit 101\nexit 0\n`;
  writeFileSync(POLICY_FILE, script, { mode: 0o755, flag: 'wx' });
  return () => rmSync(POLICY_FILE, { force: true });
}

/** Runs `work` while no other command prepares this same folder. The lock is a directory: making one is atomic. */
async function underLock(work) {
  const key = createHash('sha256').update(ROOT).digest('hex').slice(0, 16);
  const lock = join(tmpdir(), `ringback-prepare-${userInfo().uid}-${key}`);
  const owner = join(lock, 'pid');
  let told = false;
  while (!tryMkdir(lock)) {
    if (abandoned(lock, owner)) {
      rmSync(lock, { recursive: true, force: true });
      continue;
    }
    if (!told) say('waiting for another command that prepares this folder…');
    told = true;
    await delay(250);
  }
  // When told to stop, end npm or apt-get first: `work` then fails and cleans up after itself.
  const end = () => child?.kill('SIGTERM');
  process.on('SIGINT', end).on('SIGTERM', end);
  try {
    writeFileSync(owner, String(process.pid));
    await work();
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    rmSync(lock, { recursive: true, force: true });
  }
}

function tryMkdir(path) {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw new Stop(`cannot make the lock ${path}: ${error.message}`);
  }
}

function abandoned(lock, owner) {
  try {
    if (Date.now() - statSync(lock).mtimeMs > LOCK_STALE_MS) return true;
    const pid = Number(readFileSync(owner, 'utf8'));
    if (!pid) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // ESRCH: its process is gone. ENOENT: it is being made or removed just now, so look again.
    return error.code === 'ESRCH';
  }
}

/** The command under way, if any. */
let child;

function run(command, args, env) {
  return new Promise((resolve) => {
    child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: 1, output: `error ${error.message}` }));
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output }));
  });
}

/** The line of a failed command's output that says most: its first error line that is not just a code. */
function reasonIn(output, code) {
  const lines = output
    .split('\n')
    .flatMap((line) => /^(?:npm )?(?:error|ERR!|E:)\s+(.+)$/i.exec(line.trim())?.[1] ?? []);
  return (
    lines.find((line) => /\s/.test(line) && !/^(?:code|errno|syscall|path|dest)\s/.test(line)) ??
    lines[0] ??
    `exit ${code}`
  );
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

const withoutProjectBin = (path) =>
  path
    .split(delimiter)
    .filter((folder) => folder !== BIN)
    .join(delimiter);

function findProgram(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (folder === '') continue;
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  say(error instanceof Stop ? error.message : (error.stack ?? String(error)));
  process.exitCode = 1;
}
