/** `npm run faults -- burst`: far more than usual at once, in real time, with real processes. */
import { setTimeout as pause } from 'node:timers/promises';
import { ODILE_US, type Shopper } from '../../stand-ins/shop/people.ts';
import { aShopper, type ShopperInTest } from '../../test/support/a-shopper.ts';
import { type Acknowledgement, flood, mostInOneSecond, percentile } from '../../test/support/flood.ts';
import { recordOf } from '../stage/record.ts';
import { openStage, PREFIX, type Stage } from '../stage/stage.ts';

export const BURST_HELP = `npm run faults -- burst [--due 10000] [--calls-per-second 100]
npm run faults -- burst --minutes N [--per-second 150]

  The first lets so many calls come due in one second: all of them are made, none twice, in the order of their time, and in no second
  more than CALLS_PER_SECOND and a tenth. The second sends so many webhooks a second for minutes: each is acknowledged in time and on
  record afterwards. About fifteen a second is usual for a large shop.

  Exit code: 0 all held, 1 a finding, 2 wrong usage.`;

/** The sender waits for five seconds; one is what we take. */
const ACKNOWLEDGED_WITHIN_MS = 1_000;
/** What starts evenly may arrive unevenly. */
const UNEVEN = 1.1;

export interface BurstOptions {
  readonly due: number;
  readonly callsPerSecond: number;
  /** null: calls that are due at once, and no steady traffic. */
  readonly minutes: number | null;
  readonly perSecond: number;
}

/** @returns what is wrong with the words, as a sentence. */
export function readBurstOptions(args: readonly string[]): BurstOptions | string {
  const given: Record<string, number> = {};
  for (let at = 0; at < args.length; at += 2) {
    const [name = '', value = ''] = [args[at], args[at + 1]];
    if (!['--due', '--calls-per-second', '--minutes', '--per-second'].includes(name)) return `burst knows no ${name}`;
    if (!(Number(value) > 0)) return `${name} needs a number above 0`;
    given[name] = Number(value);
  }
  const { '--due': due = 10_000, '--calls-per-second': callsPerSecond = 100 } = given;
  const { '--minutes': minutes = null, '--per-second': perSecond = 150 } = given;
  if (due > MOST_PEOPLE) return `--due goes up to ${MOST_PEOPLE}`;
  return { due: Math.ceil(due), callsPerSecond: Math.ceil(callsPerSecond), minutes, perSecond };
}

export async function burstCommand(options: BurstOptions): Promise<number> {
  const stage = await openStage({
    layout: 'split',
    timeMachine: false,
    env: {
      ...{ CALL_DELAY: '10m', CALLS_PER_SECOND: `${options.callsPerSecond}`, CALL_CONCURRENCY: '20' },
      ...{ BOT_CHECK: 'off', LOG_LEVEL: 'error' },
    },
  });
  try {
    const findings = options.minutes === null ? await dueAtOnce(stage, options) : await steadily(stage, options);
    for (const finding of findings) console.log(`  ${finding}`);
    console.log(`${findings.length} findings`);
    return findings.length === 0 ? 0 : 1;
  } finally {
    await stage.close();
  }
}

async function dueAtOnce(stage: Stage, { due, callsPerSecond }: BurstOptions): Promise<string[]> {
  await switchDialling(stage, false);
  const shoppers = Array.from({ length: due }, (_, n) => aShopper({ shopper: personOf(n) }));
  const leftAt = new Date(Date.now() - 20 * 60_000);
  const answers = await flood(
    shoppers.map((shopper) => shopper.fillsIn(leftAt)),
    { to: stage.web.service.url, secret: stage.secret, concurrency: 50 },
  );
  console.log(`${due} webhooks, ${inWords(answers)}`);
  await switchDialling(stage, true);
  const beganAt = Date.now();
  const deadline = beganAt + (due / callsPerSecond) * 2_000 + 60_000;
  while (stage.vendor.calls.length < due && Date.now() < deadline) {
    await pause(1_000);
    process.stderr.write(`${stage.vendor.calls.length} calls\n`);
  }
  await pause(2_000);
  const { calls } = stage.vendor;
  const seconds = (Math.max(...calls.map(({ receivedAt }) => receivedAt)) - beganAt) / 1_000;
  const most = mostInOneSecond(calls.map(({ receivedAt }) => receivedAt));
  const called = new Set(calls.map(({ body }) => body.metadata?.recoveryId));
  console.log(`${calls.length} calls in ${Math.round(seconds)} s, at most ${most} in a second of ${callsPerSecond}`);
  const taken = shoppers.filter((_shopper, n) => answers[n]?.status === 200);
  const lost = taken.filter(({ recoveryId }) => !called.has(recoveryId));
  return [
    ...turnedAway(answers),
    ...(lost.length > 0 ? [`${lost.length} of ${taken.length} were not called`] : []),
    ...(called.size < stage.vendor.requests ? [`${stage.vendor.requests - called.size} requests too many`] : []),
    ...(most > callsPerSecond * UNEVEN + 1 ? [`${most} calls in one second`] : []),
    ...(await outOfOrder(stage, shoppers)),
  ];
}

