/** The hands of the service: the workers that dial, see to errands and keep house, joined to the core and ended together. */
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from './config/load.ts';
import { type Core, followUpRulesOf } from './core.ts';
import type { BreakerLimits } from './domain/breaker.ts';
import { offerOf } from './domain/discount.ts';
import { DAY, MINUTE, SECOND } from './domain/duration.ts';
import { type Intents, NO_INTENTS } from './domain/intents.ts';
import { capsFor, ruleOfCap } from './domain/policy.ts';
import type { Clock, DialMarker } from './domain/ports.ts';
import type { VoiceCalls } from './domain/voice-calls.ts';
import { forwarder } from './forward/forwarder.ts';
import { type Backfill, backfill } from './recovery/backfill.ts';
import { clearDial } from './recovery/clear-dial.ts';
import { dial } from './recovery/dial.ts';
import { abortCall } from './recovery/errands/abort-call.ts';
import { agentOrder } from './recovery/errands/agent-order.ts';
import { forwardNews } from './recovery/errands/forward-news.ts';
import { replacePayload } from './recovery/errands/replace-payload.ts';
import { takeBackDiscount } from './recovery/errands/take-back-discount.ts';
import { type ClockGuard, clockGuard, inGoodTime } from './recovery/guard-clock.ts';
import { holdDials } from './recovery/hold-dials.ts';
import { recallDials } from './recovery/recall-dials.ts';
import { type Ring, ring } from './recovery/ring.ts';
import { secureDial } from './recovery/secure-dial.ts';
import { type SeeToErrands, seeToErrands } from './recovery/see-to-errands.ts';
import { watchIntents } from './recovery/watch-intents.ts';
import { dialMarker } from './store/dial-marker.ts';
import { intentJournal } from './store/intent-journal.ts';
import { markerConnection, workerConnection } from './store/redis.ts';
import { readAgentOrder } from './voice/agent-order-body.ts';
import { voiceCalls } from './voice/voice-calls.ts';
import { dialWorker } from './worker/dial-worker.ts';
import { errandWorker } from './worker/errand-worker.ts';
import { requestWorker } from './worker/request-worker.ts';
import { type UpkeepSchedule, upkeepWorker } from './worker/upkeep-worker.ts';

const SWEEP_EVERY_MS = MINUTE;
/** A checkout older than CALL_MAX_AGE is not called; the caps by day and week are asked the intents, too. */
const INTENTS_KEPT_BEYOND_MAX_AGE_MS = 7 * DAY;
/** Standard Webhooks advises 15 to 30 seconds. */
const FORWARD_TIMEOUT_MS = 15 * SECOND;

export interface Workers {
  readonly schedules: readonly UpkeepSchedule[];
  /** null: no Admin API is configured, or it is not to be read. */
  readonly backfill: Backfill | null;
  /** Whether dials could begin as far as this machine is concerned: their intents can be written. */
  /** Why it takes no work, as a code; null: it does. */
  whyNotReady(): Promise<'redis_not_admitted' | 'intents_unwritable' | null>;
  /** @param graceMs - how long running dials may take to finish and be saved. @returns whether all did. */
  close(graceMs: number): Promise<boolean>;
}

interface World {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly lockMs: number;
  /** The store's own clock, epoch milliseconds. */
  readonly storeTime: () => Promise<number>;
  readonly breaker: BreakerLimits;
}

