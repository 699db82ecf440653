/** What a verified call event means: from bytes to use case. The HTTP route and the replay of parked bodies come through here. */
import type { Clock, Journal, ParkedStore } from '../domain/ports.ts';
import type { RecordCallEvent } from '../recovery/record-call-event.ts';
import { parseJson } from '../shopify/lossless-json.ts';
import { parseCallEvent } from '../voice/call-event-body.ts';
import type { IntakeResult, Understood } from './shopify-intake.ts';

export interface CallEventDelivery {
  readonly body: string;
  /** The end of the callback path, when the vendor kept it. */
  readonly pathAttemptId: string | null;
}

export interface CallEventIntake {
  /** Resolves when the event may be answered. @throws {StoreUnavailableError} */
  take(delivery: CallEventDelivery): Promise<IntakeResult>;
  understand(delivery: CallEventDelivery): Promise<Understood>;
}

/** The path's attempt id travels with a parked body in place of the API version, which call events do not have. */
export function callEventIntake(deps: {
  readonly shop: string;
  readonly record: RecordCallEvent;
  readonly parked: ParkedStore;
  readonly clock: Clock;
  readonly journal: Journal;
}): CallEventIntake {
  const { shop, record, parked, clock, journal } = deps;
  return { take, understand };

  async function take(delivery: CallEventDelivery): Promise<IntakeResult> {
    const understood = await understand(delivery);
    if (understood.kind !== 'unreadable') return understood;
    const { field } = understood;
    const { id, dropped } = await parked.park(shop, {
      source: 'call-events',
      topic: 'call-event',
      apiVersion: delivery.pathAttemptId,
      receivedAt: clock.now(),
      field,
      body: delivery.body,
    });
    journal.alarm('delivery_parked', { parkedId: id, topic: 'call-event', field });
    if (dropped > 0) journal.alarm('parked_dropped', { dropped });
    return { kind: 'parked' };
  }

  /** An event of a call we do not know is kept too: its record may yet be restored. */
  async function understand({ body, pathAttemptId }: CallEventDelivery): Promise<Understood> {
    const json = parseJson(body);
    if (!json.ok) return { kind: 'not_json' };
    const parsed = parseCallEvent(json.value);
    if (!parsed.ok) return { kind: 'unreadable', field: parsed.field };
    const outcome = await record(parsed.event, { recoveryId: parsed.recoveryId, pathAttemptId });
    return outcome === 'unmatched' ? { kind: 'unreadable', field: 'unmatched' } : { kind: 'handled' };
  }
}
