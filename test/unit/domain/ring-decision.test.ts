/** What an alarm finds: every state's answer, and whether it is time. */
import { describe, expect, it } from 'vitest';
import { HOUR, SECOND } from '../../../src/domain/duration.ts';
import { RECOVERY_STATES } from '../../../src/domain/recovery.ts';
import { decideRing } from '../../../src/domain/ring-decision.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';

const NOW = ELEVEN_IN_BENGALURU;
const DIAL_LIMIT = 30 * SECOND;

describe.each(RECOVERY_STATES)('a ring for a recovery that is %s', (state) => {
  const ignored = { kind: 'ignore', reason: state === 'dialing' ? 'dial_in_flight' : state };

  it.each([
    ['is due', NOW, { kind: 'decide' }],
    ['is overdue', NOW - HOUR, { kind: 'decide' }],
    ['is due in a millisecond', NOW + 1, { kind: 'snooze', until: NOW + 1, reason: 'not_due' }],
  ])('and %s', (_what, dueAt, expected) => {
    const record = aRecord({ state, dueAt, dialingAt: NOW });
    expect(decideRing(record, NOW, DIAL_LIMIT)).toEqual(state === 'scheduled' ? expected : ignored);
  });
});

describe('a ring', () => {
  it.each(['dueAt', 'payload', 'phone', 'lastActivityAt'] as const)(
    'for a scheduled record without %s finds it incomplete',
    (field) => {
      expect(decideRing(aRecord({ [field]: null }), NOW, DIAL_LIMIT)).toEqual({ kind: 'incomplete' });
    },
  );

  it.each([
    ['is left alone while it may still come back', NOW - DIAL_LIMIT, { kind: 'ignore', reason: 'dial_in_flight' }],
    ['is given up after that', NOW - DIAL_LIMIT - 1, { kind: 'give_up_dial' }],
    ['is given up when nobody knows since when', null, { kind: 'give_up_dial' }],
  ])('for a dial under way: it %s', (_what, dialingAt, expected) => {
    expect(decideRing(aRecord({ state: 'dialing', dialingAt }), NOW, DIAL_LIMIT)).toEqual(expected);
  });
});
