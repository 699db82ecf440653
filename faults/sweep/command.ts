/** `npm run faults -- sweep`: its options, its progress line, its table. */
import { LAYOUTS, type Layout } from '../stage/stage.ts';
import { type Point, parsePoint, type Side } from './points.ts';
import { SCENARIOS } from './scenarios.ts';
import { killsAt, type Outcome, sweepLayout } from './sweep.ts';

export const SWEEP_HELP = `npm run faults -- sweep [--layout split|all|both] [--point 17b]... [--scenario NAME]... [--match RE] [--every N] [--jobs 2] [--ci] [--list]

  Kills a process of the service at every request it makes to Redis, the vendor or the merchant: before the request arrives (a),
  and after it was obeyed and before its answer arrives (b; not for a mere read, where it is the next one's a). Starts it again, lets the senders repeat what was not acknowledged,
  lets time pass (at most 5 minutes of the service's own), and checks that nobody is phoned twice and nobody is forgotten.

  --layout    split: web and worker are two processes (default); all: one; both
  --point     only this point, by its number, with or without its side; may be given often
  --scenario  only the points of this scenario: ${SCENARIOS.map(({ name }) => name).join(', ')}; may be given often
  --match RE  only points of which \`<process>: <name>\` matches
  --every N   only every Nth kill
  --jobs      runs at once, each with a Redis and processes of its own (default 2)
  --ci        a fixed part that takes less than four minutes: layout split, every third kill
  --list      only number the points
  --fail-fast end at the first finding

  Exit code: 0 all held, 1 a finding, 2 wrong usage.`;

export interface SweepOptions {
  readonly layouts: readonly Layout[];
  readonly points: readonly { readonly number: number; readonly side: Side | null }[];
  readonly scenarios: readonly string[];
  readonly match: RegExp;
  readonly every: number;
  readonly jobs: number;
  readonly list: boolean;
  readonly failFast: boolean;
}

const CI_EVERY = 3;

/** @returns a sentence instead when an option is wrong. */
export function readSweepOptions(args: readonly string[]): SweepOptions | string {
  const points: { number: number; side: Side | null }[] = [];
  const scenarios: string[] = [];
  let match = /^/;
  let layouts: readonly Layout[] = ['split'];
  let [every, jobs, list, failFast] = [1, 2, false, false];
  for (let i = 0; i < args.length; i++) {
    const option = args[i];
    if (option === '--list') list = true;
    else if (option === '--fail-fast') failFast = true;
    else if (option === '--ci') every = CI_EVERY;
    else {
      const value = args[++i] ?? '';
      const number = Number(value);
      if (option === '--layout' && value === 'both') layouts = LAYOUTS;
      else if (option === '--layout' && LAYOUTS.includes(value as Layout)) layouts = [value as Layout];
      else if (option === '--point' && parsePoint(value) !== null)
        points.push(parsePoint(value) as (typeof points)[number]);
      else if (option === '--scenario' && SCENARIOS.some(({ name }) => name === value)) scenarios.push(value);
      else if (option === '--match') match = new RegExp(value);
      else if (option === '--every' && Number.isInteger(number) && number > 0) every = number;
      else if (option === '--jobs' && Number.isInteger(number) && number > 0 && number <= 8) jobs = number;
      else return `sweep does not understand ${[option, value].join(' ').trim()}`;
    }
  }
  return { layouts, points, scenarios, match, every, jobs, list, failFast };
}

/** Which kills these options ask for. Every nth is counted over the kills, so that sides take turns. */
export function selectKills(points: readonly Point[], options: SweepOptions): { point: Point; side: Side }[] {
  const named = ({ number }: Point, side: Side): boolean =>
    options.points.length === 0 ||
    options.points.some((each) => each.number === number && (each.side === null || each.side === side));
  const wanted = ({ scenario, role, name }: Point): boolean =>
    (options.scenarios.length === 0 || options.scenarios.includes(scenario)) && options.match.test(`${role}: ${name}`);
  return killsAt(points.filter(wanted))
    .filter(({ point, side }) => named(point, side))
    .filter((_, i) => i % options.every === 0);
}

