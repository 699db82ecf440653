/** `npm run soak`: steady traffic and a nemesis, then peace, then every recovery is verified. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../stand-ins/free-port.ts';
import { SCENARIOS } from '../../stand-ins/voice-vendor/lifecycle.ts';
import { recordOf } from '../stage/record.ts';
import { openStage, PREFIX, type Stage } from '../stage/stage.ts';
import { chanceOf } from './chance.ts';
import { type ChangingTravel, nemesisOn } from './nemesis.ts';
import { planOf } from './plan.ts';
import { Traffic } from './traffic.ts';
import { CALL_DELAY_MS, CLOSE_AFTER_MS, isSettled, verify } from './verify.ts';

export const SOAK_HELP = `npm run soak -- [--minutes 10] [--seed TEXT]

  About fifteen webhooks a second, every kind of shopper, and every few seconds a fault: processes killed and frozen, Redis killed,
  frozen, full, read-only, slow and unreachable, the vendor slow, failing and telling everything twice. Then everything is healed, and
  every single recovery is verified. The seed is printed; with the same one the same shoppers come and the same faults strike at the same times. How the two meet is up to the machine.

  Exit code: 0 all held, 1 a finding, 2 wrong usage.`;

/** When everything is healed, what is due must be done within this. */
const BACKLOG_WITHIN_MS = 2 * 60_000;
/** The longest chain: an errand in doubt for two minutes, a sweep, the deadline of an unknown dial, a sweep. */
const SETTLED_WITHIN_MS = 5 * 60_000;

