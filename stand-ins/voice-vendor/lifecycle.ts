/**
 * The lives a call can have: which call events a scenario sends, in which order, with which data. Pure; sending them is
 * the business of `call-player.ts`. Event names and fields follow the vendor's page on call events (read November 2026).
 */

/** The vendor's status vocabulary. */
export type CallStatus =
  | 'initiate'
  | 'in-progress'
  | 'ended'
  | 'completed'
  | 'timeout'
  | 'failed'
  | 'validation-failed'
  | 'busy'
  | 'no-answer'
  | 'skip'
  | 'rescheduled'
  | 'aborted';

/** One call event of a life. */
export interface Step {
  readonly type: string;
  /** Merged beside `data.call`. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** How long before it happens, in steps. Default 1. */
  readonly steps?: number;
  /** The vendor sends some `end-of-call` events without `data.call`. */
  readonly withoutCall?: true;
}

const answered: readonly Step[] = [{ type: 'call.initiate' }, { type: 'call.in-progress' }];
const hungUp: readonly Step[] = [{ type: 'call.ended' }, { type: 'call.completed' }];

function analysis(data: Record<string, unknown>, credits = 1): Pick<Step, 'type' | 'data'> {
  return {
    type: 'end-of-call',
    data: {
      analysis: { success: true, requiredActions: [], insights: {}, outcome: {}, ...data },
      credits: { used: credits, available: 4_200 },
      report: { reAttemptCount: 0, rescheduledCount: 0 },
    },
  };
}

function lifecycleEnded(finalStatus: CallStatus, reAttemptCount = 0, rescheduledCount = 0): Step {
  return { type: 'call.lifecycle-ended', data: { report: { reAttemptCount, rescheduledCount, finalStatus } } };
}

const wantsTheCart = analysis({
  summary: 'The shopper was held up at the door and will finish the order with the link.',
  outcome: { intent: 'will_purchase' },
});

const LIVES = {
  answered: [...answered, ...hungUp, wantsTheCart, lifecycleEnded('completed')],
  'no-answer': [
    { type: 'call.initiate' },
    { type: 'call.no-answer' },
    { type: 'call.initiate' },
    { type: 'call.no-answer' },
    lifecycleEnded('no-answer', 1),
  ],
  busy: [
    { type: 'call.initiate' },
    { type: 'call.busy' },
    { type: 'call.initiate' },
    { type: 'call.busy' },
    lifecycleEnded('busy', 1),
  ],
  'busy-then-answered': [
    { type: 'call.initiate' },
    { type: 'call.busy' },
    ...answered,
    ...hungUp,
    wantsTheCart,
    lifecycleEnded('completed', 1),
  ],
  rescheduled: [
    ...answered,
    { type: 'call.rescheduled', data: { reason: 'asked for a later time' } },
    ...answered,
    ...hungUp,
    wantsTheCart,
    lifecycleEnded('completed', 0, 1),
  ],
  failed: [{ type: 'call.initiate' }, { type: 'call.failed' }, lifecycleEnded('failed')],
  timeout: [...answered, { type: 'call.timeout' }, lifecycleEnded('timeout')],
  skip: [{ type: 'call.skip', data: { reason: 'do-not-disturb number' } }, lifecycleEnded('skip')],
  'validation-failed': [
    { type: 'call.validation-failed', data: { reason: 'invalid_cart_data' } },
    lifecycleEnded('validation-failed'),
  ],
  'opt-out': [
    ...answered,
    ...hungUp,
    {
      ...analysis({
        success: false,
        summary: 'The shopper asked not to be called again.',
        insights: { do_not_call: true },
        outcome: { intent: 'do_not_call' },
      }),
      withoutCall: true,
    },
    lifecycleEnded('completed'),
  ],
  'create-order': [
    ...answered,
    { type: 'action', data: { action: 'create_order', payload: cashOnDeliveryOrder() } },
    ...hungUp,
    analysis({ summary: 'The shopper ordered on the phone.', requiredActions: ['create_order'] }),
    lifecycleEnded('completed'),
  ],
  'queued-long': [
    { type: 'call.initiate', steps: 10 },
    { type: 'call.in-progress' },
    ...hungUp,
    wantsTheCart,
    lifecycleEnded('completed'),
  ],
  silent: [],
} as const satisfies Record<string, readonly Step[]>;

/** What follows an abort, in place of the rest of the life. */
export const FAREWELL: readonly Step[] = [{ type: 'call.aborted' }, lifecycleEnded('aborted')];

/** The name of a life: `answered` is the usual one, `queued-long` lets it wait before it is attempted, `silent` never sends an event. */
export type Scenario = keyof typeof LIVES;

/** Every scenario, for `--help` and for tests over all of them. */
export const SCENARIOS = Object.keys(LIVES) as Scenario[];

/** The call events of a scenario, in the order in which they happen. */
export function stepsOf(scenario: Scenario): readonly Step[] {
  return LIVES[scenario];
}

/** The status a call has after an event; null when the event does not change it (`end-of-call`, `action`, the last one). */
export function statusAfter(type: string): CallStatus | null {
  if (!type.startsWith('call.') || type === 'call.lifecycle-ended') return null;
  return type.slice('call.'.length) as CallStatus;
}

/** Statuses in which a call may still be aborted, beside "no status yet". `initiate` still waits in the vendor's queue. */
export const ABORTABLE: ReadonlySet<CallStatus> = new Set([
  'initiate',
  'busy',
  'failed',
  'no-answer',
  'rescheduled',
  'validation-failed',
]);

function cashOnDeliveryOrder() {
  return {
    email: null,
    phone: null,
    lineItems: [],
    shippingAddress: {},
    cartTotal: '0.00',
    codCharge: '0.00',
    discount: null,
    note: 'Cash on delivery, agreed on the phone',
    paymentMode: 'cod',
    abandonedCheckoutId: null,
  };
}
