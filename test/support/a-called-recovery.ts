/** Asha's recovery after the call: everything is known of it, one errand is done, one failed, and she has ordered. */
import { EMPTY_KNOWLEDGE } from '../../src/domain/call-knowledge.ts';
import type { Errand } from '../../src/domain/errand.ts';
import type { RecoveryRecord } from '../../src/domain/recovery.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from './a-record.ts';

const CALLED_AT = ELEVEN_IN_BENGALURU + 2_000;

export function anErrand(overrides: Partial<Errand> = {}): Errand {
  return {
    kind: 'abort',
    state: 'open',
    dueAt: CALLED_AT,
    doingAt: null,
    tries: 0,
    doubtful: false,
    note: null,
    about: null,
    ref: null,
    ...overrides,
  };
}

/** A word that only the vendor's analysis brings. */
export const SAID = 'Asha asked for <b>two</b> packets & a call to +919840012345';

export function aCalledRecord(overrides: Partial<RecoveryRecord> = {}): RecoveryRecord {
  const { id } = aRecord();
  return aRecord({
    state: 'ended',
    dueAt: null,
    attempts: 1,
    attemptId: `${id}.1`,
    callId: '68f0c0ffee0000000000ca11',
    calledAt: CALLED_AT,
    callStatus: 'completed',
    lastEventAt: CALLED_AT + 120_000,
    arm: 'call',
    armAt: ELEVEN_IN_BENGALURU,
    call: {
      ...EMPTY_KNOWLEDGE,
      statuses: [
        { status: 'in-progress', type: 'call.in-progress', at: CALLED_AT + 20_000 },
        { status: 'completed', type: 'call.completed', at: CALLED_AT + 116_000 },
      ],
      startedAt: CALLED_AT + 20_000,
      endedAt: CALLED_AT + 116_000,
      durationSeconds: 96,
      recordingUrl: 'https://media.vendor.example/r/1.mp3?sig=a&b',
      detailUrl: 'https://app.vendor.example/calls/1',
      factsFrom: 'completed',
      success: true,
      summary: SAID,
      insights: { reason: 'price', budget: { upTo: 1500 } },
      outcome: { intent: 'will_purchase' },
      requiredActions: ['send_whatsapp'],
      creditsUsed: 1.5,
      creditsAvailable: 4200,
      verdictFrom: { analysed: true, repeats: 0 },
      reAttempts: 1,
      reschedules: 0,
      actions: [{ name: 'create_order', reason: 'missing_address', at: CALLED_AT + 90_000 }],
      unknownTypes: ['call.transferred'],
    },
    orderedAt: CALLED_AT + 3_600_000,
    orderName: '#1042',
    orderTotal: '1955.00',
    orderCurrency: 'INR',
    orderMatch: 'person',
    attributed: true,
    discount: { code: 'RBKEEPSAKE', state: 'minted', shopId: 'gid://shopify/DiscountCodeNode/7', endsAt: CALLED_AT },
    errands: {
      [`agent_order:${id}.1`]: anErrand({
        kind: 'agent_order',
        state: 'done',
        note: 'ordered #D7',
        about: 'action:create_order',
      }),
      [`forward:outcome:${id}.1`]: anErrand({ kind: 'forward', state: 'failed', tries: 30, note: 'http_500' }),
    },
    ...overrides,
  });
}
