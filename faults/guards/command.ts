/** `npm run faults -- guards`: takes one safeguard after the other out of a copy of the tree, and runs what should go red without it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyMutation, type Mutation } from './mutation.ts';

export const GUARDS_HELP = `npm run faults -- guards [--only NAME]... [--jobs 2] [--list]

  Copies the tree, takes one safeguard out of the copy, and runs the part of the sweep, or the test, that should go red without it.
  The safeguards are listed in faults/guards/mutations.json; one whose text is not in the source any more is an error.

  Exit code: 0 every removal went red (or is known to be covered twice), 1 one stayed green, or what should show it broke, 2 wrong usage, 3 one does not apply,
  4 a test is red with every safeguard in place.`;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = ['src', 'stand-ins', 'test', 'faults', 'scripts', 'package.json', 'tsconfig.json', 'vitest.config.ts'];
/** As sweeps (`I1: …`, `stuck …`) and tests tell what they found. */
const A_FAULT =
  /^without any kill, [^:]+: .*(?:I\d: |calls in the place of|stuck in|scheduled without|not over in time)|^ {4}(?:I\d: |stuck in|scheduled without|not over in time|\d+ jobs of)|AssertionError|Error: not within \d+ ms|Error: Property failed/;

const SHOW_WITHIN_MS = 10 * 60_000;

type Verdict = 'red' | 'green' | 'green, covered' | 'broke' | 'does not apply';

export async function guardsCommand(args: readonly string[]): Promise<number> {
  const mutations = JSON.parse(readFileSync(new URL('./mutations.json', import.meta.url), 'utf8')) as Mutation[];
  if (args.includes('--list')) {
    for (const { name, guards } of mutations) console.log(`${name.padEnd(34)} ${guards}`);
    return 0;
  }
  const only = args.flatMap((arg, i) => (args[i - 1] === '--only' ? [arg] : []));
  const jobs = args.flatMap((arg, i) => (args[i - 1] === '--jobs' ? [Number(arg)] : [])).at(-1) ?? 2;
  const chosen = mutations.filter(({ name }) => only.length === 0 || only.includes(name));
  if (chosen.length === 0 || !(jobs >= 1)) return 2;
  const rows: string[] = [];
  const verdicts: Verdict[] = [];
  const tests = new Set(chosen.flatMap(({ shows }) => shows.flatMap((show) => ('test' in show ? [show.test] : []))));
  for (const test of tests) {
    const { code, output } = await inCopy((root) => run(root, { test }, jobs));
    if (code === 0) continue;
    console.error(`${test} is red with every safeguard in place: ${faultIn(output) ?? 'it broke'}`);
    return 4;
  }
  for (const mutation of chosen) {
    const began = Date.now();
    const { verdict, why } = await tryWithout(mutation, jobs);
    verdicts.push(verdict);
    const row = `${verdict.padEnd(15)} ${mutation.name.padEnd(34)} ${why}`;
    rows.push(row);
    console.error(`${row} (${Math.round((Date.now() - began) / 1000)} s)`);
  }
  console.log(`\nwithout it      safeguard${' '.repeat(25)} what showed it\n${rows.join('\n')}`);
  if (verdicts.includes('does not apply')) return 3;
  return verdicts.includes('green') || verdicts.includes('broke') ? 1 : 0;
}

/** Runs something in a copy of the tree, which is gone afterwards. */
async function inCopy<T>(use: (root: string) => Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'ringback-guards-'));
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(root, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    return await use(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function tryWithout(mutation: Mutation, jobs: number): Promise<{ verdict: Verdict; why: string }> {
  return inCopy(async (root): Promise<{ verdict: Verdict; why: string }> => {
    try {
      applyMutation(root, mutation);
    } catch (error) {
      return { verdict: 'does not apply', why: (error as Error).message };
    }
    for (const show of mutation.shows) {
      const { code, output } = await run(root, show, jobs);
      if (code === 0) continue;
      const fault = faultIn(output);
      // A program that broke, or took too long, has shown nothing about the safeguard.
      if (fault === null) return { verdict: 'broke', why: output.trim().split('\n').at(-1)?.slice(0, 140) ?? '' };
      return { verdict: 'red', why: `${'sweep' in show ? 'sweep' : show.test}: ${fault}` };
    }
    return mutation.covered
      ? { verdict: 'green, covered', why: mutation.covered }
      : { verdict: 'green', why: 'UNTESTED: nothing went red' };
  });
}

async function run(
  root: string,
  show: Mutation['shows'][number],
  jobs: number,
): Promise<{ code: number; output: string }> {
  const argv =
    'sweep' in show
      ? ['faults/main.ts', 'sweep', '--fail-fast', '--jobs', `${jobs}`, ...show.sweep.split(' ')]
      : ['node_modules/vitest/vitest.mjs', 'run', show.test];
  const env = { ...process.env, PATH: `${join(ROOT, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}` };
  const child = spawn(process.execPath, argv, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const endWithUs = () => child.kill('SIGTERM');
  process.once('exit', endWithUs);
  const late = setTimeout(() => child.kill('SIGTERM'), SHOW_WITHIN_MS);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-50_000);
    });
  }
  const [code] = await once(child, 'close');
  clearTimeout(late);
  process.off('exit', endWithUs);
  return { code: code ?? 1, output };
}

/** The first finding of a sweep, or assertion of a test, that failed; null: there is none. */
function faultIn(output: string): string | null {
  const plain = output.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g'), '');
  const line = plain.split('\n').find((each) => A_FAULT.test(each));
  return line === undefined ? null : line.trim().slice(0, 140);
}
