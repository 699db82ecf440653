/** What the agent does during a call: an order it agreed is made at the shop, once; actions and outcomes reach the merchant, signed. */
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { buildCore } from '../../src/core.ts';
import { MINUTE, SECOND } from '../../src/domain/duration.ts';
import type { Errand } from '../../src/domain/errand.ts';
import { freePort } from '../../stand-ins/free-port.ts';
import { type Merchant, startMerchant } from '../../stand-ins/merchant/receiver.ts';
import type { Trouble } from '../../stand-ins/shop-admin/scripted-trouble.ts';
import { aShopper, longAgo, SHOP, type ShopperInTest } from '../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';
import { type LogLines, logLines } from '../support/log-lines.ts';
import { type PassingTime, passingTime } from '../support/passing-time.ts';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts';
import { settled, until } from '../support/settled.ts';

let ground: Ground;
let service: Running;
let time: PassingTime;
let log: LogLines;
let merchant: Merchant;
let victim: ServiceProcess | undefined;

async function begin(env: Record<string, string> = {}): Promise<void> {
  ground = await openGround({ vendor: { scenario: 'silent' } });
  time = passingTime(ground);
  log = logLines();
  merchant = await startMerchant();
  service = await start(env);
}

function start(env: Record<string, string>): Promise<Running> {
  const overrides = { clock: time.clock, random: () => 0 };
  return ground.start({ env: { ...ground.admin, LAST_LOOK: 'off', ...env }, overrides, logger: log.logger });
}

afterEach(async () => {
  victim?.kill('SIGKILL');
  await time.close();
  await merchant.close();
  await ground.close();
});

async function called(shopper = aShopper()): Promise<{ shopper: ShopperInTest; callId: string }> {
  await service.send(shopper.fillsIn(longAgo()));
  const { record } = await settled(ground.store, shopper.recoveryId, ({ record: { callId } }) => callId !== null);
  return { shopper, callId: record.callId ?? '' };
}

/** The agent tells of something it did. */
async function agentDoes(callId: string, action: string, payload: unknown = AGREED): Promise<void> {
  expect(await ground.vendor.sendEvent(callId, 'action', { action, payload })).toEqual({ status: 200 });
}

async function recordOf({ recoveryId }: ShopperInTest) {
  const recovery = await ground.store.load(recoveryId);
  if (!recovery) throw new Error('there is no such record');
  return recovery.record;
}

/** The errands of one kind, by key. */
async function errandsOf(shopper: ShopperInTest, kind: Errand['kind']): Promise<[string, Errand][]> {
  return Object.entries((await recordOf(shopper)).errands).filter(([, errand]) => errand.kind === kind);
}

/** The one errand of the kind, when it is as wanted. */
async function errand(
  shopper: ShopperInTest,
  kind: Errand['kind'],
  isSo: (errand: Errand) => boolean,
): Promise<Errand> {
  return until(`the errand ${kind} is as wanted`, async () => {
    const [first, ...more] = await errandsOf(shopper, kind);
    expect(more).toEqual([]);
    return first && isSo(first[1]) ? first[1] : null;
  });
}

/** Lets the pause after a first try that failed pass. */
async function pauseAfterFirstTry(shopper: ShopperInTest, kind: Errand['kind'] = 'agent_order'): Promise<void> {
  await errand(shopper, kind, ({ tries }) => tries === 1);
  await time.pass(2 * SECOND);
}

const isOver = ({ state }: Errand) => state === 'done' || state === 'failed';

/** As the vendor's pages show it. */
const AGREED = {
  email: 'agreed@example.com',
  phone: '(206) 555-0123',
  lineItems: [
    {
      title: 'Storm lantern',
      quantity: 2,
      variant: { id: 'gid://shopify/ProductVariant/49302817465112', title: 'Brass' },
    },
  ],
  shippingAddress: {
    firstName: 'Agreeable',
    lastName: 'Person',
    address1: '1 Agreement Way',
    city: 'Seattle',
    country: 'US',
  },
  discount: { code: 'RING5', reason: 'hesitated' },
  note: 'Leave it with the neighbour',
  paymentMode: 'cod',
};

