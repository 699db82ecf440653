/**
 * Two hours of a shop, in seconds: some dozens of shoppers with everything that shoppers, the shop, the vendor and the operator do
 * to a call, in the order and at the minutes at which it happens, on one service that is restarted in the middle.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/domain/duration.ts';
import type { Recovery, RecoveryRecord } from '../../src/domain/recovery.ts';
import { GREAT_CART } from '../../stand-ins/shop/cart.ts';
import { CORVIN_PREMIUM } from '../../stand-ins/shop/people.ts';
import type { VendorCall } from '../../stand-ins/voice-vendor/call-book.ts';
import type { Scenario } from '../../stand-ins/voice-vendor/lifecycle.ts';
import { aShopper, EVERYTHING, type ShopperInTest, type Webhook } from '../support/a-shopper.ts';
import { backfillNow } from '../support/backfill-now.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';
import { type LogLines, logLines } from '../support/log-lines.ts';
import { type PassingTime, passingTime } from '../support/passing-time.ts';

let ground: Ground;
let service: Running;
let time: PassingTime;
let log: LogLines;
/** Minute 0. A whole second, as the shop's own clock has them. */
let startsAt: number;

/** Something that happens at a minute of the session. */
interface Happening {
  readonly minute: number;
  readonly happens: () => unknown;
}

/** What one shopper does, and what must have become of it after two hours. */
interface Story {
  readonly shopper: ShopperInTest;
  readonly happenings: readonly Happening[];
  /** The life of her call; default: answered. */
  readonly life?: Scenario;
  readonly expected: Partial<RecoveryRecord>;
  /** How many calls the vendor has accepted for her; default 0. */
  readonly calls?: 0 | 1;
  /** The minute of her last activity. */
  readonly lastActive?: number;
  /** How many minutes after it she was dialled. */
  readonly dialledAfter?: number;
  /** Of the call as the vendor has it in the end. */
  readonly call?: Partial<VendorCall>;
  /** Only the shop’s own list told of her. */
  readonly found?: true;
}

/** @param m - the minute in which she opens her checkout, a whole number up to 60. */
type Plot = (m: number) => Story;

const SHOPPERS: [plot: Plot, times: number][] = [
  [walksAway, 8],
  [keepsChanging, 3],
  [sendsBackwards, 2],
  [storms, 2],
  [buysInTime, 4],
  [buysOnAnotherDevice, 3],
  [buysUnheard, 3],
  [buysWhileQueued, 3],
  [buysAfterTheCall, 3],
  [givesNoPhone, 2],
  [refuses, 2],
  [givesPremiumNumber, 1],
  [deletes, 2],
  [wantsWhatIsGone, 2],
  [isBusyAtFirst, 2],
  [changesTheCartWhileQueued, 2],
  [isNeverHeardOfAgain, 2],
  [isUnheardOfUntilTheBackfill, 4],
  [ordersOnThePhone, 2],
  [isTakenOffByTheOperator, 1],
  [comesAtTheEnd, 3],
];

/** Minutes with a fraction of their own: what the vendor does to a dial there, it does to no other. */
const ODD_ONES: [plot: Plot, minute: number][] = [
  [isDialledIntoTheDark, 20.3],
  [isDialledAndAnsweredByAnError, 26.3],
  [isRefusedByTheVendor, 32.3],
  [isLookedForInVain, 38.3],
];

/** The operator stops all dialling for these minutes. */
const PAUSED = { from: 80, to: 88 };

function at(minute: number): Date {
  return new Date(Math.floor((startsAt + minute * MINUTE) / SECOND) * SECOND);
}

async function send(webhook: Webhook): Promise<void> {
  expect(await service.send(webhook)).toBe(200);
}

/** The webhook arrives when it happens, and the shop knows as well. */
function fillsIn(shopper: ShopperInTest, minute: number, revealed = EVERYTHING): Happening {
  return {
    minute,
    happens: () => {
      ground.shop.shelves.putCheckout(shopper.facts(at(minute), revealed));
      return send(shopper.fillsIn(at(minute), revealed));
    },
  };
}

function opens(shopper: ShopperInTest, minute: number): Happening {
  return { minute, happens: () => send(shopper.opens(at(minute))) };
}

const COMPLETED = { state: 'ended', reason: null, callStatus: 'completed', arm: 'call', attempts: 1 } as const;
const ORDERED = { state: 'cancelled', reason: 'ordered', attempts: 0, callId: null } as const;