/** @param admitted - resolves when Redis was found fit to be worked with; until then nothing is taken. */
export function startWorkers(
  config: Config,
  core: Core,
  world: World,
  logger: Logger,
  admitted: Promise<void>,
): Workers {
  const { clock, lockMs } = world;
  const { onError, journal } = core;
  const { prefix, url } = config.redis;
  const connection = workerConnection(url, onError);
  const closing = new AbortController();
  const giveUp = new AbortController();
  const voice = voiceCalls(config.voice, config.http.publicUrl, clock);
  const onJobFailed = (jobId: string | null, error: Error): void =>
    logger.error({ event: 'job_failed', jobId, err: error }, 'job failed');

  const { intentJournal: folder } = config.dialling;
  const keptMs = config.policy.maxAgeMs + INTENTS_KEPT_BEYOND_MAX_AGE_MS;
  const kept = folder === null ? null : intentJournal(folder, keptMs, config.voice.privateKey, clock);
  const intents = kept ? watchIntents(kept, journal) : NO_INTENTS;
  // Whoever cannot write them says so from the start, not with the first dial.
  intents.isReady().catch(onError);
  const marks = markerConnection(url, onError);
  const marker = dialMarker(marks, core.storeOn(marks).commit, () =>
    logger.warn({ event: 'mark_unconfirmed' }, 'this Redis cannot say when a mark is on its disk (WAITAOF)'),
  );
  const guard = clockGuard({ storeTime: world.storeTime, clock, journal });

  let ringing = 0;
  const answerRing = ringOf(config, core, world, voice, { intents, marker, guard }, giveUp.signal);
  const countedRing: Ring = (recoveryId, alarm) => {
    ringing++;
    return answerRing(recoveryId, alarm).finally(() => {
      ringing--;
    });
  };
  const { concurrency, perSecond } = config.dialling;
  const dials = dialWorker(countedRing, {
    ...{ connection, prefix, concurrency, perSecond, lockMs },
    onError,
    onJobFailed,
  });
  const seeTo = errandsOf(config, core, world, voice);
  const errands = errandWorker(seeTo, { connection, prefix, lockMs, onError, onJobFailed });
  const { carryOut, remind } = core.privacy;
  const requests = requestWorker(carryOut, { connection, prefix, lockMs, onError, onJobFailed });
  const { backfillEveryMs } = config.followUp;
  const fill = backfillEveryMs === null ? null : backfillOf(config, core, clock, closing.signal);
  const rewrite = async (): Promise<void> => {
    if ((await core.fileRewrites.beginIfWanted()) === 'not_allowed') core.journal.alarm('file_not_rewritten', {});
  };
  const tasks = {
    sweep: inGoodTime(guard, core.sweep),
    requests: remind,
    rewrite,
    ...(fill ? { backfill: inGoodTime(guard, fill) } : {}),
  };
  const upkeep = upkeepWorker(tasks, { connection, prefix, onError });
  const workers = [dials, errands, requests, upkeep];
  let isAdmitted = false;
  admitted.then(() => {
    isAdmitted = true;
    if (closing.signal.aborted) return;
    for (const worker of workers) worker.run().catch(onError);
  });

  return {
    backfill: fill,
    async whyNotReady() {
      if (!isAdmitted) return 'redis_not_admitted';
      return (await intents.isReady()) ? null : 'intents_unwritable';
    },
    schedules: [
      { name: 'sweep', everyMs: SWEEP_EVERY_MS },
      { name: 'requests', everyMs: SWEEP_EVERY_MS },
      { name: 'rewrite', everyMs: SWEEP_EVERY_MS },
      ...(fill && backfillEveryMs ? [{ name: 'backfill', everyMs: backfillEveryMs }] : []),
    ],
    async close(graceMs) {
      closing.abort();
      const ended = new AbortController();
      // Without Redis BullMQ does not come to an end, and without a ring under way there is nothing to wait for.
      const idle = ringing === 0 && connection.status !== 'ready';
      const finished = Promise.allSettled(workers.map((worker) => worker.close())).then(() => true);
      const late = wait(idle ? SECOND : graceMs, idle, { signal: ended.signal }).catch(() => false);
      const inTime = await Promise.race([finished, late]);
      if (!inTime) {
        // BullMQ cannot be told to hurry once it is closing; what it still waits for ends with the process.
        logger.error({ event: 'shutdown_deadline' }, 'a dial did not end in time; the sweep will find it');
      }
      giveUp.abort();
      ended.abort();
      connection.disconnect();
      marks.disconnect();
      await kept?.close().catch(onError);
      return inTime;
    },
  };
}

