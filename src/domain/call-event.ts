/**
 * Call events: what the vendor tells us about a call, in our words. Types only, and what the adapter must know to fill them;
 * what an event does to a record is told in fold-call-event.ts.
 */

/** An object as it came, JSON all the way down. */
export type JsonObject = Readonly<Record<string, unknown>>;

export interface CallEvent {
  /** The vendor's `event.type`, e.g. `call.completed`; an open set. */
  readonly type: string;
  /** Whether the vendor's pages know the type. One they do not is taken all the same. */
  readonly isKnownType: boolean;
  readonly callId: string | null;
  /** The status this event tells of: `data.call.status` when given, else what the type implies; null when neither does. */
  readonly status: string | null;
  /** What it says of the conversation on the line; null when nothing. */
  readonly call: CallFacts | null;
  readonly analysis: CallAnalysis | null;
  readonly credits: CallCredits | null;
  readonly report: CallReport | null;
  /** What the agent did during the call; null when the event is no action, or one without a name. */
  readonly action: CallAction | null;
  /** What the event says of the conversation, as sent; null for mere status changes. May hold personal data. */
  readonly outcome: { readonly key: string; readonly data: unknown } | null;
  /** `call.lifecycle-ended`: nothing follows. */
  readonly final: boolean;
  /** `data.report.finalStatus` of the final event. */
  readonly finalStatus: string | null;
}

/** Of `data.call`. Instants are epoch milliseconds, UTC; URLs are http or https. */
export interface CallFacts {
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly durationSeconds: number | null;
  readonly recordingUrl: string | null;
  readonly detailUrl: string | null;
}

/** Of `data.analysis`: what the vendor's model makes of the conversation. May hold personal data. */
export interface CallAnalysis {
  readonly success: boolean | null;
  readonly summary: string | null;
  readonly requiredActions: readonly string[];
  readonly insights: JsonObject | null;
  readonly outcome: JsonObject | null;
}

/** Of `data.credits`: what the call cost, and what the workspace has left. */
export interface CallCredits {
  readonly used: number | null;
  readonly available: number | null;
}

/** Of `data.report`: how often the vendor has tried again by itself, and moved the call at the shopper's wish, so far. */
export interface CallReport {
  readonly reAttempts: number | null;
  readonly reschedules: number | null;
}

export interface CallAction {
  /** In the one spelling of {@link actionName}. */
  readonly name: string;
  readonly reason: string | null;
  /** As sent, or null; may hold personal data. */
  readonly payload: unknown;
}

/** The vendor's pages spell actions with hyphens in one place and with underscores in another: `create_order`. */
export function actionName(spelled: string): string {
  return spelled.replaceAll('-', '_');
}

/** Source: the vendor's pages on actions, November 2026. An open set: others are kept, as long as there is room. */
export const DOCUMENTED_ACTIONS: ReadonlySet<string> = new Set([
  'create_order',
  'send_whatsapp',
  'mark_prepaid',
  'update_address',
  'confirmed_address',
]);
