/** What a verified call event means: from bytes to use case. The HTTP route and the replay of parked bodies come through here. */
import type { RecordCallEvent } from '../recovery/record-call-event.ts';
import { parseJson } from '../shopify/lossless-json.ts';
import { parseCallEvent } from '../voice/call-event-body.ts';
import type { Park } from './park.ts';
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
export function callEventIntake({
  record,
  park,
}: {
  readonly record: RecordCallEvent;
  readonly park: Park;
}): CallEventIntake {
  return { take, understand };

  async function take(delivery: CallEventDelivery): Promise<IntakeResult> {
    const understood = await understand(delivery);
    if (understood.kind !== 'unreadable') return understood;
    const { body, pathAttemptId } = delivery;
    const { field } = understood;
    await park({ source: 'call-events', topic: 'call-event', apiVersion: pathAttemptId, field, body });
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