function walksAway(m: number): Story {
  const shopper = aShopper();
  const onlyEmail = fillsIn(shopper, m + 1, { email: true });
  const happenings = [opens(shopper, m), onlyEmail, fillsIn(shopper, m + 2)];
  return { shopper, happenings, expected: COMPLETED, calls: 1, dialledAfter: 10 };
}

function keepsChanging(m: number): Story {
  const shopper = aShopper();
  const minutes = [0, 4, 13, 19, 28];
  return {
    shopper,
    happenings: minutes.map((minute) => fillsIn(shopper, m + minute)),
    expected: COMPLETED,
    calls: 1,
    lastActive: m + 28,
    dialledAfter: 10,
  };
}

/** What happened last arrives first, and what arrives last comes when she has been called. */
function sendsBackwards(m: number): Story {
  const shopper = aShopper();
  const late = (minute: number, webhook: Webhook): Happening => ({ minute, happens: () => send(webhook) });
  return {
    shopper,
    happenings: [
      late(m + 3, shopper.fillsIn(at(m + 2))),
      late(m + 4, shopper.fillsIn(at(m + 1), { email: true })),
      late(m + 5, shopper.opens(at(m))),
      late(m + 40, shopper.fillsIn(at(m + 1.5), { email: true, address: true })),
    ],
    expected: COMPLETED,
    calls: 1,
    lastActive: m + 2,
    dialledAfter: 10,
  };
}

function storms(m: number): Story {
  const shopper = aShopper();
  const bodies = [shopper.opens(at(m)), shopper.fillsIn(at(m + 1), { email: true }), shopper.fillsIn(at(m + 2))];
  const storm = () => Promise.all(Array.from({ length: 30 }, (_, n) => send(bodies[(n * 7) % 3] as Webhook)));
  return { shopper, happenings: [{ minute: m + 2, happens: storm }], expected: COMPLETED, calls: 1, dialledAfter: 10 };
}

function buysInTime(m: number): Story {
  const shopper = aShopper();
  return {
    shopper,
    happenings: [
      fillsIn(shopper, m),
      { minute: m + 9, happens: () => send(shopper.completes(at(m + 9))) },
      { minute: m + 9, happens: () => send(shopper.orders(at(m + 9))) },
      // A webhook that was on its way for too long.
      { minute: m + 30, happens: () => send(shopper.fillsIn(at(m + 8))) },
    ],
    expected: { ...ORDERED, orderMatch: 'checkout', attributed: false },
  };
}

function buysOnAnotherDevice(m: number): Story {
  const shopper = aShopper();
  const { typedPhone } = shopper.shopper;
  const other = shopper.elsewhere({ email: 'at-work@example.com', contactPhone: null, typedPhone });
  return {
    shopper,
    happenings: [fillsIn(shopper, m), { minute: m + 7, happens: () => send(other.orders(at(m + 7))) }],
    expected: { ...ORDERED, orderMatch: 'person' },
  };
}

function buysUnheard(m: number): Story {
  const shopper = aShopper();
  const order = () => ground.shop.shelves.putOrder(shopper.facts(at(m + 6)));
  return { shopper, happenings: [fillsIn(shopper, m), { minute: m + 6, happens: order }], expected: ORDERED };
}

function buysWhileQueued(m: number): Story {
  const shopper = aShopper();
  return {
    shopper,
    happenings: [fillsIn(shopper, m), { minute: m + 12, happens: () => send(shopper.orders(at(m + 12))) }],
    life: 'silent',
    expected: { state: 'ended', stopReason: 'ordered', callStatus: 'aborted', attributed: true },
    calls: 1,
    dialledAfter: 10,
    call: { over: true, status: 'aborted' },
  };
}

function buysAfterTheCall(m: number): Story {
  const shopper = aShopper();
  return {
    shopper,
    happenings: [fillsIn(shopper, m), { minute: m + 25, happens: () => send(shopper.orders(at(m + 25))) }],
    expected: { ...COMPLETED, stopReason: null, attributed: true, orderTotal: '197.90' },
    calls: 1,
    dialledAfter: 10,
  };
}

function givesNoPhone(m: number): Story {
  const shopper = aShopper();
  const revealed = { email: true, address: true, consent: 'yes' } as const;
  const happenings = [opens(shopper, m), fillsIn(shopper, m + 1, revealed)];
  return { shopper, happenings, expected: { state: 'waiting', reason: 'no_phone', attempts: 0 } };
}