/** What keeps a dial from beginning, or from being forgotten. */
interface Safeguards {
  readonly intents: Intents;
  readonly marker: DialMarker;
  readonly guard: ClockGuard;
}

function ringOf(
  config: Config,
  core: Core,
  world: World,
  voice: VoiceCalls,
  { intents, marker, guard }: Safeguards,
  gaveUp: AbortSignal,
): Ring {
  const { store, people, histories, shopCalls, doNotCall, admin } = core;
  const { dialSwitch, journal, move, dialTimeLimitMs } = core;
  const { clock, random } = world;
  const { policy, person } = config;
  const { lastLook, discount } = config.followUp;
  const holds = holdDials({ voice, journal, limits: world.breaker });
  const dialler = dial({
    store,
    voice,
    holds,
    intents,
    secure: secureDial({ marker, intents, journal }),
    people: histories,
    shopCalls,
    dialSwitch,
    clock,
    journal,
    move,
    random,
    dialTimeLimitMs,
    offerOf: (offered, now) => offerOf(offered, discount, now),
    pauseBeforeSavingAgain: (tries) =>
      wait(Math.min(SECOND, 50 * 2 ** tries), undefined, { signal: gaveUp }).then(() => {}),
  });
  const newClearance = clearDial({
    store,
    people,
    histories,
    doNotCall,
    admin,
    lastLook,
    capsFor: (whereabouts) => capsFor(policy, whereabouts),
    ruleOfCap: (whereabouts, cap) => ruleOfCap(policy, whereabouts, cap),
    shopCalls,
    discount,
    optOut: { bySmsConsent: policy.consent.kind === 'sms_marketing', tags: person.tags },
    newCode,
    journal,
  });
  return ring({
    store,
    people: histories,
    policy,
    rules: followUpRulesOf(config),
    clock,
    journal,
    clockGuard: guard,
    holds,
    recall: recallDials({
      ...{ intents, store, journal },
      capsFor: (whereabouts) => capsFor(policy, whereabouts),
      ruleOfCap: (whereabouts, cap) => ruleOfCap(policy, whereabouts, cap),
    }),
    newClearance,
    dialSwitch,
    marker,
    dial: dialler,
    dialTimeLimitMs,
  });
}

function errandsOf(config: Config, core: Core, { clock, random }: World, voice: VoiceCalls): SeeToErrands {
  const { records, admin, journal } = core;
  const { rules, forward } = config.followUp;
  const target = forward && forwarder({ ...forward, timeoutMs: FORWARD_TIMEOUT_MS, clock });
  return seeToErrands({
    store: records,
    clock,
    journal,
    random,
    onFault: core.onError,
    run: {
      abort: abortCall(voice),
      replace_payload: replacePayload(voice),
      agent_order: agentOrder({ admin, mode: rules.agentOrder, read: readAgentOrder }),
      forward: forwardNews(target),
      discount_delete: takeBackDiscount(admin),
    },
  });
}

/** @param closing - aborted when the process must end. @returns null when the shop's Admin API is not used. */
export function backfillOf(config: Config, core: Core, clock: Clock, closing: AbortSignal): Backfill | null {
  const { admin, backfillMarks: marks, store, receiveCheckout, recordOrder, stopById: stop, journal } = core;
  if (admin === null) return null;
  return backfill({
    admin,
    marks,
    store,
    shop: config.shopify.shop,
    firstLookBackMs: config.policy.maxAgeMs,
    receiveCheckout,
    recordOrder,
    stop,
    clock,
    journal,
    owner: randomBytes(9).toString('base64url'),
    closing,
    pause: (ms) => wait(ms, undefined, { signal: closing }).catch(() => {}),
  });
}

/** Letters and digits that cannot be mistaken for each other on the phone; 32^8 codes, so that nobody guesses one. */
const CODE_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

function newCode(): string {
  return `RB${[...randomBytes(8)].map((byte) => CODE_LETTERS[byte % CODE_LETTERS.length]).join('')}`;
}
