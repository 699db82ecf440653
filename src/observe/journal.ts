/** Journal on pino and Prometheus: one line and one count per business event. */
import type { Logger } from 'pino';
import { DOCUMENTED_EVENT_TYPES } from '../domain/call-event-types.ts';
import { codeWord } from '../domain/code-word.ts';
import type { Journal } from '../domain/journal.ts';
import type { Metrics } from './metrics.ts';

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
      // The vendor's set is open, a metric's labels must not be.
      const type = DOCUMENTED_EVENT_TYPES.has(line.type) ? line.type : 'other';
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
