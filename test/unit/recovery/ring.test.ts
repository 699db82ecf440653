/** A ring decides on the record as it is, at the moment it is: whoever changes it in between makes the ring decide again. */
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/domain/duration.ts';
import { isHeldOut } from '../../../src/domain/holdout.ts';
import { OPEN_STATES, RECOVERY_STATES } from '../../../src/domain/recovery.ts';
import { jitterOf } from '../../../src/domain/recovery-id.ts';
import { RecordContendedError } from '../../../src/errors.ts';
import { aCheckout } from '../../support/a-checkout.ts';
import { ASHA, aPolicy, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, DIAL_TIME_LIMIT_MS, ID, SHOP, TOKEN } from '../../support/a-recovery-world.ts';
import { fakeAdmin } from '../../support/fakes.ts';

const NOW = ELEVEN_IN_BENGALURU;
const PHONE = '+919090909090';
const EMAIL = 'asha.rao@mail.example';
const RUSSIA = aPolicy().times.whereabouts([{ country: 'RU', province: null, zip: null }], null);
const due = { state: 'scheduled', dueAt: NOW, alarm: 1, alarmAt: NOW } as const;

describe('a ring', () => {
  it('when due dials once, with the intent on the record before the request leaves', async () => {
    const world = aWorld({ record: due });
    let duringTheCall: unknown;
    world.voice.meanwhile = () => {
      duringTheCall = world.asha();
    };
    const outcome = await world.ring(ID, 1);
    expect(outcome).toEqual({ kind: 'done', decision: 'called' });
    expect(duringTheCall).toMatchObject({ state: 'dialing', attempts: 1, attemptId: `${ID}.1`, dialingAt: NOW });
    expect(world.voice.calls).toHaveLength(1);
    expect(world.voice.calls[0]).toMatchObject({
      phoneNumber: '+919090909090',
      attemptId: `${ID}.1`,
      metadata: { source: 'ringback', shop: SHOP, recoveryId: ID, attemptId: `${ID}.1` },
    });
  });

  it('of a recovery that is gone is done', async () => {
    expect(await aWorld().ring(ID, 1)).toEqual({ kind: 'done', decision: 'gone' });
  });

  it.each(RECOVERY_STATES.filter((state) => state !== 'scheduled'))(
    'changes nothing of one that is %s',
    async (state) => {
      const world = aWorld({ record: { ...due, state, dialingAt: NOW } });
      const before = world.asha();
      const decision = state === 'dialing' ? 'dial_in_flight' : state;
      expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision });
      expect(world.voice.calls).toEqual([]);
      // In a state that a webhook may re-open, the alarm is forgotten so that the webhook sets a new one.
      const spent = OPEN_STATES.has(state) ? { alarm: null, alarmAt: null } : {};
      expect(world.asha()).toEqual({ ...before, ...spent });
    },
  );

  it('that comes early rings again when due', async () => {
    const world = aWorld({ record: { ...due, dueAt: NOW + MINUTE } });
    expect(await world.ring(ID, 1)).toEqual({ kind: 'snooze', until: NOW + MINUTE, decision: 'not_due' });
    expect(world.asha()).toMatchObject({ state: 'scheduled', dueAt: NOW + MINUTE, alarmAt: NOW + MINUTE });
    expect(world.voice.calls).toEqual([]);
    // An early ring is the normal case and no line of the timeline.
    expect(world.store.timeline(ID)).toEqual([]);
  });

  it('out of hours rings again when they begin, and says so', async () => {
    const world = aWorld({ record: { ...due, lastActivityAt: NOW } });
    world.clock.at = NOW + 9 * HOUR;
    // Ten o'clock, and the recovery's own share of the quarter of an hour over which the morning's calls are spread.
    const morning = Date.UTC(2026, 10, 4, 4, 30) + Math.floor(jitterOf(ID) * 15 * MINUTE);
    expect(jitterOf(ID)).toBeGreaterThan(0);
    expect(await world.ring(ID, 1)).toEqual({ kind: 'snooze', until: morning, decision: 'outside_hours' });
    expect(world.asha()).toMatchObject({ dueAt: morning, alarmAt: morning, reason: 'outside_hours' });
    expect(world.store.timeline(ID)).toEqual([
      {
        at: NOW + 9 * HOUR,
        event: 'ring',
        state: 'scheduled',
        reason: 'outside_hours',
        rule: `calling-rules@${world.policy.times.version} IN (default)`,
        detail: `until ${new Date(morning).toISOString()}, default says not before 2026-11-04T04:30:00.000Z`,
      },
    ]);
  });

  it.each([
    ['too old', { lastActivityAt: NOW - 25 * HOUR }, {}, 'too_old'],
    ['in a country without common hours', { candidate: { ...ASHA, whereabouts: RUSSIA } }, {}, 'no_common_hours'],
    ['nowhere', { candidate: { ...ASHA, whereabouts: [] } }, {}, 'unknown_country'],
    ['of a version that knew no candidates', { candidate: null }, {}, 'incomplete_record'],
    ['spoilt: it lacks what a dial needs', { payload: null }, {}, 'incomplete_record'],
    ['of a shop that wants no calls any more', {}, { enabled: false }, 'calls_off'],
    ['in a country that is not called any more', {}, { countries: ['DE'] }, 'country'],
    ['worth too little by now', {}, { minValue: '2000' }, 'below_minimum'],
    ['without consent', { candidate: { ...ASHA, consent: null } }, {}, 'no_consent'],
    ['only rehearsed', {}, { mode: 'dry-run' }, 'dry_run'],
  ] as const)(
    'of a recovery that is %s skips it for good, and its alarm with it',
    async (_what, record, policy, reason) => {
      const world = aWorld({ record: { ...due, ...record }, policy });
      expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: `skipped: ${reason}` });
      expect(world.asha()).toMatchObject({ state: 'skipped', reason, dueAt: null, alarm: null, alarmAt: null });
      expect(world.voice.calls).toEqual([]);
      expect(world.journal.lines).toEqual([
        ['decided', { recoveryId: ID, shop: SHOP, trigger: 'ring', state: 'skipped', reason }],
      ]);
    },
  );

  it.each<[string, (world: ReturnType<typeof aWorld>) => unknown, string, string]>([
    [
      'is on the do-not-call list by now',
      ({ suppressions }) =>
        suppressions.add([{ id: suppressions.idOf(EMAIL), source: 'operator', reason: null, at: NOW }]),
      'skipped: suppressed',
      'do-not-call-list@2026-11',
    ],
    [
      'took the consent back',
      ({ histories }) => histories.noteConsentWithdrawn(SHOP, [EMAIL], NOW),
      'skipped: consent_withdrawn',
      'CALL_CONSENT@2026-11',
    ],
    [
      'was called about another checkout today',
      ({ histories, policy }) => histories.claimCall([PHONE], 'another', NOW - HOUR, policy.caps),
      'skipped: frequency_cap',
      'CALLS_PER_DAY@2026-11',
    ],
    [
      'said no not long ago',
      ({ histories }) => histories.noteRefusal([PHONE], 'an earlier call', NOW - DAY),
      'skipped: frequency_cap',
      'REFUSAL_SILENCE@2026-11',
    ],
  ])('for a person who %s calls nobody, and says by which rule', async (_what, happens, decision, rule) => {
    const world = aWorld({ record: due });
    await happens(world);
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision });
    expect(world.voice.calls).toEqual([]);
    expect(world.store.timeline(ID).at(-1)).toMatchObject({ event: 'ring', state: 'skipped', rule });
  });

  it.each([
    ['since they left this cart', NOW - 30 * MINUTE, 'cancelled: ordered'],
    ['before that', NOW - 30 * MINUTE - 1, 'called'],
  ])('for a person who bought by another way %s', async (_what, at, decision) => {
    const world = aWorld({ record: due });
    await world.people.note(SHOP, [EMAIL], 'order', '#1001', at);
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision });
    if (decision === 'called') return;
    expect(world.asha()).toMatchObject({ state: 'cancelled', orderedAt: at, orderMatch: 'person' });
  });

  it('leaves the evidence of the consent on the record with the attempt', async () => {
    const consent = { source: 'sms_marketing', value: 'accepted', version: '2026-11' };
    const lastActivityAt = NOW - HOUR;
    const world = aWorld({ record: { ...due, candidate: { ...ASHA, consent }, lastActivityAt } });
    await world.ring(ID, 1);
    expect(world.asha()).toMatchObject({ state: 'called', attemptConsent: { ...consent, at: lastActivityAt } });
  });

  it('that finds a dial which never came back calls it unknown and does not dial', async () => {
    const world = aWorld({ record: { ...due, state: 'dialing', dialingAt: NOW - DIAL_TIME_LIMIT_MS - 1 } });
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'unknown: dial_interrupted' });
    expect(world.asha()).toMatchObject({ state: 'unknown', reason: 'dial_interrupted' });
    expect(world.voice.calls).toEqual([]);
  });
});

