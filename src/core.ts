/**
 * The core: everything that decides and remembers, joined to Redis, without a listener and without a worker. The service
 * runs on it; the command line uses it alone.
 */
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { personMemoryMs } from './config/follow-up.ts';
import type { Config } from './config/load.ts';
import type { AccessLog } from './domain/access-log.ts';
import type { BackfillMarks } from './domain/backfill-marks.ts';
import { isRefusedForGood } from './domain/call-caps.ts';
import { viewOf } from './domain/checkout-view.ts';
import { SECOND } from './domain/duration.ts';
import type { Journal } from './domain/journal.ts';
import type { ParkedStore } from './domain/parked.ts';
import type { People } from './domain/people.ts';
import type { PersonHistories } from './domain/person-history.ts';
import { isDecentHour } from './domain/policy.ts';
import type { Clock, DialSwitch, RecoveryStore } from './domain/ports.ts';
import type { ShopAdmin } from './domain/shop-admin.ts';
import type { ShopCalls } from './domain/shop-calls.ts';
import type { Suppressions } from './domain/suppression.ts';
import type { FollowUpRules } from './domain/transition/event.ts';
import { isDataKeyUnknown } from './errors.ts';
import { type CallEventIntake, callEventIntake } from './intake/call-event-intake.ts';
import { parkIn } from './intake/park.ts';
import { type Replay, replayParked } from './intake/replay.ts';
import { type ShopifyIntake, shopifyIntake } from './intake/shopify-intake.ts';
import { journalOn } from './observe/journal.ts';
import { createMetrics, type Metrics } from './observe/metrics.ts';
import { buildPrivacy, type Privacy } from './privacy.ts';
import { alarmsOn, type DialQueue, dialQueue, dialSwitchOn } from './queue/dial-queue.ts';
import { type ErrandQueue, errandAlarmsOn, errandQueue } from './queue/errand-queue.ts';
import { type EraseRecovery, erase } from './recovery/erase.ts';
import { type ExplainRecovery, explainRecovery } from './recovery/explain-recovery.ts';
import { type FindRecoveries, findRecoveries } from './recovery/find-recoveries.ts';
import { heedSignals } from './recovery/heed-signals.ts';
import { type ImportSuppressions, importSuppressions } from './recovery/import-suppressions.ts';
import { type ListErrands, listErrands } from './recovery/list-errands.ts';
import { type Move, move as moveOn } from './recovery/move.ts';
import { type Operate, operate } from './recovery/operate.ts';
import { type ReceiveCheckout, receiveCheckout, receiveView } from './recovery/receive-checkout.ts';
import { recordCallEvent } from './recovery/record-call-event.ts';
import { type RecordOrder, recordOrder } from './recovery/record-order.ts';
import { type ReportEarnings, reportEarnings } from './recovery/report-earnings.ts';
import { type StopById, stopById, stopByLookup, stopRecovery } from './recovery/stop-recovery.ts';
import { type DoNotCall, doNotCall } from './recovery/suppress.ts';
import { type Sweep, sweep } from './recovery/sweep.ts';
import { wakingStore } from './recovery/waking-store.ts';
import { watchInvariants } from './recovery/watch-invariants.ts';
import { type ShopAdminOptions, shopAdmin } from './shop-admin/shop-admin.ts';
import { accessLog as accessLogOn } from './store/access-log.ts';
import { backfillMarks } from './store/backfill-marks.ts';
import { contactDigests } from './store/contact-digests.ts';
import { earningsReader } from './store/earnings-reader.ts';
import { type FileRewrites, fileRewrites } from './store/file-rewrite.ts';
import { keepContactKey } from './store/keep-contact-key.ts';
import { type Keys, keysBelow } from './store/keys.ts';
import { PARKED_CAP, parkedStore } from './store/parked-store.ts';
import { peopleStore } from './store/people-store.ts';
import { personHistoryStore } from './store/person-history-store.ts';
import { recoveryStore } from './store/recovery-store.ts';
import { commandConnection } from './store/redis.ts';
import { type Reencrypt, reencrypt } from './store/reencrypt.ts';
import { shopCallsStore } from './store/shop-calls-store.ts';
import { suppressionStore } from './store/suppression-store.ts';
import { vaultOf } from './store/vault.ts';

/** Beyond the vendor's time limit, what an honest dial may need to save its result before it counts as interrupted. */
const SAVING_ALLOWANCE_MS = 20 * SECOND;

/** For a question to the shop that nobody waits for. */
const ADMIN_TIMEOUT_MS = 15 * SECOND;

export type Readiness = 'ready' | 'store_unavailable' | 'data_key_unknown';

