/** All use cases joined over the fakes, as the service joins them over the world: Asha's recovery, and a clock at eleven. */

import { isRefusedForGood } from '../../src/domain/call-caps.ts';
import type { SignalNames } from '../../src/domain/call-signals.ts';
import { type DiscountPolicy, offerOf } from '../../src/domain/discount.ts';
import { DAY, HOUR, SECOND } from '../../src/domain/duration.ts';
import type { Forwarder } from '../../src/domain/forward.ts';
import type { ParkedStore } from '../../src/domain/parked.ts';
import { type CallPolicy, capsFor, ruleOfCap } from '../../src/domain/policy.ts';
import type { RecoveryRecord } from '../../src/domain/recovery.ts';
import type { ShopAdmin } from '../../src/domain/shop-admin.ts';
import type { FollowUpRules } from '../../src/domain/transition/event.ts';
import { clearDial, type OptOutRules } from '../../src/recovery/clear-dial.ts';
import { dial } from '../../src/recovery/dial.ts';
import { erase } from '../../src/recovery/erase.ts';
import { abortCall } from '../../src/recovery/errands/abort-call.ts';
import { agentOrder } from '../../src/recovery/errands/agent-order.ts';
import { forwardNews } from '../../src/recovery/errands/forward-news.ts';
import { replacePayload } from '../../src/recovery/errands/replace-payload.ts';
import { takeBackDiscount } from '../../src/recovery/errands/take-back-discount.ts';
import { explainRecovery } from '../../src/recovery/explain-recovery.ts';
import { clockGuard } from '../../src/recovery/guard-clock.ts';
import { heedSignals } from '../../src/recovery/heed-signals.ts';
import { holdDials } from '../../src/recovery/hold-dials.ts';
import { move } from '../../src/recovery/move.ts';
import { operate } from '../../src/recovery/operate.ts';
import { recallDials } from '../../src/recovery/recall-dials.ts';
import { receiveCheckout, receiveView } from '../../src/recovery/receive-checkout.ts';
import { recordCallEvent } from '../../src/recovery/record-call-event.ts';
import { recordOrder } from '../../src/recovery/record-order.ts';
import { ring } from '../../src/recovery/ring.ts';
import { secureDial } from '../../src/recovery/secure-dial.ts';
import { seeToErrands } from '../../src/recovery/see-to-errands.ts';
import { stopById, stopByLookup, stopRecovery } from '../../src/recovery/stop-recovery.ts';
import { doNotCall } from '../../src/recovery/suppress.ts';
import { sweep } from '../../src/recovery/sweep.ts';
import { readAgentOrder } from '../../src/voice/agent-order-body.ts';
import { aPolicy, aRecord, ELEVEN_IN_BENGALURU } from './a-record.ts';
import { fakeHistories, fakeSuppressions } from './fake-people-memory.ts';
import { fakeStore } from './fake-store.ts';
import {
  fakeAlarms,
  fakeClock,
  fakeErrandAlarms,
  fakeIntents,
  fakeJournal,
  fakeMarker,
  fakePeople,
  fakeSwitch,
  fakeVoice,
  NO_SHOP_CAP,
} from './fakes.ts';
import { FOLLOW_UP } from './moved.ts';

export { FOLLOW_UP } from './moved.ts';

export const UNKNOWN_DEADLINE_MS = 24 * HOUR;
export const CLOSE_AFTER_MS = 72 * HOUR;
export const RETENTION_MS = 30 * DAY;

export const SHOP = aRecord().shop;
export const TOKEN = aRecord().checkoutToken;
export const ID = aRecord().id;
export const DIAL_TIME_LIMIT_MS = 30 * SECOND;

const noParking: ParkedStore = {
  park: async () => ({ id: 'parked', dropped: 0 }),
  list: async () => [],
  read: async () => null,
  ids: async () => [],
  remove: async () => {},
  removeAll: async () => {},
  count: async () => 0,
  expire: async () => 0,
};