function refuses(m: number): Story {
  const shopper = aShopper();
  const happenings = [fillsIn(shopper, m), fillsIn(shopper, m + 5, { ...EVERYTHING, consent: 'no' })];
  return { shopper, happenings, expected: { state: 'skipped', reason: 'no_consent', attempts: 0 } };
}

function givesPremiumNumber(m: number): Story {
  const shopper = aShopper({ shopper: CORVIN_PREMIUM });
  return {
    shopper,
    happenings: [fillsIn(shopper, m)],
    expected: { state: 'skipped', reason: 'invalid_phone', attempts: 0 },
  };
}

function deletes(m: number): Story {
  const shopper = aShopper();
  return {
    shopper,
    happenings: [fillsIn(shopper, m), { minute: m + 8, happens: () => send(shopper.deletes()) }],
    expected: { state: 'cancelled', reason: 'checkout_deleted', attempts: 0 },
  };
}

function wantsWhatIsGone(m: number): Story {
  const shopper = aShopper();
  const goes = () => ground.shop.shelves.putAbandonment(shopper.token, { inventoryAvailable: false });
  return {
    shopper,
    happenings: [fillsIn(shopper, m), { minute: m + 5, happens: goes }],
    expected: { state: 'skipped', reason: 'out_of_stock', attempts: 0 },
  };
}

function isBusyAtFirst(m: number): Story {
  return { ...walksAway(m), life: 'busy-then-answered' };
}

/** After minute 60, so that CALL_CLOSE_AFTER is not over in the end. */
function changesTheCartWhileQueued(m: number): Story {
  const shopper = aShopper();
  const minute = 60 + m / 6;
  return {
    shopper,
    happenings: [fillsIn(shopper, minute), fillsIn(shopper.withCart(GREAT_CART), minute + 28)],
    life: 'silent',
    expected: { state: 'called', cartValue: '705.40 EUR', attempts: 1 },
    calls: 1,
    call: { payload: expect.objectContaining({ totalPriceSet: { shopMoney: { amount: '705.40' } } }) },
  };
}

/** Before minute 40, so that CALL_CLOSE_AFTER is over in the end. */
function isNeverHeardOfAgain(m: number): Story {
  const shopper = aShopper();
  return {
    shopper,
    happenings: [fillsIn(shopper, m / 2)],
    life: 'silent',
    expected: { state: 'ended', reason: 'no_final_event', finalStatus: null, attempts: 1 },
    calls: 1,
    dialledAfter: 10,
  };
}

function isUnheardOfUntilTheBackfill(m: number): Story {
  const shopper = aShopper();
  const leaves = () => ground.shop.shelves.putCheckout(shopper.facts(at(m / 2 + 5)));
  return {
    shopper,
    happenings: [{ minute: m / 2 + 5, happens: leaves }],
    expected: COMPLETED,
    calls: 1,
    found: true,
  };
}

function ordersOnThePhone(m: number): Story {
  const expected = { ...COMPLETED, attempts: 1 };
  return { ...walksAway(m + 50), life: 'create-order', expected };
}

function isTakenOffByTheOperator(m: number): Story {
  const shopper = aShopper();
  const cancel = () => service.ops.post(`/ops/api/recoveries/${shopper.recoveryId}/cancel`);
  return {
    shopper,
    happenings: [fillsIn(shopper, m), { minute: m + 15, happens: cancel }],
    life: 'silent',
    expected: { state: 'ended', stopReason: 'operator', callStatus: 'aborted' },
    calls: 1,
    call: { over: true, status: 'aborted' },
  };
}

function comesAtTheEnd(m: number): Story {
  const shopper = aShopper();
  const minute = 111 + (m % 8);
  return {
    shopper,
    happenings: [fillsIn(shopper, minute)],
    expected: { state: 'scheduled', reason: null, attempts: 0 },
    lastActive: minute,
  };
}

/** The vendor answers the dial with an error and has placed no call: nobody ever tells. */
function isDialledIntoTheDark(m: number): Story {
  const shopper = aShopper();
  return {
    shopper,
    happenings: [
      fillsIn(shopper, m),
      { minute: m + 10, happens: () => ground.vendor.nextAnswers.push({ status: 502 }) },
    ],
    expected: { state: 'cancelled', reason: 'presumed_not_placed', attempts: 1, callId: null },
  };
}