export interface Core {
  readonly redis: Redis;
  readonly queue: DialQueue;
  readonly errands: ErrandQueue;
  readonly store: RecoveryStore;
  /** The store without the waking: for whoever sees to the errands. */
  readonly records: RecoveryStore;
  /** The store over another connection. */
  readonly storeOn: (connection: Redis) => RecoveryStore;
  readonly keys: Keys;
  readonly people: People;
  readonly histories: PersonHistories;
  readonly shopCalls: ShopCalls;
  readonly suppressions: Suppressions;
  readonly doNotCall: DoNotCall;
  readonly importSuppressions: ImportSuppressions;
  readonly move: Move;
  readonly receiveCheckout: ReceiveCheckout;
  readonly recordOrder: RecordOrder;
  readonly stopById: StopById;
  /** null: the shop's Admin API is not used. */
  readonly admin: ShopAdmin | null;
  readonly backfillMarks: BackfillMarks;
  readonly parked: ParkedStore;
  readonly dialSwitch: DialSwitch;
  readonly accessLog: AccessLog;
  readonly privacy: Privacy;
  readonly shopify: ShopifyIntake;
  readonly callEvents: CallEventIntake;
  readonly replay: Replay;
  readonly find: FindRecoveries;
  readonly explain: ExplainRecovery;
  readonly listErrands: ListErrands;
  readonly reportEarnings: ReportEarnings;
  readonly operate: Operate;
  readonly isDecentHour: FollowUpRules['isDecentHour'];
  readonly sweep: Sweep;
  readonly erase: EraseRecovery;
  readonly reencrypt: Reencrypt;
  readonly fileRewrites: FileRewrites;
  /** Resolves when the store can be used, or cannot be reached: then whoever needs it finds out by himself. */
  readonly opened: Promise<void>;
  /** Redis answers, and what it holds can be read here; else which of the two it is. */
  readonly readiness: () => Promise<Readiness>;
  /** False when what Redis holds was sealed with a DATA_KEY that is not known here; a Redis that is away says nothing of that. */
  readonly dataKeyFits: () => Promise<boolean>;
  readonly journal: Journal;
  readonly metrics: Metrics;
  /** How long an honest dial can take, saving included; one that is older was interrupted. Milliseconds. */
  readonly dialTimeLimitMs: number;
  /** For the error events of connections, queues and workers. */
  readonly onError: (error: Error) => void;
  close(): Promise<void>;
}

