/** Taking a call back: what each answer of the vendor leads to, and when there is nothing to take back. */
import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../../src/domain/duration.ts';
import { RECOVERY_STATES } from '../../../../src/domain/recovery.ts';
import type { AbortResult } from '../../../../src/domain/voice-calls.ts';
import { abortCall } from '../../../../src/recovery/errands/abort-call.ts';
import { CALL_ID } from '../../../support/a-call-event.ts';
import { ELEVEN_IN_BENGALURU } from '../../../support/a-record.ts';
import { anErrand } from '../../../support/an-errand.ts';
import { fakeVoice } from '../../../support/fakes.ts';
import { aCalledRecord } from '../../../support/moved.ts';

const NOW = ELEVEN_IN_BENGALURU;
const unwanted = aCalledRecord({ stopReason: 'ordered', callStatus: 'busy' });

async function abort(record = unwanted, answer: AbortResult = { kind: 'aborted' }) {
  const voice = fakeVoice();
  voice.abortResult = answer;
  const tried = await abortCall(voice)(record, 'abort', anErrand({ state: 'doing' }));
  return { ...tried, asked: voice.aborts };
}

describe('an abort', () => {
  it.each<[AbortResult, object]>([
    [{ kind: 'aborted' }, { kind: 'done', note: 'aborted' }],
    [
      { kind: 'not_abortable', message: 'Call is in progress' },
      { kind: 'done', note: 'in_progress_or_over' },
    ],
    [{ kind: 'unknown_call' }, { kind: 'done', note: 'unknown_call' }],
    [
      { kind: 'barred', status: 402 },
      { kind: 'again', note: 'vendor_402', afterMs: 5 * MINUTE, doubtful: false },
    ],
    [
      { kind: 'away', cause: 'timeout', retryAfterMs: null },
      { kind: 'again', note: 'timeout', afterMs: null, doubtful: false },
    ],
    [
      { kind: 'away', cause: 'throttled', retryAfterMs: 7 * SECOND },
      { kind: 'again', note: 'throttled', afterMs: 7 * SECOND, doubtful: false },
    ],
  ])('answered with %j is %j', async (answer, result) => {
    expect(await abort(unwanted, answer)).toMatchObject({ asked: [CALL_ID], result });
  });

  it.each([
    [59, { kind: 'again', note: 'unknown_call', afterMs: 10 * SECOND, doubtful: false }],
    [60, { kind: 'done', note: 'unknown_call' }],
  ])('of a call that the vendor does not know %d seconds after it was placed is %j', async (seconds, result) => {
    const voice = fakeVoice();
    voice.abortResult = { kind: 'unknown_call' };
    const errand = anErrand({ state: 'doing', doingAt: NOW });
    const placed = { ...unwanted, calledAt: NOW - seconds * SECOND };
    expect((await abortCall(voice)(placed, 'abort', errand)).result).toEqual(result);
  });

  it('that succeeded is the status of the call, unless its final report is there already', async () => {
    const { patch } = await abort();
    expect(patch?.(unwanted)).toEqual({ callStatus: 'aborted' });
    expect(patch?.({ ...unwanted, finalStatus: 'completed' })).toEqual({});
  });

  it.each<AbortResult>([{ kind: 'not_abortable', message: '' }, { kind: 'unknown_call' }])(
    'that did not succeed leaves the status to the events: $kind',
    async (answer) => {
      expect((await abort(unwanted, answer)).patch).toBeUndefined();
    },
  );

  it.each(['dialing', 'unknown', 'called'] as const)(
    'waits for the id of a call that is %s, and asks for nothing',
    async (state) => {
      const result = { kind: 'wait', note: 'no_call_id_yet', forMs: 15 * SECOND };
      expect(await abort({ ...unwanted, state, callId: null })).toEqual({ asked: [], result });
    },
  );

  it.each(RECOVERY_STATES.filter((state) => !['dialing', 'unknown', 'called'].includes(state)))(
    'of a recovery that is %s and has no call is nothing to do',
    async (state) => {
      const result = { kind: 'done', note: `nothing_to_abort: ${state}` };
      expect(await abort({ ...unwanted, state, callId: null })).toEqual({ asked: [], result });
    },
  );

  it('of a call that is over is nothing to do', async () => {
    expect(await abort({ ...unwanted, state: 'ended' })).toMatchObject({
      asked: [],
      result: { kind: 'done', note: 'nothing_to_abort: ended' },
    });
  });

  it.each(['cancelled', 'rejected', 'unknown'] as const)(
    'takes back a call that turned up for a recovery that is %s',
    async (state) => {
      expect((await abort({ ...unwanted, state })).asked).toEqual([CALL_ID]);
    },
  );
});