/** By when each was due. @returns a finding when somebody came more than two seconds' worth of calls before their time. */
async function outOfOrder(stage: Stage, shoppers: readonly ShopperInTest[]): Promise<string[]> {
  const dueAt = new Map<string, number>();
  for (const { recoveryId } of shoppers) {
    const raw = await stage.eyes.hget(`${PREFIX}:recovery:${recoveryId}`, 'dueAt');
    dueAt.set(recoveryId, Number(raw ?? 0));
  }
  let latest = 0;
  let worst = 0;
  for (const { body } of stage.vendor.calls) {
    const due = dueAt.get(String(body.metadata?.recoveryId)) ?? 0;
    worst = Math.max(worst, latest - due);
    latest = Math.max(latest, due);
  }
  return worst > 2_000 ? [`somebody was called after others who were due ${worst} ms later`] : [];
}

async function steadily(stage: Stage, { minutes, perSecond }: BurstOptions): Promise<string[]> {
  const began = Date.now();
  const answers: Acknowledgement[] = [];
  const shoppers: ShopperInTest[] = [];
  const under: Promise<void>[] = [];
  const total = Math.round((minutes ?? 0) * 60 * perSecond);
  for (let n = 0; n < total; n += 10) {
    await pause(Math.max(0, began + (n / perSecond) * 1_000 - Date.now()));
    const some = Array.from({ length: Math.min(10, total - n) }, (_, k) => aShopper({ shopper: personOf(n + k) }));
    const at = shoppers.push(...some) - some.length;
    const webhooks = some.map((shopper) => shopper.fillsIn(new Date()));
    under.push(
      flood(webhooks, { to: stage.web.service.url, secret: stage.secret, concurrency: 10 }).then((acknowledged) => {
        for (const [k, answer] of acknowledged.entries()) answers[at + k] = answer;
      }),
    );
    if (n % 5_000 === 0) process.stderr.write(`${n} of ${total} webhooks\n`);
  }
  await Promise.all(under);
  console.log(`${total} webhooks in ${Math.round((Date.now() - began) / 1_000)} s, ${inWords(answers)}`);
  let missing = 0;
  for (const [n, { recoveryId }] of shoppers.entries()) {
    if (answers[n]?.status === 200 && (await recordOf(stage.eyes, PREFIX, recoveryId)) === null) missing++;
  }
  const slow = percentile(answers, 0.99);
  return [
    ...turnedAway(answers),
    ...(missing > 0 ? [`${missing} were acknowledged and are not on record`] : []),
    ...(slow > ACKNOWLEDGED_WITHIN_MS ? [`the slowest hundredth took ${Math.round(slow)} ms or more`] : []),
  ];
}

/** Some may be told to come again; a service that tells everybody so takes nothing in. */
const MOST_TURNED_AWAY = 0.01;

function turnedAway(answers: readonly Acknowledgement[]): string[] {
  const away = answers.filter(({ status }) => status === 503).length;
  const unanswered = answers.filter(({ status }) => status !== 200 && status !== 503).length;
  return [
    ...(unanswered > 0 ? [`${unanswered} got another answer, or none`] : []),
    ...(away > answers.length * MOST_TURNED_AWAY ? [`${away} of ${answers.length} were told to come again`] : []),
  ];
}

function inWords(answers: readonly Acknowledgement[]): string {
  const taken = answers.filter(({ status }) => status === 200).length;
  return `${taken} acknowledged, half within ${Math.round(percentile(answers, 0.5))} ms, 99 % within ${Math.round(percentile(answers, 0.99))} ms`;
}

async function switchDialling({ web, ops }: Stage, isOn: boolean): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${ops.username}:${ops.password}`).toString('base64')}`;
  const answer = await fetch(`${web.service.url}/ops/api/dialing`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ paused: !isOn }),
  });
  if (!answer.ok) throw new Error(`dialling could not be switched: ${answer.status}`);
}

/** Area codes of the United States; in each, 555-0100 to 555-0199 are set aside for fiction (NANPA). */
const AREA_CODES = [
  ...[201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225, 228, 229, 231],
  ...[234, 239, 240, 248, 251, 252, 253, 254, 256, 260, 262, 267, 269, 270, 281, 301, 302, 303, 304, 305, 307, 308],
  ...[309, 310, 312, 313, 314, 315, 316, 317, 318, 319, 320, 321, 323, 325, 330, 334, 336, 337, 339, 347, 351, 352],
  ...[360, 361, 386, 401, 402, 404, 405, 406, 407, 408, 409, 410, 412, 413, 414, 415, 417, 419, 423, 424, 425, 432],
  ...[434, 435, 440, 443, 469, 478, 479, 480, 484, 501, 502, 503],
];
const MOST_PEOPLE = AREA_CODES.length * 100;

/** No two below {@link MOST_PEOPLE} share a number. */
function personOf(n: number): Shopper {
  const area = AREA_CODES[Math.floor(n / 100) % AREA_CODES.length] as number;
  const line = `01${String(n % 100).padStart(2, '0')}`;
  const e164 = `+1${area}555${line}`;
  return {
    ...ODILE_US,
    email: `burst-${n}@example.com`,
    contactPhone: e164,
    typedPhone: `(${area}) 555-${line}`,
    e164,
  };
}
