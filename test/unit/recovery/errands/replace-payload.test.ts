/** Telling the vendor of another cart: what each answer leads to, and when it is told nothing. */
import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../../src/domain/duration.ts';
import { RECOVERY_STATES } from '../../../../src/domain/recovery.ts';
import type { ReplaceResult } from '../../../../src/domain/voice-calls.ts';
import { replacePayload } from '../../../../src/recovery/errands/replace-payload.ts';
import { CALL_ID } from '../../../support/a-call-event.ts';
import { anErrand } from '../../../support/an-errand.ts';
import { fakeVoice } from '../../../support/fakes.ts';
import { aCalledRecord } from '../../../support/moved.ts';

const called = aCalledRecord();
const notNeeded = { result: { kind: 'done', note: 'not_needed' } };

async function replace(record = called, answer: ReplaceResult = { kind: 'replaced' }) {
  const voice = fakeVoice();
  voice.replaceResult = answer;
  const tried = await replacePayload(voice)(record, 'replace_payload', anErrand({ kind: 'replace_payload' }));
  return { ...tried, told: voice.replacements };
}

describe('another cart', () => {
  it.each<[ReplaceResult, object]>([
    [{ kind: 'replaced' }, { kind: 'done', note: 'replaced' }],
    [
      { kind: 'too_late', message: 'Call was attempted' },
      { kind: 'done', note: 'too_late' },
    ],
    [{ kind: 'unknown_call' }, { kind: 'done', note: 'unknown_call' }],
    [
      { kind: 'refused', status: 422, message: 'lineItems' },
      { kind: 'failed', note: 'vendor_422' },
    ],
    [
      { kind: 'barred', status: 401 },
      { kind: 'again', note: 'vendor_401', afterMs: 5 * MINUTE, doubtful: false },
    ],
    [
      { kind: 'away', cause: 'econnreset', retryAfterMs: null },
      { kind: 'again', note: 'econnreset', afterMs: null, doubtful: false },
    ],
    [
      { kind: 'away', cause: 'throttled', retryAfterMs: 7 * SECOND },
      { kind: 'again', note: 'throttled', afterMs: 7 * SECOND, doubtful: false },
    ],
  ])('answered with %j is %j', async (answer, result) => {
    expect(await replace(called, answer)).toEqual({ told: [{ callId: CALL_ID, payload: called.payload }], result });
  });

  it.each(RECOVERY_STATES.filter((state) => state !== 'called'))(
    'of a recovery that is %s is not told',
    async (state) => {
      expect(await replace({ ...called, state })).toEqual({ told: [], ...notNeeded });
    },
  );

  it.each([
    ['a record without a payload', { payload: null }],
    ['a call that is not wanted any more', { stopReason: 'ordered' } as const],
  ])('of %s is not told', async (_what, changes) => {
    expect(await replace({ ...called, ...changes })).toEqual({ told: [], ...notNeeded });
  });

  it('of a call that nobody can name yet is told later', async () => {
    const result = { kind: 'wait', note: 'no_call_id_yet', forMs: 5 * MINUTE };
    expect(await replace({ ...called, callId: null })).toEqual({ told: [], result });
  });
});
