/**
 * Who may be called, how often and when, on the real service: every rule by what it does to a shopper, to the vendor and to the
 * timeline, with the caps, the silence and the hours that hold for a merchant who says nothing of them.
 */
import { DateTime } from 'luxon';
import { afterEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/domain/duration.ts';
import type { Recovery, RecoveryRecord } from '../../src/domain/recovery.ts';
import { GREAT_CART } from '../../stand-ins/shop/cart.ts';
import { CONSENT } from '../../stand-ins/shop/checkout-body.ts';
import { JOERDIS_DE, ODILE_US } from '../../stand-ins/shop/people.ts';
import type { CustomerFacts } from '../../stand-ins/shop-admin/nodes.ts';
import type { ScriptedAnswer } from '../../stand-ins/voice-vendor/scripted-answers.ts';
import { aShopper, EVERYTHING, SHOP, type ShopperInTest, type Webhook } from '../support/a-shopper.ts';
import { sendCallEvent } from '../support/call-event.ts';
import { type Ground, openGround, REAL_CAPS, type Running } from '../support/ground.ts';
import { type PassingTime, passingTime } from '../support/passing-time.ts';
import { settled } from '../support/settled.ts';

let ground: Ground;
let time: PassingTime;
let service: Running;

/** One or more services, all alike; the first is `service`. */
async function begin(env: Readonly<Record<string, string>> = {}, services = 1): Promise<Running[]> {
  ground = await openGround({ vendor: { scenario: 'silent' } });
  time = passingTime(ground);
  const start = () =>
    ground.start({ env: { ...REAL_CAPS, ...env }, overrides: { clock: time.clock, random: () => 0 } });
  const all = await Promise.all(Array.from({ length: services }, start));
  service = all[0] as Running;
  return all;
}

afterEach(async () => {
  await time.close();
  await ground.close();
});

async function takes(webhook: Webhook, by = service): Promise<void> {
  expect(await by.send(webhook)).toBe(200);
}

/** Her checkout is due at once. */
function leaves(shopper: ShopperInTest): Promise<void> {
  return takes(shopper.fillsIn(time.ago(20 * MINUTE)));
}

/** The same delivery with other words in it. */
function rewritten({ body, ...rest }: Webhook, from: string, to: string): Webhook {
  expect(body).toContain(from);
  return { ...rest, body: body.replaceAll(from, to) };
}

const whole = async ({ recoveryId }: ShopperInTest): Promise<Recovery> => {
  const recovery = await ground.store.load(recoveryId);
  if (!recovery) throw new Error('there is no such record');
  return recovery;
};
const recordOf = async (shopper: ShopperInTest): Promise<RecoveryRecord> => (await whole(shopper)).record;

async function called(shopper: ShopperInTest): Promise<RecoveryRecord> {
  await leaves(shopper);
  return (await settled(ground.store, shopper.recoveryId, 'called')).record;
}

/** She is not called, for this reason, and the timeline says by which rule. */
async function expectSkipped(shopper: ShopperInTest, reason: string, rule: string | RegExp): Promise<void> {
  const { record, timeline } = await settled(ground.store, shopper.recoveryId, 'skipped');
  expect(record).toMatchObject({ reason, attempts: 0, dueAt: null });
  const of = typeof rule === 'string' ? rule : expect.stringMatching(rule);
  expect(timeline).toContainEqual(expect.objectContaining({ state: 'skipped', reason, rule: of }));
  expect(dialsOf(shopper)).toBe(0);
}

function dialsOf({ recoveryId }: ShopperInTest): number {
  return ground.vendor.calls.filter(({ body }) => body.metadata?.recoveryId === recoveryId).length;
}

function isDecided({ record: { state } }: Recovery): boolean {
  return state === 'called' || state === 'skipped';
}

/** Version and rows. */
const BY_THE_HOURS = /^calling-rules@\S+ .*US/;

/** So many couples of checkouts ring at once that some of them meet at the claim. */
const COUPLES = 12;

describe('the caps', () => {
  it('give each person one call of two checkouts that ring at the same moment on two workers', async () => {
    const [one, other] = (await begin({ CALLS_PER_SECOND: '1000', CALL_CONCURRENCY: '50' }, 2)) as [Running, Running];
    await one.ops.put('/ops/api/dialing', { paused: true });
    const couples = Array.from({ length: COUPLES }, (_, n): [ShopperInTest, ShopperInTest] => {
      const shopper = aShopper();
      const byNumber = { email: `at-work-${n}@example.net` };
      const byAddress = { contactPhone: `+1312555${String(160 + n).padStart(4, '0')}`, typedPhone: null };
      return [shopper, shopper.elsewhere(n % 2 === 0 ? byNumber : byAddress)];
    });
    for (const [first, second] of couples) {
      await takes(first.fillsIn(time.ago(20 * MINUTE)), one);
      await takes(second.fillsIn(time.ago(20 * MINUTE)), other);
    }
    const { scheduled } = await ground.store.countByState(SHOP);
    expect(scheduled).toBe(2 * COUPLES);
    await one.ops.put('/ops/api/dialing', { paused: false });
    for (const couple of couples) {
      const ends = couple.map(({ recoveryId }) => settled(ground.store, recoveryId, isDecided));
      const words = (await Promise.all(ends)).map(({ record: { state, reason } }) => `${state} ${reason}`).sort();
      expect(words).toEqual(['called null', 'skipped frequency_cap']);
    }
    expect(ground.vendor.requests).toBe(COUPLES);
  });

  it.each<[string, ScriptedAnswer, RecoveryRecord['state']]>([
    ['the vendor refuses', { status: 422, body: { code: 422, message: 'no' } }, 'rejected'],
    ['is called off before it can be tried again', { status: 429, headers: { 'retry-after': '2' } }, 'scheduled'],
  ])('do not count a call that %s: the person may be called at another checkout', async (_what, answer, state) => {
    await begin();
    const shopper = aShopper();
    ground.vendor.nextAnswers.push(answer);
    await leaves(shopper);
    await settled(ground.store, shopper.recoveryId, ({ record }) => record.state === state && record.attempts === 1);
    await takes(shopper.deletes());
    const other = shopper.elsewhere();
    await leaves(other);
    await settled(ground.store, other.recoveryId, 'called');
    expect(ground.vendor.calls).toHaveLength(1);
  });

  it('count a call of which nobody knows whether it was placed', async () => {
    await begin();
    const shopper = aShopper();
    ground.vendor.nextAnswers.push({ status: 502 });
    await leaves(shopper);
    await settled(ground.store, shopper.recoveryId, 'unknown');
    const other = shopper.elsewhere();
    await leaves(other);
    await expectSkipped(other, 'frequency_cap', 'CALLS_PER_DAY@2026-11');
  });

  it('let one call be in a day and two in a week, whichever checkout they are about', async () => {
    await begin();
    const shopper = aShopper();
    await called(shopper);
    const checkouts: string[] = [];
    for (const pause of [23 * HOUR, HOUR, DAY, 5 * DAY]) {
      await time.skip(pause);
      const next = shopper.elsewhere();
      await leaves(next);
      checkouts.push((await settled(ground.store, next.recoveryId, isDecided)).record.state);
    }
    expect(checkouts).toEqual(['skipped', 'called', 'skipped', 'called']);
  });
});

describe('what a shopper says in the call', () => {
  /** The vendor tells the end of her call, with what its analysis found. */
  async function ends(record: RecoveryRecord, analysis: Record<string, unknown>): Promise<void> {
    expect(await ground.vendor.sendEvent(record.callId ?? '', 'end-of-call', { analysis })).toEqual({ status: 200 });
  }

  it('is heeded for sixty days when she said no', async () => {
    await begin({ CALLS_PER_DAY: '24', CALLS_PER_WEEK: '100', CALLS_PER_MONTH: '300' });
    const shopper = aShopper();
    await ends(await called(shopper), { outcome: { intent: 'not_interested' } });
    const soon = shopper.elsewhere();
    await leaves(soon);
    await expectSkipped(soon, 'frequency_cap', 'REFUSAL_SILENCE@2026-11');
    await time.skip(59 * DAY);
    const stillSilent = shopper.elsewhere({ email: 'at-work@example.net' });
    await leaves(stillSilent);
    await expectSkipped(stillSilent, 'frequency_cap', 'REFUSAL_SILENCE@2026-11');
    await time.skip(DAY);
    await called(shopper.elsewhere());
  });

  it('puts her on the list when she wants no more calls: what is queued is taken back, and nothing new begins', async () => {
    await begin({ CALLS_PER_DAY: '24', CALLS_PER_WEEK: '100', CALLS_PER_MONTH: '300' });
    const shopper = aShopper();
    const spoken = await called(shopper);
    const queued = shopper.elsewhere();
    const { callId } = await called(queued);
    const planned = shopper.elsewhere();
    await takes(planned.fillsIn(time.ago(MINUTE)));
    await ends(spoken, { insights: { do_not_call: true } });
    expect(await recordOf(planned)).toMatchObject({ state: 'cancelled', reason: 'opted_out' });
    const { record } = await settled(ground.store, queued.recoveryId, 'ended');
    expect(record).toMatchObject({ stopReason: 'opted_out', callStatus: 'aborted' });
    expect(ground.vendor.aborts).toContainEqual(expect.objectContaining({ callId, tookEffect: true }));
    const byAddressAlone = shopper.elsewhere({ contactPhone: '+13125550148', typedPhone: null });
    await leaves(byAddressAlone);
    await expectSkipped(byAddressAlone, 'suppressed', 'do-not-call-list@2026-11');
    await time.skip(400 * DAY);
    const muchLater = shopper.elsewhere();
    await leaves(muchLater);
    await expectSkipped(muchLater, 'suppressed', 'do-not-call-list@2026-11');
  });
});

describe('the do-not-call list', () => {
  it('has a call taken back that waits at the vendor', async () => {
    await begin();
    const shopper = aShopper();
    const { callId } = await called(shopper);
    expect((await service.ops.post('/ops/api/suppressions', { phone: shopper.shopper.e164 })).json.stopped).toBe(1);
    const { record } = await settled(ground.store, shopper.recoveryId, 'ended');
    expect(record).toMatchObject({ stopReason: 'opted_out', callStatus: 'aborted' });
    expect(ground.vendor.aborts).toEqual([expect.objectContaining({ callId, tookEffect: true })]);
  });
});

describe('what the shop says of the customer at the last look', () => {
  const SMS = { CALL_CONSENT: 'sms_marketing', LAST_LOOK: 'wait' };
  const ticked = (shopper: ShopperInTest, at: Date) =>
    rewritten(shopper.fillsIn(at), '"buyer_accepts_sms_marketing":false', '"buyer_accepts_sms_marketing":true');

  async function leavesWith(shopper: ShopperInTest, account: CustomerFacts): Promise<void> {
    ground.shop.shelves.putCheckout(shopper.facts(time.ago(20 * MINUTE)), account);
    await takes(ticked(shopper, time.ago(20 * MINUTE)));
  }

  async function beginWithShop(env: Record<string, string>): Promise<void> {
    await begin();
    await service.close();
    service = await ground.start({
      env: { ...REAL_CAPS, ...ground.admin, ...env },
      overrides: { clock: time.clock, random: () => 0 },
    });
  }

  it('stops the call when the consent to text messages stood for consent and was taken back', async () => {
    await beginWithShop(SMS);
    const shopper = aShopper();
    await leavesWith(shopper, { smsMarketing: 'UNSUBSCRIBED' });
    const { record, timeline } = await settled(ground.store, shopper.recoveryId, 'cancelled');
    expect(record).toMatchObject({ reason: 'opted_out', attempts: 0, arm: null });
    expect(timeline.at(-1)).toMatchObject({ event: 'opted_out', state: 'cancelled' });
    // It holds for what she left before, and no longer than until she says yes again.
    const before = shopper.elsewhere();
    await leavesWith(before, {});
    await expectSkipped(before, 'consent_withdrawn', 'CALL_CONSENT@2026-11');
    await time.skip(HOUR);
    const anew = shopper.elsewhere();
    await leavesWith(anew, { smsMarketing: 'SUBSCRIBED' });
    await settled(ground.store, anew.recoveryId, 'called');
  });

  it('is nothing to a consent that was given to calls', async () => {
    await beginWithShop({ LAST_LOOK: 'wait' });
    const shopper = aShopper();
    await leavesWith(shopper, { smsMarketing: 'UNSUBSCRIBED' });
    await settled(ground.store, shopper.recoveryId, 'called');
  });

  it('puts her on the list when a tag of the account forbids calls', async () => {
    await beginWithShop({ LAST_LOOK: 'wait' });
    const shopper = aShopper();
    await leavesWith(shopper, { tags: ['VIP', ' Do-Not-Call '] });
    const { record } = await settled(ground.store, shopper.recoveryId, 'cancelled');
    expect(record).toMatchObject({ reason: 'opted_out', attempts: 0 });
    const { suppressions } = (await service.ops.get('/ops/api/suppressions')).json;
    // Her number, her address, her account.
    expect(suppressions).toHaveLength(3);
    expect(suppressions[0]).toMatchObject({ source: 'shopify', reason: 'customer_tag' });
    const next = shopper.elsewhere();
    await leavesWith(next, {});
    await expectSkipped(next, 'suppressed', 'do-not-call-list@2026-11');
  });
});

describe('the merchant’s own limits', () => {
  it('on countries hold for every country the shopper may be in', async () => {
    await begin({ CALL_COUNTRIES: 'de,AT' });
    const american = aShopper();
    await leaves(american);
    await expectSkipped(american, 'country', 'CALL_COUNTRIES@2026-11');
    // Her parcels go to Berlin, and her telephone is at home in Seattle.
    const travelling = aShopper({ shopper: { ...JOERDIS_DE, typedPhone: '+1 206-555-0177', email: 'j2@example.de' } });
    await leaves(travelling);
    await expectSkipped(travelling, 'country', 'CALL_COUNTRIES@2026-11');
    await called(aShopper({ shopper: JOERDIS_DE }));
  });

  it('on carts are inclusive, and a cart that changes is looked at again', async () => {
    await begin({ CALL_MIN_VALUE: '197.91', CALL_MAX_VALUE: '705.40' });
    const shopper = aShopper();
    await leaves(shopper);
    await expectSkipped(shopper, 'below_minimum', 'CALL_MIN_VALUE, CALL_MAX_VALUE@2026-11');
    await takes(shopper.withCart(GREAT_CART).fillsIn(time.ago(15 * MINUTE)));
    await settled(ground.store, shopper.recoveryId, 'called');
    const twice = { ...GREAT_CART, lines: [...GREAT_CART.lines, ...GREAT_CART.lines] };
    const great = aShopper({ cart: twice });
    await leaves(great);
    await expectSkipped(great, 'above_maximum', 'CALL_MIN_VALUE, CALL_MAX_VALUE@2026-11');
  });

  it('end all calls with CALLS=off, and everything else goes on', async () => {
    await begin({ CALLS: 'off' });
    const shopper = aShopper();
    await leaves(shopper);
    await expectSkipped(shopper, 'calls_off', 'CALLS@2026-11');
    await takes(shopper.orders(time.ago(0)));
    expect(await recordOf(shopper)).toMatchObject({ state: 'cancelled', reason: 'ordered', orderTotal: '197.90' });
  });
});

describe('what is no shopper', () => {
  it('is a test of the shop, whatever BOT_CHECK says', async () => {
    await begin({ BOT_CHECK: 'off' });
    const shopper = aShopper();
    await takes(rewritten(shopper.fillsIn(time.ago(20 * MINUTE)), '"gateway":null', '"gateway":"bogus"'));
    await expectSkipped(shopper, 'test_checkout', 'bot-signals@2026-11');
  });

  const SCRIPTS: [what: string, differs: Partial<typeof ODILE_US>][] = [
    ['a name with a link in it', { firstName: 'Win at https://prizes.example' }],
    ['an address of a mailbox for minutes', { email: 'quick@mailinator.com' }],
    ['a number that counts up', { contactPhone: '+12345678901', typedPhone: null }],
  ];

  it.each(SCRIPTS)('has %s', async (_what, differs) => {
    await begin();
    const shopper = aShopper().elsewhere(differs);
    await leaves(shopper);
    await expectSkipped(shopper, 'bot_like', 'bot-signals@2026-11');
  });

  it('leaves many checkouts within minutes: not even the first is called then', async () => {
    await begin({ CALL_DELAY: '15m' });
    const shopper = aShopper();
    const six = [shopper, ...Array.from({ length: 5 }, () => shopper.elsewhere())];
    // First the cart, then who it is: as Shopify tells it.
    for (const one of six) await takes(one.opens(time.ago(MINUTE)));
    for (const one of six) await takes(one.fillsIn(time.ago(0)));
    const seventh = shopper.elsewhere();
    await takes(seventh.fillsIn(time.ago(0)));
    await expectSkipped(seventh, 'bot_like', 'bot-signals@2026-11');
    for (const one of six) expect(await recordOf(one)).toMatchObject({ state: 'scheduled' });
    await time.pass(HOUR);
    for (const one of six) await expectSkipped(one, 'bot_like', 'bot-signals@2026-11');
    expect(ground.vendor.calls).toEqual([]);
  });

  it('is not looked for with BOT_CHECK=off', async () => {
    await begin({ BOT_CHECK: 'off' });
    await called(aShopper().elsewhere({ email: 'quick@mailinator.com' }));
  });
});

describe('the evidence of consent', () => {
  it('stands with the attempt, and what comes afterwards does not change it', async () => {
    await begin();
    const shopper = aShopper();
    const left = time.ago(20 * MINUTE);
    left.setUTCMilliseconds(0);
    await takes(shopper.fillsIn(left));
    const { record } = await settled(ground.store, shopper.recoveryId, 'called');
    const { attemptConsent: evidence } = record;
    expect(evidence).toMatchObject({ source: `attribute:${CONSENT.name}`, value: CONSENT.value, version: '2026-11' });
    // Shopify's clock shows whole seconds; the last of them may be meant.
    expect((evidence?.at ?? 0) - left.getTime()).toBeLessThan(1_000);
    await takes(shopper.fillsIn(time.ago(MINUTE), { ...EVERYTHING, consent: 'no' }));
    expect((await recordOf(shopper)).attemptConsent).toEqual(evidence);
    const shown = (await service.ops.get(`/ops/api/recoveries/${shopper.recoveryId}`)).text;
    expect(shown).not.toContain(shopper.shopper.e164);
  });

  it('is none where nobody was dialled', async () => {
    await begin();
    const shopper = aShopper();
    await takes(shopper.fillsIn(time.ago(20 * MINUTE), { ...EVERYTHING, consent: 'no' }));
    await expectSkipped(shopper, 'no_consent', 'CALL_CONSENT@2026-11');
    expect((await recordOf(shopper)).attemptConsent).toBeNull();
  });
});

/** Somebody else in San Francisco. */
const NEIGHBOUR = { ...ODILE_US, email: 'a.neighbour@example.com', typedPhone: '(415) 555-0143', e164: '+14155550143' };

describe('calling hours', () => {
  const ZONE = 'America/Los_Angeles';
  const RULES = { CALLING_HOURS: 'rules' };

  /** Moves the clock on to a Tuesday in the second half of January or in February, when no holiday is near, at this hour in San Francisco. */
  async function skipTo(hour: number): Promise<void> {
    let day = DateTime.fromMillis(time.clock.now(), { zone: ZONE }).plus({ days: 1 });
    while (day.month !== 2 || day.weekday !== 2 || day.day > 12) day = day.plus({ days: 1 });
    await time.skip(day.startOf('day').set({ hour }).toMillis() - time.clock.now());
  }

  /** Ten in the morning of the next day, and a quarter of an hour in which those put off begin. */
  function expectNextMorning(at: number | null): void {
    const opening = DateTime.fromMillis(time.clock.now(), { zone: ZONE })
      .plus({ days: 1 })
      .startOf('day')
      .set({ hour: 10 });
    expect(at).toBeGreaterThanOrEqual(opening.toMillis());
    expect(at).toBeLessThanOrEqual(opening.plus({ minutes: 15 }).toMillis());
  }

  it('put off a call that would ring at night, by a rule that the timeline names, to the next morning where she is', async () => {
    await begin(RULES);
    await skipTo(21);
    const shopper = aShopper({ shopper: ODILE_US });
    await leaves(shopper);
    const { record, timeline } = await whole(shopper);
    expect(record).toMatchObject({ state: 'scheduled', reason: 'outside_hours' });
    expectNextMorning(record.dueAt);
    expect(timeline[0]).toMatchObject({ event: 'checkout_received', rule: expect.stringMatching(BY_THE_HOURS) });
    await time.passTo((record.dueAt ?? 0) + 1);
    const { dialingAt } = (await settled(ground.store, shopper.recoveryId, 'called')).record;
    expect(dialingAt).toBeGreaterThanOrEqual(record.dueAt ?? Number.POSITIVE_INFINITY);
  });

  it('are asked again at the ring: what was due by day and rings in the evening waits for the morning', async () => {
    await begin(RULES);
    await skipTo(13);
    await service.ops.put('/ops/api/dialing', { paused: true });
    const shopper = aShopper({ shopper: ODILE_US });
    await leaves(shopper);
    expect(await recordOf(shopper)).toMatchObject({ state: 'scheduled', reason: null });
    await time.skip(7 * HOUR);
    await service.ops.put('/ops/api/dialing', { paused: false });
    const { record, timeline } = await settled(
      ground.store,
      shopper.recoveryId,
      ({ record: { reason } }) => reason === 'outside_hours',
    );
    expectNextMorning(record.dueAt);
    expect(timeline.at(-1)).toMatchObject({ event: 'ring', rule: expect.stringMatching(BY_THE_HOURS) });
    expect(ground.vendor.requests).toBe(0);
    await time.passTo((record.dueAt ?? 0) + 1);
    await settled(ground.store, shopper.recoveryId, 'called');
  });

  it('are the vendor’s, too: a try of its own that would come after them is called off', async () => {
    await begin(RULES);
    await skipTo(12);
    const [early, late] = [aShopper({ shopper: ODILE_US }), aShopper({ shopper: NEIGHBOUR })];
    const calls = [await called(early), await called(late)];
    const nobodyAnswers = (shopper: ShopperInTest) =>
      sendCallEvent(service.url, ground.vendor.keys, {
        type: 'call.no-answer',
        metadata: { recoveryId: shopper.recoveryId },
      });
    await time.skip(5 * HOUR + 50 * MINUTE);
    expect(await nobodyAnswers(early)).toBe(200);
    expect((await recordOf(early)).errands).toEqual({});
    await time.skip(6 * MINUTE);
    expect(await nobodyAnswers(late)).toBe(200);
    const { timeline } = await settled(ground.store, late.recoveryId, 'ended');
    expect(timeline).toContainEqual(expect.objectContaining({ event: 'call.no-answer', reason: 'outside_hours' }));
    expect(ground.vendor.aborts).toEqual([expect.objectContaining({ callId: calls[1]?.callId, tookEffect: true })]);
  });
});
