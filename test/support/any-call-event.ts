/** Generators of call events as a vendor at its worst would send them about one call: contradicting, incomplete, with strange names. */
import fc from 'fast-check';
import type { CallEvent } from '../../src/domain/call-event.ts';
import { CALL_ID } from './a-call-event.ts';

/** Few values of each kind, so that ties and contradictions are frequent. */
const type = fc.constantFrom(
  'call.completed',
  'call.busy',
  'end-of-call',
  'action',
  'call.lifecycle-ended',
  'call.odd',
);
const status = fc.constantFrom(
  'initiate',
  'busy',
  'in-progress',
  'ended',
  'completed',
  'aborted',
  'ringing',
  'bridging',
);
const instant = fc.constantFrom(1_793_700_000_000, 1_793_700_096_000, 1_793_703_600_000);
const figure = fc.constantFrom(0, 1, 2, 96);
const text = fc.constantFrom('will buy', 'hung up', 'x'.repeat(3_000));
const object = fc.constantFrom(
  { intent: 'will_purchase' },
  { intent: 'do_not_call' },
  { intent: 'will_purchase', score: 0.5 },
  {},
  { transcript: 'y'.repeat(9_000), intent: 'unsure' },
);
const url = fc.constantFrom('https://recordings.vendor.example/1.mp3', 'https://recordings.vendor.example/2.mp3');
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });

const facts = fc.record({
  startedAt: maybe(instant),
  endedAt: maybe(instant),
  durationSeconds: maybe(figure),
  recordingUrl: maybe(url),
  detailUrl: maybe(url),
});
const analysis = fc.record({
  success: maybe(fc.boolean()),
  summary: maybe(text),
  requiredActions: fc.subarray(['create_order', 'call back']),
  insights: maybe(object),
  outcome: maybe(object),
});
const action = fc.record({
  name: fc.constantFrom('create_order', 'send_whatsapp', 'sing_a_song'),
  reason: maybe(fc.constantFrom('missing_address', 'invalid_cart_data')),
  payload: fc.constant(null),
});
const outcome = fc.record({
  key: fc.constantFrom('end-of-call', 'call.lifecycle-ended', 'action:create_order', 'action:create-order'),
  data: fc.oneof(
    object,
    fc.record({
      analysis: object,
      report: fc.record({ reAttemptCount: figure }),
      credits: fc.record({ used: figure }),
    }),
  ),
});

/** One event of the call {@link CALL_ID}, with or without its id. */
export const anyCallEvent: fc.Arbitrary<CallEvent> = fc.record({
  type,
  isKnownType: fc.boolean(),
  callId: maybe(fc.constant(CALL_ID)),
  status: maybe(status),
  call: maybe(facts),
  analysis: maybe(analysis),
  credits: maybe(fc.record({ used: maybe(figure), available: maybe(figure) })),
  report: maybe(fc.record({ reAttempts: maybe(figure), reschedules: maybe(figure) })),
  action: maybe(action),
  outcome: maybe(outcome),
  final: fc.boolean(),
  finalStatus: maybe(status),
});

/** Something delivered twice over: the list as it is, and all of it in another order with some again. */
export function delivered<T>(
  lists: fc.Arbitrary<readonly T[]>,
): fc.Arbitrary<{ sent: readonly T[]; got: readonly T[] }> {
  return lists.chain((sent) =>
    fc
      .array(fc.nat({ max: Math.max(0, sent.length - 1) }), { maxLength: sent.length })
      .map((again) => [...sent, ...again.flatMap((i) => sent.slice(i, i + 1))])
      .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }))
      .map((got) => ({ sent, got })),
  );
}