/** @returns the exit code. */
export async function sweepCommand(options: SweepOptions): Promise<number> {
  const began = Date.now();
  const all: Outcome[] = [];
  for (const layout of options.layouts) {
    let total = 0;
    let bad = 0;
    all.push(
      ...(await sweepLayout({
        layout,
        jobs: options.jobs,
        stopAtFault: options.failFast,
        select: (points) => (options.list ? [] : selectKills(points, options)),
        onPlanned(points, tries) {
          total = tries;
          say(pointsTable(layout, points));
          if (options.list) for (const point of points) console.log(nameOfPoint(point));
        },
        onOutcome(outcome, done) {
          if (outcome.faults.length > 0) {
            bad++;
            say(`${titleOf(outcome)}\n${outcome.faults.map((fault) => `    ${fault}`).join('\n')}`);
          }
          progress(`${layout}: ${done}/${total} kills, ${bad} findings, ${Math.round((Date.now() - began) / 1000)} s`);
        },
      })),
    );
    if (process.stderr.isTTY) process.stderr.write('\n');
  }
  if (options.list) return 0;
  say(outcomeTable(all));
  const findings = all.filter(({ faults }) => faults.length > 0).length;
  const missed = all.filter(({ reached }) => !reached);
  if (missed.length > 0) {
    say(
      `not reached, so nothing was killed there: ${missed.map(({ point, side }) => `${point.number}${side}`).join(' ')}`,
    );
  }
  say(
    `${all.length} kills, ${findings} findings, ${missed.length} not reached, ${Math.round((Date.now() - began) / 1000)} s`,
  );
  return findings > 0 || missed.length > all.length / 10 ? 1 : 0;
}

function nameOfPoint({ number, layout, scenario, role, name }: Point): string {
  return `${String(number).padStart(4)}  ${layout} ${scenario} ${role}: ${name}`;
}

function titleOf({ point, side, ends }: Outcome): string {
  return `${point.number}${side} ${point.scenario} ${point.role}: ${point.name} (${ends.join(', ')})`;
}

function pointsTable(layout: Layout, points: readonly Point[]): string {
  const counts = new Map<string, number>();
  for (const { scenario, role } of points) {
    const key = `${scenario} ${role}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const parts = [...counts].map(([key, count]) => `${key} ${count}`);
  return `layout ${layout}: ${points.length} points (${parts.join(', ')})`;
}

/** Per layout, scenario and process: kills, findings, how the recoveries ended, and how long healing took at most. */
function outcomeTable(outcomes: readonly Outcome[]): string {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const { layout, scenario, role } = outcome.point;
    const key = `${layout} ${scenario} ${role}`;
    groups.set(key, [...(groups.get(key) ?? []), outcome]);
  }
  const rows = [...groups].map(([key, group]) => {
    const ends = new Map<string, number>();
    for (const end of group.flatMap((each) => each.ends)) ends.set(end, (ends.get(end) ?? 0) + 1);
    const slowest = Math.max(0, ...group.map(({ healedAfterMs }) => healedAfterMs ?? 0));
    const findings = group.filter(({ faults }) => faults.length > 0).length;
    const words = [...ends].sort((a, b) => b[1] - a[1]).map(([end, count]) => `${end} ${count}`);
    const figures = `${String(group.length).padStart(5)} ${String(findings).padStart(8)}  ${String(Math.round(slowest / 1000)).padStart(6)} s`;
    return `${key.padEnd(26)} ${figures}   ${words.join(', ')}`;
  });
  const head = `${'layout scenario process'.padEnd(26)} kills findings  healed in  recoveries ended as`;
  return [head, ...rows].join('\n');
}

function say(text: string): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  console.log(text);
}

let lastProgress = 0;

/** One line that is written over at a terminal; elsewhere a line now and then. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else if (Date.now() - lastProgress > 10_000) {
    lastProgress = Date.now();
    process.stderr.write(`${text}\n`);
  }
}