describe('an order that the agent agreed', () => {
  it('becomes a draft order of exactly what was agreed', async () => {
    await begin({ AGENT_ORDER: 'draft', DISCOUNT: 'fixed:RING5', DISCOUNT_VALUE: '5%' });
    const { shopper, callId } = await called();
    await agentDoes(callId, 'create_order');
    await errand(shopper, 'agent_order', isOver);
    expect(ground.shop.shelves.drafts).toEqual([
      expect.objectContaining({
        orderName: null,
        input: {
          lineItems: [{ variantId: 'gid://shopify/ProductVariant/49302817465112', quantity: 2 }],
          tags: [expect.stringMatching(/^ringback-[0-9a-f]{24}$/)],
          customAttributes: [{ key: 'ringback_checkout_token', value: shopper.token }],
          email: 'agreed@example.com',
          phone: '+12065550123',
          note: 'Leave it with the neighbour',
          shippingAddress: {
            firstName: 'Agreeable',
            lastName: 'Person',
            address1: '1 Agreement Way',
            city: 'Seattle',
            countryCode: 'US',
          },
          discountCodes: ['RING5'],
        },
      }),
    ]);
    const [draft] = ground.shop.shelves.drafts;
    expect((await recordOf(shopper)).errands).toMatchObject({
      [`agent_order:${shopper.recoveryId}.1`]: { state: 'done', note: `ordered ${draft?.name}`, tries: 0 },
    });
  });

  it('of which the agent says nothing more is as the checkout was', async () => {
    await begin({ AGENT_ORDER: 'draft' });
    ground.vendor.nextScenarios.push('create-order');
    const { shopper } = await called();
    await errand(shopper, 'agent_order', isOver);
    const [draft] = ground.shop.shelves.drafts;
    expect(draft?.input).toMatchObject({
      lineItems: [
        { variantId: 'gid://shopify/ProductVariant/49302817465112', quantity: 1 },
        { variantId: 'gid://shopify/ProductVariant/49302817530648', quantity: 1 },
      ],
      email: shopper.shopper.email,
      phone: shopper.shopper.e164,
      shippingAddress: { firstName: 'Odile', lastName: 'Marrable', address1: '9 Ferry Road', zip: '94111' },
    });
  });

  it('has no discount that nobody offered, whatever the agent was talked into', async () => {
    await begin({ AGENT_ORDER: 'draft', DISCOUNT: 'fixed:RING4', DISCOUNT_VALUE: '4%' });
    const { shopper, callId } = await called();
    await agentDoes(callId, 'create_order');
    await errand(shopper, 'agent_order', isOver);
    expect(ground.shop.shelves.drafts).toHaveLength(1);
    expect(ground.shop.shelves.drafts[0]?.input).not.toHaveProperty('discountCodes');
  });

  it.each([
    ['create_order', 'create-order'],
    ['create-order', 'create_order'],
  ])('is made once, however often the vendor tells of it: “%s”, then “%s”', async (...spellings) => {
    await begin({ AGENT_ORDER: 'draft' });
    const { shopper, callId } = await called();
    for (const spelling of [...spellings, ...spellings]) await agentDoes(callId, spelling);
    await errand(shopper, 'agent_order', isOver);
    for (const spelling of spellings) await agentDoes(callId, spelling, { ...AGREED, note: 'and once more' });
    await time.quiet();
    expect(ground.shop.shelves.drafts).toHaveLength(1);
    expect(ground.shop.asked.map(({ operation }) => operation)).toEqual(['CreateAgentOrder']);
  });

  it.each<[string, Trouble]>([
    ['made it and reset the connection', { reset: true, executes: true }],
    ['made it and answered with an error', { status: 502, executes: true }],
  ])('is found, and not made again, by the next service when the shop %s', async (_what, trouble) => {
    await begin({ AGENT_ORDER: 'draft' });
    ground.shop.nextAnswers.push(trouble);
    const { shopper, callId } = await called();
    await agentDoes(callId, 'create_order');
    await errand(shopper, 'agent_order', ({ tries }) => tries === 1);
    await service.close();
    service = await start({ AGENT_ORDER: 'draft' });
    await time.pass(2 * SECOND);
    expect(await errand(shopper, 'agent_order', isOver)).toMatchObject({ state: 'done', tries: 1 });
    expect(ground.shop.shelves.drafts).toHaveLength(1);
    expect(ground.shop.asked.map(({ operation }) => operation)).toEqual(['CreateAgentOrder', 'FindAgentOrder']);
  });

  it('is made when the connection broke before the shop had read it: it is looked for twice, half a minute apart', async () => {
    await begin({ AGENT_ORDER: 'draft' });
    ground.shop.nextAnswers.push({ reset: true });
    const { shopper, callId } = await called();
    await agentDoes(callId, 'create_order');
    await pauseAfterFirstTry(shopper);
    await errand(shopper, 'agent_order', ({ note }) => note === 'not_found_yet');
    expect(ground.shop.shelves.drafts).toEqual([]);
    await time.pass(27 * SECOND);
    expect(ground.shop.shelves.drafts).toEqual([]);
    await time.pass(4 * SECOND);
    await errand(shopper, 'agent_order', isOver);
    expect(ground.shop.shelves.drafts).toHaveLength(1);
  });

  it('that the shop’s search shows only after a while is not made again', async () => {
    await begin({ AGENT_ORDER: 'draft' });
    ground.shop.moods.draftsHidden = true;
    ground.shop.nextAnswers.push({ reset: true, executes: true });
    const { shopper, callId } = await called();
    await agentDoes(callId, 'create_order');
    await pauseAfterFirstTry(shopper);
    await errand(shopper, 'agent_order', ({ note }) => note === 'not_found_yet');
    ground.shop.moods.draftsHidden = false;
    await time.pass(31 * SECOND);
    expect(await errand(shopper, 'agent_order', isOver)).toMatchObject({ state: 'done' });
    expect(ground.shop.shelves.drafts).toHaveLength(1);
  });

  it('is one order also when the process is killed between making it and saving that', async () => {
    await begin({ ROLE: 'web' });
    ground.shop.nextAnswers.push({ hang: true, executes: true });
    const env = { ...ground.admin, LAST_LOOK: 'off', AGENT_ORDER: 'draft' };
    victim = await startServiceProcess(ground.environment(await freePort(), env));
    const { shopper, callId } = await called();
    await agentDoes(callId, 'create_order');
    // The web service of this test makes no orders: the event came to the process that does.
    await until('the shop has made it', () => ground.shop.shelves.drafts.length === 1);
    victim.kill('SIGKILL');
    await victim.ended;
    expect(await errand(shopper, 'agent_order', () => true)).toMatchObject({ state: 'doing', doubtful: false });

    await start({ AGENT_ORDER: 'draft' });
    // Whoever began it may still be at it.
    expect(await service.service.sweep()).toMatchObject({ reminded: 0 });
    expect(await errand(shopper, 'agent_order', () => true)).toMatchObject({ state: 'doing' });
    time.jump(3 * MINUTE);
    await service.service.sweep();
    expect(await errand(shopper, 'agent_order', isOver)).toMatchObject({ state: 'done', doubtful: false });
    expect(ground.shop.shelves.drafts).toHaveLength(1);
    // A process of its own takes its time to start on a busy machine.
  }, 60_000);

  it('is not made when the shopper has bought by herself', async () => {
    await begin({ AGENT_ORDER: 'cod' });
    const { shopper, callId } = await called();
    await service.send(shopper.orders(new Date()));
    await agentDoes(callId, 'create_order');
    expect(await errand(shopper, 'agent_order', isOver)).toMatchObject({ state: 'done', note: 'ordered_already' });
    expect(ground.shop.shelves.drafts).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['names a line that nobody can read', { ...AGREED, lineItems: [{ quantity: 'many' }] }, 'unreadable_lines'],
    [
      'names an article without saying which',
      { ...AGREED, lineItems: [{ title: 'A lantern', quantity: 1 }] },
      'shop_refused',
    ],
  ])('that %s is left to an operator, and nothing is ordered', async (_what, payload, note) => {
    await begin({ AGENT_ORDER: 'cod' });
    const { shopper, callId } = await called();
    await agentDoes(callId, 'create_order', payload);
    expect(await errand(shopper, 'agent_order', isOver)).toMatchObject({ state: 'failed', note });
    expect(ground.shop.shelves.drafts).toEqual([]);
    expect(await ground.store.idsWithFailedErrands(SHOP, 10)).toEqual([shopper.recoveryId]);
    expect(log.of('alarm')).toEqual([
      expect.objectContaining({ alarm: 'errand_failed', kind: 'agent_order', note, recoveryId: shopper.recoveryId }),
    ]);
  });

  it('is nobody’s business by default', async () => {
    await begin();
    ground.vendor.nextScenarios.push('create-order');
    const { shopper } = await called();
    const { record } = await settled(ground.store, shopper.recoveryId, 'ended');
    await time.quiet();
    expect(record.outcomes['action:create_order']).toBeDefined();
    expect(record.errands).toEqual({});
    expect(ground.shop.asked).toEqual([]);
  });
});

