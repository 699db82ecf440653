/** Prometheus metrics. Labels are from closed sets, so that no webhook can make the page grow, and hold nothing personal. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    webhooks: new Counter({
      name: 'ringback_webhooks_total',
      help: 'Webhooks by source, topic and answer',
      labelNames: ['source', 'topic', 'answer'],
      registers,
    }),
    decisions: new Counter({
      name: 'ringback_decisions_total',
      help: 'Decisions by what asked for them, the state they led to and the reason',
      labelNames: ['trigger', 'state', 'reason'],
      registers,
    }),
    dials: new Counter({
      name: 'ringback_dials_total',
      help: 'Requests to the voice vendor by what became of them',
      labelNames: ['result'],
      registers,
    }),
    dialSeconds: new Histogram({
      name: 'ringback_dial_seconds',
      help: 'Duration of requests to the voice vendor',
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    dialLateSeconds: new Histogram({
      name: 'ringback_dial_late_seconds',
      help: 'How long after it was due a dial began',
      buckets: [0.1, 0.5, 1, 2, 5, 15, 60, 300, 1_800, 7_200],
      registers,
    }),
    dialsHeld: new Counter({
      name: 'ringback_dials_held_total',
      help: 'Dials that were due and did not begin, by what kept them',
      labelNames: ['reason'],
      registers,
    }),
    swept: new Counter({
      name: 'ringback_swept_total',
      help: 'What the sweep mended or ended, by kind',
      labelNames: ['what'],
      registers,
    }),
    callEvents: new Counter({
      name: 'ringback_call_events_total',
      help: 'Call events by type (unknown ones as other) and what became of them',
      labelNames: ['type', 'outcome'],
      registers,
    }),
    errands: new Counter({
      name: 'ringback_errands_total',
      help: 'Tries of errands (aborts, new payloads, agreed orders, forwarding, discounts) by kind and result',
      labelNames: ['kind', 'result'],
      registers,
    }),
    backfilled: new Counter({
      name: 'ringback_backfilled_total',
      help: 'Checkouts and orders read from the shop itself, and how many of them no webhook had told of',
      labelNames: ['what', 'found'],
      registers,
    }),
    suppressions: new Counter({
      name: 'ringback_suppressions_total',
      help: 'Contacts that went on the do-not-call list or came off it, and by whom',
      labelNames: ['change', 'source'],
      registers,
    }),
    signals: new Counter({
      name: 'ringback_signals_total',
      help: 'Calls in which the shopper wished for no more calls, or refused',
      labelNames: ['signal'],
      registers,
    }),
    alarms: new Counter({
      name: 'ringback_alarms_total',
      help: 'Things an operator must look at, by name',
      labelNames: ['name'],
      registers,
    }),
    recoveries: new Gauge({
      name: 'ringback_recoveries',
      help: 'Recoveries by state',
      labelNames: ['state'],
      registers,
    }),
    parked: new Gauge({ name: 'ringback_parked', help: 'Bodies kept for replay', registers }),
    errandsDue: new Gauge({ name: 'ringback_errands_due', help: 'Recoveries with an errand that is due', registers }),
    errandsFailed: new Gauge({
      name: 'ringback_errands_failed',
      help: 'Recoveries with an errand that failed and waits for an operator',
      registers,
    }),
    requestsOpen: new Gauge({
      name: 'ringback_requests_open',
      help: 'Requests of Shopify to forget somebody, or to stop for the shop, that are still to be carried out',
      registers,
    }),
    oldestOverdueSeconds: new Gauge({
      name: 'ringback_oldest_overdue_seconds',
      help: 'How long the most overdue scheduled recovery is late; 0 when none is',
      registers,
    }),
    oldestDialingSeconds: new Gauge({
      name: 'ringback_oldest_dialing_seconds',
      help: 'How long the oldest recovery that is dialing has been so; 0 when none is',
      registers,
    }),
    clockSkewSeconds: new Gauge({
      name: 'ringback_clock_skew_seconds',
      help: 'How far the clock of Redis is ahead of this process’s; negative when it is behind',
      registers,
    }),
    eventLoopLagSeconds: new Gauge({
      name: 'ringback_event_loop_lag_seconds',
      help: 'How late this process came to its work, at worst, since it was last asked',
      registers,
      collect: eventLoopLag(),
    }),
    dialingPaused: new Gauge({ name: 'ringback_dialing_paused', help: '1 while the kill switch is set', registers }),
  };
}

const LOOKS_EVERY_MS = 20;

/** Whatever keeps a process from its work for long, be it work of its own or a machine that stands still, shows here first. */
function eventLoopLag(): (this: Gauge) => void {
  let delays: ReturnType<typeof monitorEventLoopDelay> | null = null;
  return function collect() {
    // Begins when somebody looks for the first time: a tool that never shows its metrics needs no timer.
    if (delays === null) {
      delays = monitorEventLoopDelay({ resolution: LOOKS_EVERY_MS });
      delays.enable();
    }
    // Nanoseconds, the interval itself included; NaN or 0 before the first look.
    this.set(delays.count === 0 ? 0 : Math.max(0, delays.max / 1e9 - LOOKS_EVERY_MS / 1e3));
    delays.reset();
  };
}
