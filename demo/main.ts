/** `npm run demo`: the whole product on this machine, with invented shoppers and a voice vendor that phones nobody. */
import { parseArgs } from 'node:util';
import { type Board, openBoard } from './board.ts';
import { type Played, reportLine, verdictLines } from './closing-words.ts';
import { playOn, playOnce } from './play.ts';
import type { LogLine } from './service.ts';
import { type Stage, setStage } from './stage.ts';
import type { Difference } from './verdict.ts';
import { type Watch, watchScenes } from './watch.ts';

const HELP = `The whole product on this machine: invented shoppers leave their checkouts; the voice vendor and the shop
are stand-ins, and nobody is phoned.

  npm run demo              plays all sessions, then goes on with a new one every 20 s until Ctrl-C
  npm run demo -- --once    plays all sessions once and compares: exit code 0 when each ended as it must, else 1

Redis: a private one is started and removed (redis-server or valkey-server must be installed); with REDIS_URL set, that
one is used below a random prefix, and what lies below it is deleted afterwards. Nothing of .env is read.`;

function readFlags(): { once: boolean } {
  try {
    const { values } = parseArgs({
      options: { once: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    });
    if (!values.help) return values;
    console.log(HELP);
    process.exit(0);
  } catch (fault) {
    console.error(`${fault instanceof Error ? fault.message : fault}\nSee npm run demo -- --help`);
    process.exit(2);
  }
}

function introduce({ service, redis, login, vendor, admin }: Stage, once: boolean): void {
  console.log(`
  The service     ${service.url}
  Its ops pages   ${service.url}/ops     user ${login.username}   password ${login.password}
  Its report      ${service.url}/ops/report
  Voice vendor    ${vendor.url} (a stand-in: nobody is phoned)
  Shop            ${admin.url} (a stand-in of its Admin API)
  Redis           ${redis.description}
  ${once ? '' : '\n  A new shopper every 20 s. Ctrl-C ends the demo.\n'}`);
}

function sumUp(played: Played): void {
  console.log(['', ...verdictLines(played), ...(played.report ? ['', reportLine(played.report)] : [])].join('\n'));
}

function judge(differences: readonly Difference[], calls: number, tookMs: number): number {
  const seconds = (tookMs / 1_000).toFixed(1);
  if (differences.length === 0) {
    console.log(`\nEvery shopper was treated as they must be: ${calls} calls, nobody twice. ${seconds} s.`);
    return 0;
  }
  console.log(`\nNot as it must be (${seconds} s):`);
  console.table(differences);
  return 1;
}

async function main(board: Board): Promise<number> {
  const { once } = readFlags();
  const begun = Date.now();
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());

  let watch: Watch | undefined;
  const onLine = (line: LogLine) => {
    watch?.lineCame(line);
    if (line.event === 'alarm') board.say(`the service raises an alarm: ${line.alarm}`);
  };
  console.log('Starting Redis, the voice vendor, the shop and the service …');
  const stage = await setStage(process.env.REDIS_URL, onLine, stop.signal);
  const differences: Difference[] = [];
  let played: Played | null = null;
  let closing = false;
  let exitCode: number | null = null;
  try {
    introduce(stage, once);
    watch = watchScenes(stage.ops, (scene) => board.changed(scene));
    void stage.service.ended.then((code) => {
      if (!closing)
        differences.push({ who: 'the service', what: 'end', expected: 'at the end', found: `early, ${code}` });
      stop.abort();
    });
    const theatre = { stage, board, watch, stopping: stop.signal };
    if (once) played = await playOnce(theatre);
    else await playOn(theatre);
    differences.push(...(played?.differences ?? []));
  } finally {
    closing = true;
    watch?.stop();
    board.stop();
    exitCode = await stage.close();
  }
  if (exitCode !== 0) {
    differences.push({ who: 'the service', what: 'exit code', expected: '0', found: String(exitCode ?? 'killed') });
    console.error(`\nThe last lines of the service:\n${stage.service.tail().join('\n')}`);
  }
  if (!once && differences.length === 0) return 0;
  if (played) sumUp(played);
  return judge(differences, stage.vendor.calls.length, Date.now() - begun);
}

const board = openBoard(process.stdout);
try {
  process.exitCode = await main(board);
} catch (fault) {
  board.stop();
  console.error(`The demo cannot go on: ${fault instanceof Error ? fault.message : fault}`);
  process.exitCode = 1;
}