export async function soakCommand(args: readonly string[]): Promise<number> {
  let [minutes, seed] = [10, `${Math.floor(Math.random() * 1e9)}`];
  for (let i = 0; i < args.length; i += 2) {
    const value = args[i + 1] ?? '';
    if (args[i] === '--minutes' && Number(value) > 0) minutes = Number(value);
    else if (args[i] === '--seed' && value) seed = value;
    else return 2;
  }
  const plan = planOf(seed, minutes * 60_000);
  console.log(`soak: seed ${seed}, ${minutes} minutes, ${plan.shoppers.length} shoppers, ${plan.faults.length} faults`);
  const dir = await mkdtemp(join(tmpdir(), 'ringback-soak-'));
  const travel: ChangingTravel = {};
  const lives = chanceOf(`${seed}/lives`);
  const playable = SCENARIOS.filter((name) => name !== 'silent');
  const stage = await openStage({
    layout: 'split',
    timeMachine: false,
    stepMs: 150,
    travel,
    vendorScenario: () => lives.pick(playable),
    redisOptions: { port: await freePort(), dir },
    env: {
      ...{
        CALL_DELAY: `${CALL_DELAY_MS}ms`,
        VOICE_TIMEOUT: '3s',
        UNKNOWN_DEADLINE: '60s',
        CALL_CLOSE_AFTER: `${CLOSE_AFTER_MS}ms`,
        CALLS_PER_SECOND: '50',
      },
      LOG_LEVEL: 'error',
    },
  });
  try {
    const began = Date.now();
    const traffic = new Traffic(stage);
    const nemesis = nemesisOn(stage, travel);
    const view = startView(() => {
      const seconds = Math.round((Date.now() - began) / 1_000);
      const { calls, aborts } = stage.vendor;
      const flow = `${traffic.sent} webhooks (${traffic.pending} not taken yet, ${traffic.refused} sent again)`;
      return `${seconds} s  ${traffic.lives.length} shoppers, ${flow}, ${calls.length} calls, ${aborts.length} aborts  ${nemesis.now ?? ''}`;
    });
    const at = (ms: number) => pause(Math.max(0, began + ms - Date.now()));
    await Promise.all([
      (async () => {
        for (const shopper of plan.shoppers) {
          await at(shopper.atMs);
          traffic.begin(shopper);
        }
      })(),
      (async () => {
        for (const fault of plan.faults) {
          await at(fault.atMs);
          await nemesis.strike(fault);
        }
      })(),
    ]);
    await Promise.all(stage.actors.map(({ service }) => service.whenUp()));
    const healedAt = Date.now();
    view.say('peace');
    await traffic.end(BACKLOG_WITHIN_MS);
    const drained = await within(BACKLOG_WITHIN_MS, () => isDrained(stage));
    const drainedMs = Date.now() - healedAt;
    const settled = await within(SETTLED_WITHIN_MS, () => everybodySettled(stage, traffic));
    const settledMs = Date.now() - healedAt;
    view.stop();

    const { faults, ends } = await verify(stage, traffic.lives);
    console.log(tableOf('fault', 'struck', nemesis.strikes));
    console.log(tableOf('ended as', 'recoveries', ends));
    console.log(
      `${traffic.lives.length} shoppers, ${traffic.taken} webhooks acknowledged (${traffic.refused} sent again), ${stage.vendor.calls.length} calls, ` +
        `${stage.vendor.aborts.length} aborts, ${stage.actors.map(({ role, service }) => `${role} died ${service.deaths} times`).join(', ')}`,
    );
    console.log(
      `backlog ${drained ? `gone ${seconds(drainedMs)} after the last fault` : 'still there'}; all settled ${settled ? `after ${seconds(settledMs)}` : 'NOT in time'}`,
    );
    for (const fault of faults.slice(0, 40)) console.log(`  ${fault}`);
    const total = faults.length + (drained ? 0 : 1) + (settled ? 0 : 1);
    console.log(`${total} findings; again with: npm run soak -- --minutes ${minutes} --seed ${seed}`);
    return total === 0 ? 0 : 1;
  } finally {
    await stage.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Two columns, the most first. */
function tableOf(what: string, howOften: string, counts: ReadonlyMap<string, number>): string {
  const rows = [...counts].sort((one, other) => other[1] - one[1]).map(([name, count]) => [name, `${count}`]);
  const width = Math.max(...[what, ...counts.keys()].map((name) => name.length)) + 2;
  return [[what, howOften], ...rows].map(([name = '', count]) => `${name.padEnd(width)}${count}`).join('\n');
}

const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;

/** No job waits or runs, and no alarm is overdue. */
async function isDrained({ eyes }: Stage): Promise<boolean> {
  for (const queue of ['dial', 'errands']) {
    const below = `${PREFIX}:${queue}`;
    if ((await eyes.llen(`${below}:wait`)) + (await eyes.llen(`${below}:active`)) > 0) return false;
    // BullMQ keeps the time, in milliseconds, in the upper bits of the score.
    if ((await eyes.zcount(`${below}:delayed`, '-inf', String((Date.now() - 2_000) * 0x1000))) > 0) return false;
  }
  return true;
}

async function everybodySettled(stage: Stage, { lives }: Traffic): Promise<boolean> {
  for (const { shopper } of lives) {
    if (!isSettled(await recordOf(stage.eyes, PREFIX, shopper.recoveryId))) return false;
  }
  return true;
}

async function within(ms: number, isSo: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + ms;
  for (;;) {
    if (await isSo()) return true;
    if (Date.now() > deadline) return false;
    await pause(500);
  }
}

/** One line, written over at a terminal; elsewhere one every ten seconds. */
function startView(line: () => string): { say(text: string): void; stop(): void } {
  const { isTTY } = process.stderr;
  let said = '';
  const timer = setInterval(
    () => process.stderr.write(isTTY ? `\r\x1b[K${line()} ${said}` : `${line()} ${said}\n`),
    isTTY ? 250 : 10_000,
  );
  return {
    say(text) {
      said = text;
    },
    stop() {
      clearInterval(timer);
      process.stderr.write(isTTY ? `\r\x1b[K` : `${line()}\n`);
    },
  };
}