describe('while the shop is asked', () => {
  const closing = Date.UTC(2026, 10, 3, 12, 30);
  const atClosing = { ...due, dueAt: closing - SECOND, alarmAt: closing - SECOND, lastActivityAt: closing - HOUR };
  const asking = (record: object, meanwhile: (world: ReturnType<typeof aWorld>) => unknown) => {
    const admin = fakeAdmin();
    const world = aWorld({ record, admin });
    admin.before('lastLook', async () => void (await meanwhile(world)));
    return world;
  };

  it('the hours end: the call is put off to the next morning, and nothing is claimed for it', async () => {
    const world = asking(atClosing, ({ clock }) => {
      clock.at = closing + 29 * SECOND;
    });
    world.clock.at = closing - SECOND;
    expect(await world.ring(ID, 1)).toMatchObject({ kind: 'snooze', decision: 'outside_hours' });
    expect(world.voice.calls).toEqual([]);
    expect(world.histories.known([PHONE, EMAIL]).calls).toEqual([]);
  });

  it('the person takes the consent back: nobody is called', async () => {
    const world = asking(due, ({ histories }) => histories.noteConsentWithdrawn(SHOP, [PHONE], NOW));
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'skipped: consent_withdrawn' });
  });

  it.each([
    ['an operator pulls the switch', 'pause', 'operator'],
    ['the shop removes the app', 'shut', 'uninstalled'],
  ] as const)('%s: it rings again when dialling goes on', async (_what, how, reason) => {
    const world = asking(due, ({ dialSwitch }) => dialSwitch[how](reason as 'uninstalled'));
    const outcome = await world.ring(ID, 1);
    expect(outcome).toEqual({ kind: 'snooze', until: NOW + SECOND, decision: 'dialling_paused' });
    expect(world.voice.calls).toEqual([]);
    expect(world.histories.known([PHONE, EMAIL]).calls).toEqual([]);
    expect(world.asha()).toMatchObject({ state: 'scheduled', attempts: 0 });
    await world.dialSwitch.resume();
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'called' });
  });
});