describe('an order to be paid on delivery', () => {
  it('is completed as one that is not paid yet', async () => {
    await begin({ AGENT_ORDER: 'cod' });
    const { shopper, callId } = await called();
    await agentDoes(callId, 'create_order');
    const { note } = await errand(shopper, 'agent_order', isOver);
    expect(ground.shop.shelves.drafts).toEqual([
      expect.objectContaining({ financialStatus: 'PENDING', orderName: expect.stringMatching(/^#\d+$/) }),
    ]);
    expect(note).toBe(`ordered ${ground.shop.shelves.drafts[0]?.orderName}`);
  });

  it.each<[string, Trouble[]]>([
    ['the answer to its completion is lost', [{ delayMs: 1 }, { reset: true, executes: true }]],
    ['the shop is away when it is to be completed', [{ delayMs: 1 }, { status: 503 }]],
    ['its completion is throttled', [{ delayMs: 1 }, { throttled: { cost: 20, available: 10, restoreRate: 100 } }]],
  ])('is one order, completed once, also when %s', async (_what, troubles) => {
    await begin({ AGENT_ORDER: 'cod' });
    ground.shop.nextAnswers.push(...troubles);
    const { shopper, callId } = await called();
    await agentDoes(callId, 'create_order');
    await pauseAfterFirstTry(shopper);
    const [draft] = await errand(shopper, 'agent_order', isOver).then(() => ground.shop.shelves.drafts);
    expect(ground.shop.shelves.drafts).toHaveLength(1);
    expect(ground.shop.shelves.orders).toHaveLength(1);
    expect(await errandsOf(shopper, 'agent_order')).toEqual([
      [expect.any(String), expect.objectContaining({ state: 'done', note: `ordered ${draft?.orderName}` })],
    ]);
  });

  it('waits for the shop to have calculated it', async () => {
    await begin({ AGENT_ORDER: 'cod' });
    ground.shop.moods.draftsUnready = true;
    const { shopper, callId } = await called();
    await agentDoes(callId, 'create_order');
    await errand(shopper, 'agent_order', ({ note }) => note === 'draft_not_ready');
    for (const draft of ground.shop.shelves.drafts) draft.ready = true;
    await time.pass(3 * SECOND);
    expect(await errand(shopper, 'agent_order', isOver)).toMatchObject({ state: 'done' });
    expect(ground.shop.shelves).toMatchObject({ drafts: [{ financialStatus: 'PENDING' }], orders: { length: 1 } });
  });

  it('that the shopper wants to pay otherwise stays a draft', async () => {
    await begin({ AGENT_ORDER: 'cod' });
    const { shopper, callId } = await called();
    await agentDoes(callId, 'create_order', { ...AGREED, paymentMode: 'prepaid' });
    await errand(shopper, 'agent_order', isOver);
    expect(ground.shop.shelves.drafts).toEqual([expect.objectContaining({ orderName: null })]);
  });
});

describe('what a call brought', () => {
  const forwarding = () => ({ FORWARD_URL: merchant.url, FORWARD_SECRET: merchant.secret });

  /** Begins with a service that tells the merchant. */
  async function beginForwarding(env: Record<string, string> = {}): Promise<void> {
    await begin({ ROLE: 'web' });
    await service.close();
    service = await start({ ...forwarding(), ...env });
  }

  const types = () => merchant.messages.filter(({ taken }) => taken).map(({ type }) => type);

  it('reaches the merchant’s own address, each once, under signatures that the public library accepts', async () => {
    await beginForwarding();
    ground.vendor.nextScenarios.push('create-order');
    const { shopper, callId } = await called();
    await settled(ground.store, shopper.recoveryId, 'ended');
    for (const again of ['action', 'end-of-call', 'call.lifecycle-ended']) {
      await ground.vendor.sendEvent(callId, again, again === 'action' ? { action: 'create_order' } : {});
    }
    const messages = await merchant.waitForTaken(3);
    await time.quiet();
    expect(merchant.refusals).toEqual([]);
    expect(types().sort()).toEqual(['call.action', 'call.ended', 'call.outcome']);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(3);
    for (const { data } of messages) {
      expect(data).toMatchObject({
        ...{ recoveryId: shopper.recoveryId, attemptId: `${shopper.recoveryId}.1`, shop: SHOP },
        ...{ checkoutToken: shopper.token, callId },
      });
    }
    const told = (type: string) => messages.find((message) => message.type === type)?.data.told;
    expect(told('call.action')).toMatchObject({ action: 'create_order', payload: { paymentMode: 'cod' } });
    expect(told('call.outcome')).toMatchObject({ analysis: { success: true, requiredActions: ['create_order'] } });
    expect(told('call.ended')).toMatchObject({ report: { finalStatus: 'completed' } });
    expect(ground.shop.shelves.drafts).toEqual([]);
  });

  it.each([
    ['actions', ['call.action']],
    ['outcomes', ['call.ended', 'call.outcome']],
  ])('is as much of it as FORWARD=%s says', async (forward, expected) => {
    await beginForwarding({ FORWARD: forward });
    ground.vendor.nextScenarios.push('create-order');
    const { shopper } = await called();
    await settled(ground.store, shopper.recoveryId, 'ended');
    await merchant.waitForTaken(expected.length);
    await time.quiet();
    expect(types().sort()).toEqual(expected);
  });

  it('is sent again under the same id and a fresh signature while the merchant is away', async () => {
    await beginForwarding({ FORWARD: 'actions' });
    const { shopper, callId } = await called();
    merchant.nextAnswers.push({ status: 503 }, { reset: true }, { status: 429, headers: { 'retry-after': '60' } });
    await agentDoes(callId, 'send-whatsapp', { template: 'cart-link' });
    // A second and two after the first and the second try; a minute after the third, because the merchant wishes it.
    await errand(shopper, 'forward', ({ tries }) => tries === 1);
    await time.pass(SECOND);
    await errand(shopper, 'forward', ({ tries }) => tries === 2);
    await time.pass(2 * SECOND);
    await errand(shopper, 'forward', ({ tries }) => tries === 3);
    await time.pass(50 * SECOND);
    expect(await errand(shopper, 'forward', () => true)).toMatchObject({ state: 'open', tries: 3, note: 'status_429' });
    await time.pass(11 * SECOND);
    expect(await errand(shopper, 'forward', isOver)).toMatchObject({ state: 'done', note: 'taken', tries: 3 });
    expect(merchant.messages.map(({ taken }) => taken)).toEqual([false, false, false, true]);
    expect(new Set(merchant.messages.map(({ id }) => id)).size).toBe(1);
    expect(merchant.messages[0]?.data.told).toMatchObject({
      action: 'send-whatsapp',
      payload: { template: 'cart-link' },
    });
    expect(merchant.refusals).toEqual([]);
  });

  it('that the merchant refuses stands among the failed errands until an operator has it sent again', async () => {
    await beginForwarding({ FORWARD: 'actions' });
    const { shopper, callId } = await called();
    merchant.nextAnswers.push({ status: 410 });
    await agentDoes(callId, 'update_address', { city: 'Seattle' });
    expect(await errand(shopper, 'forward', isOver)).toMatchObject({ state: 'failed', note: 'status_410' });
    expect(await ground.store.idsWithFailedErrands(SHOP, 10)).toEqual([shopper.recoveryId]);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toContain('ringback_errands_failed 1\n');
    expect(metrics).toContain('ringback_errands_total{kind="forward",result="failed"} 1\n');

    const core = buildCore(
      loadConfig(ground.environment(await freePort(), forwarding())),
      pino({ level: 'silent' }),
      time.clock,
    );
    try {
      await until('it has its Redis', () => core.redis.status === 'ready');
      const [[key = ''] = []] = await errandsOf(shopper, 'forward');
      expect(await core.operate.retryErrand(shopper.recoveryId, 'forward:nothing')).toMatchObject({ kind: 'refused' });
      expect(await core.operate.retryErrand(shopper.recoveryId, key)).toMatchObject({ kind: 'done', state: 'called' });
      await merchant.waitForTaken(1);
      expect(await errand(shopper, 'forward', isOver)).toMatchObject({ state: 'done', note: 'taken' });
      expect(await core.operate.retryErrand(shopper.recoveryId, key)).toMatchObject({ kind: 'refused' });
    } finally {
      await core.close();
    }
    expect(await ground.store.idsWithFailedErrands(SHOP, 10)).toEqual([]);
    expect(new Set(merchant.messages.map(({ id }) => id)).size).toBe(1);
  });

  it('is told to nobody when no address is configured', async () => {
    await begin();
    ground.vendor.nextScenarios.push('create-order');
    const { shopper } = await called();
    const { record } = await settled(ground.store, shopper.recoveryId, 'ended');
    await time.quiet();
    expect(record.errands).toEqual({});
    expect(merchant.messages).toEqual([]);
  });
});