export function aWorld(
  options: {
    readonly record?: Partial<RecoveryRecord>;
    readonly policy?: Partial<CallPolicy>;
    readonly rules?: Partial<FollowUpRules>;
    readonly admin?: ShopAdmin;
    readonly forwarder?: Forwarder;
    readonly onSilence?: 'call' | 'wait';
    readonly optOut?: OptOutRules;
    readonly discount?: DiscountPolicy;
    readonly signals?: SignalNames;
  } = {},
) {
  const alarms = fakeAlarms();
  const clock = fakeClock(ELEVEN_IN_BENGALURU);
  const journal = fakeJournal();
  const dialSwitch = fakeSwitch();
  const store = fakeStore(() => dialSwitch.reason !== null);
  const voice = fakeVoice();
  const policy = aPolicy(options.policy);
  const world = { pauses: [] as number[], pauseBeforeSavingAgain: async (_tries: number) => {} };
  if (options.record) store.put(aRecord(options.record));

  const rules = { ...FOLLOW_UP, ...options.rules };
  const people = fakePeople();
  const errandAlarms = fakeErrandAlarms();
  const discount = options.discount ?? { kind: 'off' };
  const moved = move({ store, journal, rules });
  const deps = {
    store,
    alarms,
    clock,
    journal,
    policy,
    rules,
    people,
    move: moved,
    dialTimeLimitMs: DIAL_TIME_LIMIT_MS,
  };
  const limits = {
    dialingMs: DIAL_TIME_LIMIT_MS,
    waitingMs: policy.maxAgeMs,
    unknownMs: UNKNOWN_DEADLINE_MS,
    calledMs: CLOSE_AFTER_MS,
  };
  const stop = stopRecovery(deps);
  const byId = stopById(deps);
  const byLookup = stopByLookup(deps);
  const suppressions = fakeSuppressions(store);
  const histories = fakeHistories({ suppressions, people });
  store.remembers(histories);
  const notCalling = doNotCall({ ...deps, suppressions, shop: SHOP, stop: byId });
  const names = options.signals ?? { doNotCall: [], refusal: [] };
  const heed = heedSignals({
    ...{ ...deps, names, doNotCall: notCalling, histories },
    isForGood: (whereabouts) => isRefusedForGood(policy.times.capsIn(whereabouts)),
  });
  const intents = fakeIntents(clock);
  const marker = fakeMarker(store);
  /** How far the store's clock is ahead. */
  const storeClock = { aheadMs: 0 };
  const guard = clockGuard({ ...deps, storeTime: async () => clock.now() + storeClock.aheadMs });
  const holds = holdDials({ voice, journal });
  const dialler = dial({
    ...deps,
    holds,
    intents,
    secure: secureDial({ marker, intents, journal }),
    people: histories,
    shopCalls: NO_SHOP_CAP,
    voice,
    dialSwitch,
    random: () => 0,
    offerOf: (offered, now) => offerOf(offered, discount, now),
    pauseBeforeSavingAgain: async (tries) => {
      world.pauses.push(tries);
      await world.pauseBeforeSavingAgain(tries);
    },
  });
  const newClearance = clearDial({
    ...deps,
    admin: options.admin ?? null,
    lastLook: { onSilence: options.onSilence ?? 'call', timeoutMs: SECOND },
    histories,
    doNotCall: notCalling,
    capsFor: (whereabouts) => capsFor(policy, whereabouts),
    ruleOfCap: (whereabouts, cap) => ruleOfCap(policy, whereabouts, cap),
    shopCalls: NO_SHOP_CAP,
    optOut: options.optOut ?? { bySmsConsent: false, tags: new Set(['do_not_call']) },
    discount,
    newCode: () => 'RBTESTCODE',
  });
  return Object.assign(world, {
    store,
    alarms,
    errandAlarms,
    people,
    suppressions,
    histories,
    doNotCall: notCalling,
    clock,
    journal,
    dialSwitch,
    voice,
    intents,
    marker,
    storeClock,
    policy,
    rules,
    move: moved,
    stop,
    stopById: byId,
    stopByLookup: byLookup,
    order: recordOrder({ ...deps, shop: SHOP, stop, stopById: byId, stopByLookup: byLookup, matchWindowMs: 30 * DAY }),
    dial: dialler,
    explain: explainRecovery({ store, people: histories, dialSwitch, policy, shop: SHOP, clock }),
    ring: ring({
      ...deps,
      people: histories,
      clockGuard: guard,
      holds,
      recall: recallDials({
        intents,
        store,
        capsFor: (whereabouts) => capsFor(policy, whereabouts),
        ruleOfCap: (whereabouts, cap) => ruleOfCap(policy, whereabouts, cap),
        journal,
      }),
      newClearance,
      marker,
      dialSwitch,
      dial: dialler,
    }),
    receive: receiveCheckout(receiveView({ ...deps, people: histories, stop }), deps.policy),
    record: recordCallEvent({ ...deps, shop: SHOP, heed }),
    operate: operate({ ...deps, stop: byId }),
    seeTo: seeToErrands({
      onFault: () => {},
      ...deps,
      random: () => 0,
      run: {
        abort: abortCall(voice),
        replace_payload: replacePayload(voice),
        agent_order: agentOrder({ admin: options.admin ?? null, mode: rules.agentOrder, read: readAgentOrder }),
        forward: forwardNews(options.forwarder ?? null),
        discount_delete: takeBackDiscount(options.admin ?? null),
      },
    }),
    sweep: sweep({ ...deps, errandAlarms, parked: noParking, shop: SHOP, limits, retentionMs: RETENTION_MS }),
    erase: erase(deps),
    /** Asha's recovery as it is now. */
    asha: () => store.record(ID),
  });
}