describe('a call that was claimed', () => {
  it('is given back when a webhook puts the checkout aside before the dial, although the contacts are gone with it', async () => {
    const world = aWorld({ record: due });
    const aside = {
      state: 'skipped',
      reason: 'no_consent',
      dueAt: null,
      payload: null,
      phone: null,
      person: [],
    } as const;
    world.store.before('commit', () => world.store.put({ ...world.asha(), ...aside, revision: 7 }));
    await world.ring(ID, 1);
    expect(world.voice.calls).toEqual([]);
    expect(world.histories.known([PHONE, EMAIL]).calls).toEqual([]);
  });

  it('stays when a dial before it may have been placed, whatever keeps the next one', async () => {
    const before = NOW - 6 * HOUR;
    const again = {
      attempts: 1,
      attemptId: `${ID}.1`,
      dialingAt: before,
      redialled: true,
      arm: 'call',
      armAt: before,
    } as const;
    const world = aWorld({ record: { ...due, ...again } });
    await world.histories.claimCall([PHONE, EMAIL], ID, before, world.policy.caps);
    world.store.before('commit', () => world.dialSwitch.pause('operator'));
    expect(await world.ring(ID, 1)).toMatchObject({ decision: 'dialling_paused' });
    expect(world.histories.known([PHONE, EMAIL]).calls).not.toEqual([]);
  });
});

