/** Telling the merchant: what is said, under which id, and what each answer leads to. */
import { describe, expect, it } from 'vitest';
import { SECOND } from '../../../../src/domain/duration.ts';
import type { ForwardResult } from '../../../../src/domain/forward.ts';
import type { RecoveryRecord } from '../../../../src/domain/recovery.ts';
import { forwardNews } from '../../../../src/recovery/errands/forward-news.ts';
import { CALL_ID } from '../../../support/a-call-event.ts';
import { ELEVEN_IN_BENGALURU } from '../../../support/a-record.ts';
import { anErrand } from '../../../support/an-errand.ts';
import { fakeForwarder } from '../../../support/fakes.ts';
import { aCalledRecord } from '../../../support/moved.ts';

const NOW = ELEVEN_IN_BENGALURU;
const ended = aCalledRecord({
  state: 'ended',
  callStatus: 'completed',
  lastEventAt: NOW - 5,
  orderName: '#1001',
  outcomes: { 'end-of-call': { analysis: { success: true } }, 'action:create-order': { payload: { note: 'by noon' } } },
});
const { id: ID, attemptId } = ended;

async function forward(
  key: string,
  about: string | null = null,
  record: RecoveryRecord = ended,
  answer?: ForwardResult,
) {
  const forwarder = fakeForwarder();
  if (answer) forwarder.result = answer;
  const tried = await forwardNews(forwarder)(record, key, anErrand({ kind: 'forward', about }));
  return { ...tried, sent: forwarder.delivered };
}

describe('a message', () => {
  it('tells how the call ended, with all that finds it again', async () => {
    expect((await forward(`forward:outcome:${attemptId}`, 'end-of-call')).sent).toEqual([
      {
        id: `${ID}.forward.outcome.${attemptId}`,
        type: 'call.outcome',
        at: NOW - 5,
        data: {
          recoveryId: ID,
          attemptId,
          shop: 'hill-coffee.myshopify.com',
          checkoutToken: ended.checkoutToken,
          callId: CALL_ID,
          callStatus: 'completed',
          orderName: '#1001',
          told: { analysis: { success: true } },
        },
      },
    ]);
  });

  it.each([
    [
      `forward:action:create_order:${attemptId}`,
      'action:create-order',
      'call.action',
      { payload: { note: 'by noon' } },
    ],
    [`forward:ended:${attemptId}`, null, 'call.ended', null],
    [`forward:outcome:${attemptId}`, 'there is no such outcome', 'call.outcome', null],
    [`forward:invented:${attemptId}`, null, 'call.invented', null],
  ])('of %s about %s is a %s', async (key, about, type, told) => {
    const { sent } = await forward(key, about);
    expect(sent).toMatchObject([{ type, data: { told } }]);
  });

  it('has one id for all its tries, and no other message has it', async () => {
    const keys = [
      'forward:action:a:1',
      'forward:action:b:1',
      'forward:outcome:1',
      'forward:ended:1',
      'forward:ended:2',
    ];
    const ids = await Promise.all([...keys, ...keys].map(async (key) => (await forward(key)).sent[0]?.id));
    expect(new Set(ids).size).toBe(keys.length);
  });

  it('was told when the record changed, if no event was ever heard', async () => {
    const silent = { ...ended, lastEventAt: null, changedAt: NOW - 9 };
    expect((await forward('forward:ended:1', null, silent)).sent[0]?.at).toBe(NOW - 9);
  });
});

describe('a receiver', () => {
  it.each<[ForwardResult, object]>([
    [{ kind: 'taken' }, { kind: 'done', note: 'taken' }],
    [
      { kind: 'away', cause: 'status_503', retryAfterMs: null },
      { kind: 'again', note: 'status_503', afterMs: null, doubtful: false },
    ],
    [
      { kind: 'away', cause: 'status_429', retryAfterMs: 7 * SECOND },
      { kind: 'again', note: 'status_429', afterMs: 7 * SECOND, doubtful: false },
    ],
    [
      { kind: 'refused', cause: 'status_410' },
      { kind: 'failed', note: 'status_410' },
    ],
  ])('that answers %j makes it %j', async (answer, result) => {
    expect((await forward('forward:ended:1', null, ended, answer)).result).toEqual(result);
  });

  it('that is configured no more is a fault for an operator', async () => {
    expect(await forwardNews(null)(ended, 'forward:ended:1', anErrand())).toEqual({
      result: { kind: 'failed', note: 'not_configured' },
    });
  });
});
