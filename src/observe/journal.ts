/** Journal on pino and Prometheus: one line and one count per business event. */
import type { Logger } from 'pino';
import { codeWord } from '../domain/code-word.ts';
import type { Journal } from '../domain/journal.ts';
import type { Metrics } from './metrics.ts';

/** Event types with a name of their own in the metrics; the vendor's set is open, a metric's labels must not be. */
const KNOWN_EVENT_TYPES = new Set([
  'call.initiate',
  'call.in-progress',
  'call.ended',
  'call.completed',
  'call.timeout',
  'end-of-call',
  'call.failed',
  'call.busy',
  'call.no-answer',
  'call.validation-failed',
  'call.skip',
  'call.rescheduled',
  'call.aborted',
  'call.lifecycle-ended',
  'action',
]);

export function journalOn(logger: Logger, metrics: Metrics): Journal {
  return {
    decided({ recoveryId, shop, trigger, outcome, state, reason, callId, dueAt }) {
      metrics.decisions.inc({ trigger, state, reason: reason ?? '' });
      const due = dueAt ? new Date(dueAt).toISOString() : undefined;
      logger.info(
        { event: 'decision', recoveryId, shop, trigger, outcome, state, reason, callId, dueAt: due },
        'decision',
      );
    },
    dialled(line) {
      metrics.dials.inc({ result: line.result });
      metrics.dialSeconds.observe(line.tookMs / 1_000);
      metrics.dialLateSeconds.observe(Math.max(0, line.lateMs) / 1_000);
      const level = line.result === 'placed' ? 'info' : 'warn';
      logger[level]({ event: 'dial', ...line }, 'dial');
    },
    held(line) {
      metrics.dialsHeld.inc({ reason: line.reason });
      logger.info({ event: 'dial_held', ...line }, 'dial held');
    },
    swept(mended) {
      for (const [what, count] of Object.entries(mended)) if (count > 0) metrics.swept.inc({ what }, count);
    },
    callEvent(line) {
      const type = KNOWN_EVENT_TYPES.has(line.type) ? line.type : 'other';
      metrics.callEvents.inc({ type, outcome: line.outcome });
      const level = line.outcome === 'unmatched' ? 'warn' : 'info';
      const words = { type: wordOrOther(line.type), callStatus: line.callStatus && wordOrOther(line.callStatus) };
      logger[level]({ event: 'call_event', ...line, ...words }, 'call event');
    },
    errand(line) {
      metrics.errands.inc({ kind: line.kind, result: line.result });
      const level = line.result === 'done' || line.result === 'wait' ? 'info' : 'warn';
      logger[level]({ event: 'errand', ...line }, 'errand');
    },
    backfilled(line) {
      metrics.backfilled.inc({ what: line.what, found: 'seen' }, line.seen);
      metrics.backfilled.inc({ what: line.what, found: 'missed' }, line.missed);
      logger[line.missed > 0 ? 'warn' : 'info']({ event: 'backfill', ...line }, 'backfill');
    },
    suppression(line) {
      metrics.suppressions.inc({ change: line.change, source: line.source }, line.contacts);
      logger.info({ event: 'suppression', ...line }, 'suppression');
    },
    signal(line) {
      metrics.signals.inc({ signal: line.signal });
      logger.info({ event: 'signal', ...line }, 'signal');
    },
    request({ parked, ...line }) {
      logger.info({ event: 'shop_request', ...line, parkedRemoved: parked }, 'request of Shopify’s carried out');
    },
    alarm(name, facts) {
      metrics.alarms.inc({ name });
      logger.error({ event: 'alarm', alarm: name, ...facts }, 'alarm');
    },
  };
}

function wordOrOther(text: string): string {
  return codeWord(text) ?? 'other';
}
