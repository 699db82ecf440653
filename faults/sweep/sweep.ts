/** The sweep over all crash points: records where they are, then plays one run for each, in lanes that share nothing. */
import { setTimeout as pause } from 'node:timers/promises';
import { everybodyUp, forgetRuns, passToNextSweep, quiet } from '../stage/passing-time.ts';
import { type Layout, openStage, PREFIX, type Stage } from '../stage/stage.ts';
import { faultsOf } from './invariants.ts';
import { killAt, type Point, recordPoints, SIDES, type Side } from './points.ts';
import { Run } from './run.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';

export interface Outcome {
  readonly point: Point;
  readonly side: Side;
  /** False: the run did not come by this point. Then nothing was killed, and nothing is shown. */
  readonly reached: boolean;
  readonly faults: readonly string[];
  /** How the recoveries ended, such as `ended` or `cancelled: presumed_not_placed`. */
  readonly ends: readonly string[];
  /** In the service's time, from the end of the scenario. */
  readonly healedAfterMs: number | null;
}

/** A run that hangs is a finding, too. */
const RUN_WITHIN_MS = 90_000;

/** What the sweep inside the service does when there is nothing to mend. Only the scenario that needs it is killed there. */
const HOUSEKEEPING = /upkeep|^zrange (state|errands|recoveries)|^zremrangebyscore parked/;

/** Records every point of every scenario in this layout. @throws {Error} when a run without a fault is not clean. */
export async function pointsOf(stage: Stage): Promise<Point[]> {
  const points: Point[] = [];
  for (const scenario of SCENARIOS) {
    // Once to warm up: scripts are sent by text the first time.
    const warm = await playOn(stage, scenario, () => {});
    if (warm.fault !== null) throw new Error(`without any kill, ${scenario.name}: ${warm.fault}`);
    let seen: ReturnType<typeof recordPoints> = [];
    const { run, fault } = await playOn(stage, scenario, () => {
      seen = recordPoints(stage);
    });
    const faults = fault === null ? await faultsOf(run) : [fault];
    if (run.calls.length !== scenario.calls) faults.push(`${run.calls.length} calls in the place of ${scenario.calls}`);
    if (faults.length > 0) throw new Error(`without any kill, ${scenario.name}: ${faults.join('; ')}`);
    for (const { role } of stage.actors) {
      for (const { name } of seen.filter((each) => each.role === role)) {
        if (scenario.name !== 'mended' && HOUSEKEEPING.test(name)) continue;
        points.push({ number: points.length + 1, layout: stage.layout, scenario: scenario.name, role, name });
      }
    }
  }
  return points;
}

/** Plays the point's scenario and kills its process there. The stage can be used again afterwards. */
export async function tryPoint(stage: Stage, point: Point, side: Side): Promise<Outcome> {
  const scenario = SCENARIOS.find(({ name }) => name === point.scenario) as Scenario;
  let wasReached = () => false;
  const { run, fault } = await playOn(stage, scenario, () => {
    wasReached = killAt(stage, point, side);
  });
  const faults = [...(fault === null ? [] : [fault]), ...(await faultsOf(run))];
  const ends: string[] = [];
  for (const shopper of run.shoppers) {
    const record = await run.recordOf(shopper);
    ends.push(record ? [record.state, record.reason].filter(Boolean).join(': ') : 'no record');
  }
  return { point, side, reached: wasReached(), faults, ends, healedAfterMs: run.healedAfterMs };
}

async function playOn(
  stage: Stage,
  scenario: Scenario,
  prepare: () => void,
): Promise<{ run: Run; fault: string | null }> {
  await quiet(stage);
  await forgetRuns(stage, PREFIX);
  await passToNextSweep(stage, PREFIX);
  prepare();
  const run = new Run(stage);
  const hurry = new AbortController();
  const late = pause(RUN_WITHIN_MS, 'late', { signal: hurry.signal }).catch(() => 'done');
  const fault = await Promise.race([
    scenario.play(run).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    ),
    run.wild,
    late.then((word) => (word === 'late' ? `the run took more than ${RUN_WITHIN_MS} ms` : null)),
  ]);
  hurry.abort();
  await everybodyUp(stage);
  for (const { service } of stage.actors) run.faults.push(...service.troubles.splice(0));
  return { run, fault };
}

export interface SweepPlan {
  readonly layout: Layout;
  readonly jobs: number;
  /** Which of them; called with all points of the layout. */
  readonly select: (points: readonly Point[]) => readonly { readonly point: Point; readonly side: Side }[];
  readonly onPlanned: (points: readonly Point[], tries: number) => void;
  readonly onOutcome: (outcome: Outcome, done: number) => void;
  /** Ends the sweep at the first finding. Default false. */
  readonly stopAtFault?: boolean;
}

/** @returns every outcome, in the order of the points. @throws {Error} when the service is not clean without a kill. */
export async function sweepLayout(plan: SweepPlan): Promise<Outcome[]> {
  const first = await openStage({ layout: plan.layout });
  const stages = [first];
  try {
    const points = await pointsOf(first);
    const queue = [...plan.select(points)];
    plan.onPlanned(points, queue.length);
    while (stages.length < Math.min(plan.jobs, queue.length)) stages.push(await openStage({ layout: plan.layout }));
    const outcomes: Outcome[] = [];
    await Promise.all(
      stages.map(async (stage, lane) => {
        // The first run of a new Redis sends its scripts by text, which would shift the numbers.
        if (lane > 0) for (const scenario of SCENARIOS) await playOn(stage, scenario, () => {});
        for (let next = queue.shift(); next; next = queue.shift()) {
          const outcome = await tryPoint(stage, next.point, next.side);
          outcomes.push(outcome);
          plan.onOutcome(outcome, outcomes.length);
          if (plan.stopAtFault && outcome.faults.length > 0) queue.length = 0;
        }
      }),
    );
    return outcomes.sort((a, b) => a.point.number - b.point.number || a.side.localeCompare(b.side));
  } finally {
    await Promise.all(stages.map((stage) => stage.close()));
  }
}

const READS = /^(hgetall|hmget|hget|get|exists|zrange|smembers|getStateV2|zcard|llen) /;

/**
 * Both sides of every point. Of one that only reads, the first: nobody's state tells whether it was heard, so its `b` is the `a` of what
 * comes next.
 */
export function killsAt(points: readonly Point[]): { point: Point; side: Side }[] {
  return points.flatMap((point) =>
    SIDES.filter((side) => side === 'a' || !READS.test(point.name)).map((side) => ({ point, side })),
  );
}