describe('the lot', () => {
  const held = Array.from({ length: 50 }, (_, n) => `+9190909${String(n).padStart(5, '0')}`).find((phone) =>
    isHeldOut(phone, SHOP, 50),
  );
  const drawn = { ...due, phone: held ?? '' };

  it('holds a person out once everything else is positive', async () => {
    const world = aWorld({ record: drawn, policy: { holdoutPercent: 50 } });
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'skipped: holdout' });
    expect(world.voice.calls).toEqual([]);
  });

  it('is not drawn a second time: who was drawn to be called stays so when the dial has to be made again', async () => {
    const again = { ...drawn, arm: 'call', armAt: NOW, attempts: 1 } as const;
    const world = aWorld({ record: again, policy: { holdoutPercent: 50 } });
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'called' });
  });
});

describe('a race', () => {
  it('between a ring and an order is won by the order, when it comes before the intent is written', async () => {
    const world = aWorld({ record: due });
    world.store.before('commit', () => world.stop({ shop: SHOP, token: TOKEN }, 'ordered'));
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'cancelled' });
    expect(world.voice.calls).toEqual([]);
  });

  it('between a ring and new activity is won by the activity: the call moves', async () => {
    const world = aWorld({ record: due });
    world.store.before('commit', () => world.receive(aCheckout({ updatedAt: NOW - 1 })));
    const until = NOW - 1 + 30 * MINUTE;
    expect(await world.ring(ID, 1)).toEqual({ kind: 'snooze', until, decision: 'not_due' });
    expect(world.voice.calls).toEqual([]);
  });

  it('between a ring and a shopper who takes the number back is won by the shopper', async () => {
    const world = aWorld({ record: due });
    world.store.before('commit', () => world.receive(aCheckout({ phone: null, updatedAt: NOW - 1 })));
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'waiting' });
    expect(world.voice.calls).toEqual([]);
  });

  it('between two rings of one recovery ends in one call', async () => {
    const world = aWorld({ record: due });
    const outcomes = await Promise.all([world.ring(ID, 1), world.ring(ID, 2), world.ring(ID, 3)]);
    expect(world.voice.calls).toHaveLength(1);
    expect(outcomes.map(({ decision }) => decision).sort()).toEqual(['called', 'dial_in_flight', 'dial_in_flight']);
  });

  it('between a ring for nothing and a webhook that counts on its alarm makes the ring decide again', async () => {
    const world = aWorld({ record: { ...due, state: 'waiting', reason: 'no_phone', dueAt: null } });
    const mended = aCheckout({ updatedAt: NOW - 1 });
    world.store.before('alarmSpent', () => world.receive(mended));
    // Without a second look the alarm would be spent and nobody would ever call.
    expect(await world.ring(ID, 1)).toMatchObject({ kind: 'snooze', until: NOW - 1 + 30 * MINUTE });
    expect(world.asha()).toMatchObject({ state: 'scheduled', alarm: 1, alarmAt: NOW - 1 + 30 * MINUTE });
    expect(world.alarms.pending.size).toBe(0);
  });

  it('between a ring for nothing and a webhook that comes just after it leaves a new alarm', async () => {
    const world = aWorld({ record: { ...due, state: 'waiting', reason: 'no_phone', dueAt: null } });
    await world.ring(ID, 1);
    world.alarms.spend(ID, 1);
    await world.receive(aCheckout({ updatedAt: NOW - 1 }));
    expect([...world.alarms.pending.keys()]).toEqual([`${ID}-2`]);
  });

  it('that never ends is a fault: the ring gives up instead of spinning', async () => {
    const world = aWorld({ record: due });
    for (let n = 0; n < 30; n++) {
      world.store.before('commit', () => world.store.put({ ...world.asha(), revision: world.asha().revision + 1 }));
    }
    await expect(world.ring(ID, 1)).rejects.toBeInstanceOf(RecordContendedError);
    expect(world.voice.calls).toEqual([]);
  });

  it('is started over at the time it is by then', async () => {
    const world = aWorld({ record: { ...due, dueAt: NOW + 5 } });
    world.store.before('commit', () => {
      world.clock.at = NOW + 5;
      world.store.put({ ...world.asha(), revision: 9 });
    });
    await world.ring(ID, 1);
    expect(world.asha()).toMatchObject({ state: 'called', dialingAt: NOW + 5 });
  });
});