export function buildCore(config: Config, logger: Logger, clock: Clock): Core {
  const { prefix, url, recordTtlMs } = config.redis;
  const { shop } = config.shopify;
  const { policy } = config;
  const dialTimeLimitMs = config.voice.timeoutMs + SAVING_ALLOWANCE_MS;
  const metrics = createMetrics();
  const journal = journalOn(logger, metrics);
  const onError = onceInAWhile((error) => logger.error({ event: 'redis_error', err: error }, 'redis'));

  const redis = commandConnection(url, onError);
  const keys = keysBelow(prefix);
  const vault = vaultOf(config.privacy.dataKeys);
  const contacts = contactDigests(redis, keys, vault);
  const contactKey = keepContactKey(redis, contacts, onError, () => journal.alarm('data_key_unknown', {}));
  const records = recoveryStore(redis, keys, recordTtlMs, { vault, contacts });
  // A body holds a person, too.
  const parkedForMs = Math.min(PARKED_CAP.forMs, config.privacy.retentionMs);
  const parked = parkedStore(redis, keys, { ...PARKED_CAP, forMs: parkedForMs }, vault);
  const queue = dialQueue(redis, prefix);
  queue.on('error', onError);
  const errands = errandQueue(redis, prefix);
  errands.on('error', onError);
  const errandAlarms = errandAlarmsOn(errands, clock);
  const storeOn = (connection: Redis): RecoveryStore =>
    wakingStore(recoveryStore(connection, keys, recordTtlMs, { vault, contacts }), errandAlarms, onError);
  const store = storeOn(redis);
  const admin = adminOptionsOf(config, clock);
  const people = peopleStore(redis, keys, Math.min(personMemoryMs(config.followUp), recordTtlMs), contacts);
  const alarms = alarmsOn(queue, clock);
  const dialSwitch = dialSwitchOn(queue, redis, keys.dialSwitch, clock);

  const { unknownMs, calledMs, matchWindowMs } = config.followUp;
  const rules = followUpRulesOf(config);
  const limits = { dialingMs: dialTimeLimitMs, waitingMs: policy.maxAgeMs, unknownMs, calledMs };
  const move = moveOn({ store, journal, rules });
  const parts = { store, alarms, clock, journal, move };
  const stop = stopRecovery(parts);
  const byId = stopById(parts);
  const byLookup = stopByLookup(parts);
  const order = recordOrder({ ...parts, people, shop, stop, stopById: byId, stopByLookup: byLookup, matchWindowMs });
  const { perShopDay } = config.person;
  const shopCalls = shopCallsStore(redis, keys, perShopDay);
  // A row may ask for a longer silence than the merchant.
  const refusalKeptMs = Math.max(policy.caps.refusalSilenceMs, policy.times.longestSilenceMs);
  const histories = personHistoryStore(redis, keys, refusalKeptMs, contacts);
  const receive = receiveView({ ...parts, people: histories, policy, stop });
  const park = parkIn({ shop, parked, clock, journal });
  const accessLog = accessLogOn(redis, keys);
  const suppressions = suppressionStore(redis, keys, contacts);
  const rewrites = fileRewrites(redis, keys);
  const privacy = buildPrivacy({
    onForgotten: rewrites.want,
    ...{
      ...parts,
      redis,
      keys,
      prefix,
      shop,
      people,
      histories,
      suppressions,
      contacts,
      parked,
      dialSwitch,
      accessLog,
      onError,
    },
    stopById: byId,
    erase: erase(parts),
    noteConsentWithdrawn: (person, at) => histories.noteConsentWithdrawn(shop, person, at),
  });
  const shopify = shopifyIntake({
    shop,
    viewOf: (checkout) => viewOf(checkout, policy),
    receiveView: receive,
    stop,
    stopByLookup: byLookup,
    recordOrder: order,
    privacyTopics: privacy.topics,
    park,
  });
  const notCalling = doNotCall({ ...parts, suppressions, shop, stop: byId });
  const heed = heedSignals({
    ...{ ...parts, names: config.person.signals, doNotCall: notCalling, histories },
    isForGood: (whereabouts) => isRefusedForGood(policy.times.capsIn(whereabouts)),
  });
  const callEvents = callEventIntake({ record: recordCallEvent({ ...parts, shop, heed }), park });

  const { retentionMs } = config.privacy;
  const sweepOnce = sweep({ ...parts, errandAlarms, parked, shop, limits, retentionMs });
  const watch = watchInvariants({ ...parts, dialSwitch, shop });

  return {
    redis,
    queue,
    store,
    parked,
    dialSwitch,
    accessLog,
    privacy,
    shopify,
    callEvents,
    replay: replayParked({ shop, parked, shopify, callEvents }),
    find: findRecoveries(store, shop),
    explain: explainRecovery({ store, people: histories, dialSwitch, policy, shop, clock }),
    listErrands: listErrands(store, shop),
    reportEarnings: reportEarnings({ reader: earningsReader(redis, keys, vault), shop, clock, recordTtlMs }),
    isDecentHour: rules.isDecentHour,
    operate: operate({ ...parts, stop: byId }),
    async sweep() {
      // With a key that is not the right one it would find every record unreadable.
      await contacts.load();
      const report = await sweepOnce();
      if (report.erased > 0) await rewrites.want();
      journal.swept({ ...report });
      await watch();
      return report;
    },
    erase: erase(parts),
    fileRewrites: rewrites,
    reencrypt: reencrypt({ redis, keys, vault, contacts }),
    opened: contactKey.opened,
    readiness: () =>
      contacts
        .load()
        .then(async () => ((await redis.ping()) === 'PONG' ? 'ready' : 'store_unavailable'))
        .catch((error: unknown) => (isDataKeyUnknown(error) ? 'data_key_unknown' : 'store_unavailable')),
    dataKeyFits: () =>
      contacts.load().then(
        () => true,
        (error: unknown) => !isDataKeyUnknown(error),
      ),
    keys,
    storeOn,
    records,
    people,
    histories,
    shopCalls,
    suppressions,
    doNotCall: notCalling,
    importSuppressions: importSuppressions({ suppressions, doNotCall: notCalling, clock }),
    move,
    receiveCheckout: receiveCheckout(receive, policy),
    recordOrder: order,
    stopById: byId,
    admin: admin && shopAdmin(admin),
    backfillMarks: backfillMarks(redis, keys),
    errands,
    journal,
    metrics,
    dialTimeLimitMs,
    onError,
    async close() {
      contactKey.stop();
      await queue.close().catch(onError);
      await errands.close().catch(onError);
      await privacy.queue.close().catch(onError);
      redis.disconnect();
    },
  };
}

/** What follows a call, with the hours in which it may. */
export function followUpRulesOf({ followUp, policy }: Config): FollowUpRules {
  return { ...followUp.rules, isDecentHour: (whereabouts, at) => isDecentHour(policy, whereabouts, at) };
}

/** How the shop's Admin API is asked; null: it is not used. */
export function adminOptionsOf({ shopify: { shop, admin } }: Config, clock: Clock): ShopAdminOptions | null {
  if (admin === null) return null;
  return { shop, adminUrl: admin.url, token: admin.token, timeoutMs: ADMIN_TIMEOUT_MS, clock };
}

/** A lost connection reports every attempt to come back; one line per five seconds says as much. */
function onceInAWhile(log: (error: Error) => void): (error: Error) => void {
  let silentUntil = 0;
  return (error) => {
    const now = Date.now();
    if (now < silentUntil) return;
    silentUntil = now + 5 * SECOND;
    log(error);
  };
}