/** Likewise, and the call is there. */
function isDialledAndAnsweredByAnError(m: number): Story {
  const shopper = aShopper();
  return {
    shopper,
    happenings: [
      fillsIn(shopper, m),
      { minute: m + 10, happens: () => ground.vendor.nextAnswers.push({ status: 502, placesCall: true }) },
    ],
    expected: COMPLETED,
    calls: 1,
    dialledAfter: 10,
  };
}

function isRefusedByTheVendor(m: number): Story {
  const shopper = aShopper();
  return {
    shopper,
    happenings: [
      fillsIn(shopper, m),
      { minute: m + 10, happens: () => ground.vendor.nextAnswers.push({ status: 422 }) },
    ],
    expected: { state: 'rejected', reason: 'vendor_422', attempts: 1 },
  };
}

/** The shop does not answer a last look: whoever is next to be dialled, most likely she, waits a minute for it. */
function isLookedForInVain(m: number): Story {
  const shopper = aShopper();
  return {
    shopper,
    happenings: [fillsIn(shopper, m), { minute: m + 10, happens: () => ground.shop.nextAnswers.push({ status: 503 }) }],
    expected: COMPLETED,
    calls: 1,
    dialledAfter: 10,
  };
}

let stories: (Story & { readonly name: string })[];

beforeAll(async () => {
  ground = await openGround({
    vendor: { stepMs: 1, scenario: (request) => lifeOf(String(request.metadata?.recoveryId)) },
  });
  time = passingTime(ground);
  log = logLines();
  service = await start();
  await time.quiet();
  startsAt = Math.ceil((time.clock.now() + SECOND) / SECOND) * SECOND;
  stories = cast();
  await play();
}, 120_000);

afterAll(async () => {
  await time.close();
  await ground.close();
});

function start(): Promise<Running> {
  return ground.start({
    env: {
      ...ground.admin,
      ...{ BACKFILL_EVERY: '24h', LAST_LOOK: 'wait', AGENT_ORDER: 'cod', CALLS_PER_SECOND: '1000' },
      ...{ UNKNOWN_DEADLINE: '45m', CALL_CLOSE_AFTER: '60m' },
    },
    overrides: { clock: time.clock, random: () => 0 },
    logger: log.logger,
  });
}

/** Everybody, spread over the first hour. */
function cast(): (Story & { readonly name: string })[] {
  const plots = SHOPPERS.flatMap(([plot, times]) => Array.from({ length: times }, () => plot));
  const even = plots.map((plot, index) => ({ name: plot.name, ...plot((index * 13) % 60) }));
  return [...even, ...ODD_ONES.map(([plot, minute]) => ({ name: plot.name, ...plot(minute) }))];
}

function idOf({ shopper, found }: Story): string {
  return found ? shopper.foundId : shopper.recoveryId;
}

function lifeOf(recoveryId: string): Scenario {
  return stories.find((story) => idOf(story) === recoveryId)?.life ?? 'answered';
}

/** What befalls the service, and what it does by itself every few minutes. */
function itsOwnHappenings(): Happening[] {
  const sweeps = Array.from({ length: 24 }, (_, n) => ({
    minute: 5 * n + 4.9,
    happens: () => service.service.sweep(),
  }));
  const dialling = (paused: boolean) => () => service.ops.put('/ops/api/dialing', { paused });
  const restart = async () => {
    await service.close();
    service = await start();
  };
  return [
    ...sweeps,
    { minute: 45.6, happens: restart },
    { minute: 60.6, happens: () => backfillNow(ground) },
    { minute: PAUSED.from, happens: dialling(true) },
    { minute: PAUSED.to, happens: dialling(false) },
  ];
}

async function play(): Promise<void> {
  const all = [...stories.flatMap(({ happenings }) => happenings), ...itsOwnHappenings()];
  for (const { minute, happens } of all.sort((one, other) => one.minute - other.minute)) {
    await time.passTo(startsAt + minute * MINUTE);
    await happens();
  }
  await time.passTo(startsAt + 120 * MINUTE);
  await service.service.sweep();
}

function callsOf(story: Story): VendorCall[] {
  const ids = [story.shopper.recoveryId, story.shopper.foundId];
  return ground.vendor.calls.filter(({ body }) => ids.includes(String(body.metadata?.recoveryId)));
}

/** What is not as it must be, in words. */
async function faultsOf(story: Story & { readonly name: string }): Promise<string[]> {
  const recovery = await ground.store.load(idOf(story));
  if (!recovery) return [`${story.name}: there is no record`];
  const faults = [...recordFaults(story, recovery), ...callFaults(story, recovery)];
  return faults.map((fault) => `${story.name} (${recovery.record.id}): ${fault}`);
}

function recordFaults({ expected }: Story, { record, timeline }: Recovery): string[] {
  try {
    expect(record).toMatchObject(expected);
    return [];
  } catch {
    const names = Object.keys(expected) as (keyof RecoveryRecord)[];
    const is = Object.fromEntries(names.map((name) => [name, record[name]]));
    return [`is ${JSON.stringify(is)} and not ${JSON.stringify(expected)}; ${JSON.stringify(timeline)}`];
  }
}

/** How often the shop was silent when it was asked about this recovery; each time it waits a minute. */
function silencesIn({ timeline }: Recovery): number {
  const lines = timeline.filter(({ reason }) => reason === 'shop_silent');
  return lines.reduce((sum, { times = 1 }) => sum + times, 0);
}

function callFaults(story: Story, recovery: Recovery): string[] {
  const { record } = recovery;
  const faults: string[] = [];
  const calls = callsOf(story);
  const lastActive = ((record.lastActivityAt ?? 0) - startsAt) / MINUTE;
  // Shopify's clock shows whole seconds: within one, the latest that may be counts.
  if (story.lastActive !== undefined && Math.abs(lastActive - story.lastActive) > 1 / 60) {
    faults.push(`was last active in minute ${lastActive}`);
  }
  if (calls.length !== (story.calls ?? 0)) faults.push(`has ${calls.length} calls`);
  if (story.call) expect(calls[0]).toMatchObject(story.call);
  if (story.dialledAfter === undefined || record.dialingAt === null) return faults;
  const due = (record.lastActivityAt ?? 0) + (story.dialledAfter + silencesIn(recovery)) * MINUTE;
  // Whoever was due while nobody dialled has her turn when dialling goes on.
  const isHeldUp = due >= startsAt + PAUSED.from * MINUTE && due < startsAt + PAUSED.to * MINUTE;
  const from = isHeldUp ? startsAt + PAUSED.to * MINUTE : due;
  const lateMs = record.dialingAt - from;
  if (lateMs < 0 || lateMs > 5 * SECOND) faults.push(`was dialled ${lateMs} ms late`);
  return faults;
}

describe('two hours of a shop', () => {
  it('end for every shopper as they must', async () => {
    expect(stories.length).toBeGreaterThanOrEqual(50);
    expect((await Promise.all(stories.map(faultsOf))).flat()).toEqual([]);
  });

  it('have seen everything that was in their plan: calls held up, a restart, an order made, a cart replaced', async () => {
    const heldUp = stories
      .filter(({ dialledAfter }) => dialledAfter !== undefined)
      .map(async (story) => {
        const dialingAt = (await ground.store.load(idOf(story)))?.record.dialingAt ?? 0;
        return dialingAt >= startsAt + PAUSED.to * MINUTE && dialingAt < startsAt + (PAUSED.to + 0.5) * MINUTE;
      });
    expect((await Promise.all(heldUp)).filter(Boolean).length).toBeGreaterThan(0);
    expect(log.of('started')).toHaveLength(2);
    expect(ground.shop.shelves.drafts.map(({ financialStatus }) => financialStatus)).toEqual(['PENDING', 'PENDING']);
    expect(ground.vendor.replacements.map(({ status }) => status)).toEqual([200, 200]);
    expect(ground.vendor.aborts.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it('have told the operator what there was to tell, and nothing else', () => {
    const counts: Record<string, number> = {};
    for (const { alarm } of log.of('alarm')) counts[String(alarm)] = (counts[String(alarm)] ?? 0) + 1;
    expect(counts).toEqual({ shop_silent: 1, presumed_not_placed: 1, no_final_event: 2, backfill_gap: 1 });
    // The orders that no webhook told of had been found by the last looks already.
    expect(log.of('alarm')).toContainEqual(
      expect.objectContaining({ alarm: 'backfill_gap', what: 'checkouts', missed: 4 }),
    );
    expect(log.of('job_failed')).toEqual([]);
    expect(log.of('fault')).toEqual([]);
  });
});
