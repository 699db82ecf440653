/** What an operator is told about one recovery: every gate's answer as it would be now, in sentences without the person. */
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/domain/duration.ts';
import { GATE_NAMES } from '../../../src/domain/gates/gate.ts';
import { explainRecovery, sentenceOf } from '../../../src/recovery/explain-recovery.ts';
import { aCheckout } from '../../support/a-checkout.ts';
import { ASHA, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, ID, SHOP, TOKEN } from '../../support/a-recovery-world.ts';

const NOW = ELEVEN_IN_BENGALURU;

function asking(...given: Parameters<typeof aWorld>) {
  const world = aWorld(...given);
  const explain = explainRecovery({ ...world, people: world.histories, shop: SHOP });
  const decided = async () => (await explain(ID))?.gates.find(({ decides }) => decides) ?? null;
  return { ...world, explain, decided };
}

describe('an explanation of a recovery', () => {
  it.each([
    ['its id', ID],
    ['its checkout’s token', TOKEN],
  ])('is found by %s', async (_what, name) => {
    const { explain } = asking({ record: {} });
    const found = await explain(name);
    expect(found?.recovery.record.id).toBe(ID);
    expect(found?.gates.map(({ gate }) => gate)).toEqual(GATE_NAMES);
  });

  it('of nothing that is known is none', async () => {
    expect(await asking().explain(TOKEN)).toBeNull();
    expect(await asking().explain('another.00000000000000000000000000')).toBeNull();
  });

  it('has no gates where there is nothing to decide on', async () => {
    expect(await asking({ record: { candidate: null } }).explain(ID)).toMatchObject({ gates: [] });
  });

  it('of one that would be called says so by every gate', async () => {
    const { explain } = asking({ record: {} });
    expect((await explain(ID))?.gates.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  });

  it('changes nothing and calls nobody', async () => {
    const world = asking({ record: {} });
    const before = structuredClone(world.store.record(ID));
    await world.explain(ID);
    expect(world.store.record(ID)).toEqual(before);
    expect([world.voice.calls, world.store.timeline(ID), world.journal.lines]).toEqual([[], [], []]);
    expect(world.histories.known(['+919090909090']).calls).toEqual([]);
  });

  it('knows the person as the ring would, and leaves the recovery’s own call out', async () => {
    const world = asking({ record: {} });
    await world.histories.claimCall(['+919090909090'], ID, NOW - MINUTE, world.policy.caps);
    expect(await world.decided()).toBeNull();
    await world.histories.noteRefusal(['asha.rao@mail.example'], 'another', NOW - DAY);
    expect(await world.decided()).toMatchObject({ gate: 'frequency', reason: 'frequency_cap' });
    const { suppressions } = world;
    await suppressions.add([
      { id: suppressions.idOf('+919090909090'), source: 'operator', reason: null, at: NOW - HOUR },
    ]);
    expect(await world.decided()).toMatchObject({ gate: 'suppression', reason: 'suppressed' });
  });

  it.each([
    ['skipped', { state: 'skipped', reason: 'frequency_cap', phone: null, payload: null, person: [] }],
    ['cancelled before', { state: 'cancelled', reason: 'opted_out', phone: null, payload: null, person: [] }],
    ['erased', { state: 'ended', phone: null, payload: null, person: [], erasedAt: NOW }],
  ] as const)('of one that was %s knows the person by the digests on the record', async (_how, record) => {
    const contacts = ['digest of +919090909090', 'digest of asha.rao@mail.example'];
    const world = asking({ record: { ...record, contacts } });
    expect(await world.decided()).toBeNull();
    await world.histories.noteRefusal(['asha.rao@mail.example'], 'another', NOW - DAY);
    expect(await world.decided()).toMatchObject({ gate: 'frequency', reason: 'frequency_cap' });
    const { suppressions } = world;
    await suppressions.add([
      { id: suppressions.idOf('+919090909090'), source: 'operator', reason: null, at: NOW - HOUR },
    ]);
    expect(await world.decided()).toMatchObject({ gate: 'suppression' });
  });

  it('of a person of whom not even digests are left passes nobody: it is not known', async () => {
    const record = {
      state: 'cancelled',
      reason: 'redacted',
      phone: null,
      payload: null,
      person: [],
      contacts: [],
    } as const;
    const { explain } = asking({ record, policy: { holdoutPercent: 10 } });
    const gates = (await explain(ID))?.gates ?? [];
    const unknown = gates.filter(({ verdict }) => verdict === 'unknown');
    expect(unknown.map(({ gate }) => gate)).toEqual(['consent', 'suppression', 'frequency', 'purchase', 'holdout']);
    expect(unknown.map(sentenceOf)[1]).toBe('suppression unknown: not known any more [do-not-call-list@2026-11]');
    expect(gates.filter(({ decides }) => decides)).toEqual([]);
  });

  it('answers for now, not for when it is due', async () => {
    const world = asking({ record: { dueAt: NOW + 24 * HOUR } });
    expect(await world.decided()).toBeNull();
    world.clock.at = NOW + 9 * HOUR;
    expect(await world.decided()).toMatchObject({ gate: 'hours', until: expect.any(Number) });
  });

  it('says before all gates when nobody is dialled at all', async () => {
    const world = asking({ record: {} });
    expect((await world.explain(ID))?.notes).toEqual([]);
    await world.dialSwitch.pause('operator');
    expect((await world.explain(ID))?.notes).toEqual([expect.stringMatching(/^Dialling is paused \(operator\)/)]);
    await world.dialSwitch.shut('uninstalled');
    expect((await world.explain(ID))?.notes).toEqual([expect.stringMatching(/^The shop is shut \(uninstalled\)/)]);
  });

  it.each([
    ['called', null, 'It has been dialled: no gate is asked about it any more.'],
    ['unknown', null, 'It has been dialled: no gate is asked about it any more.'],
    ['ended', null, 'It is over (ended): nothing that comes opens it again.'],
    ['rejected', null, 'It is over (rejected): nothing that comes opens it again.'],
    ['cancelled', 'ordered', 'It is over (cancelled: ordered): nothing that comes opens it again.'],
    ['skipped', 'holdout', 'It is over (skipped: holdout): nothing that comes opens it again.'],
    ['skipped', 'no_consent', undefined],
    ['waiting', 'no_phone', undefined],
  ] as const)('says of one that is %s (%s) whether it is behind the gates', async (state, reason, note) => {
    expect((await asking({ record: { state, reason } }).explain(ID))?.notes[0]).toBe(note);
  });

  it('says that the recovery’s own call is not among those it counts', async () => {
    const world = asking({ record: { state: 'called', attempts: 1, calledAt: NOW - MINUTE } });
    await world.histories.claimCall(['+919090909090'], ID, NOW - MINUTE, world.policy.caps);
    const told = ((await world.explain(ID))?.gates ?? []).map(sentenceOf);
    expect(told.find((sentence) => sentence.startsWith('frequency'))).toMatch(
      /^frequency passed: 0 calls in 30 days, beside its own of 2026-11-03T05:29:00.000Z \[/,
    );
  });

  it('of one that was not called says what speaks against it now', async () => {
    const world = asking({ policy: { minValue: '2000' } });
    await world.receive(aCheckout({ updatedAt: NOW - MINUTE }));
    expect(world.store.record(ID)).toMatchObject({ state: 'skipped', reason: 'below_minimum' });
    expect(await world.decided()).toMatchObject({ gate: 'value', reason: 'below_minimum' });
  });

  it('agrees with what the ring then does, day and night', async () => {
    for (const now of [NOW, NOW + 3 * HOUR, NOW + 9 * HOUR, NOW + 25 * HOUR]) {
      const world = asking({ record: { alarm: 1, alarmAt: NOW } });
      world.clock.at = now;
      const decided = await world.decided();
      const outcome = await world.ring(ID, 1);
      const said = decided === null ? 'called' : `${decided.verdict}: ${decided.reason}`;
      const done: Readonly<Record<string, string>> = {
        outside_hours: 'defer: outside_hours',
        'skipped: too_old': 'skip: too_old',
      };
      expect(said).toBe(done[outcome.decision] ?? outcome.decision);
    }
  });
});

describe('a sentence', () => {
  const sentences = async (...given: Parameters<typeof aWorld>) =>
    ((await asking(...given).explain(ID))?.gates ?? []).map(sentenceOf);

  it('says which gate, what it answered, what it saw, by which rule, and whether it decides', async () => {
    const consent = { source: 'sms_marketing', value: 'accepted', version: '2026-11' };
    const told = await sentences({
      record: { candidate: { ...ASHA, consent }, lastActivityAt: NOW - HOUR },
      policy: { minValue: '2000', maxAgeMs: MINUTE },
    });
    expect(told).toContain('shop passed: calls are on [CALLS@2026-11]');
    expect(told).toContain(
      'consent passed: sms_marketing = accepted, seen 2026-11-03T04:30:00.000Z [CALL_CONSENT@2026-11]',
    );
    expect(told).toContain(
      'value not called (below_minimum): 1955.00 INR, at least 2000 [CALL_MIN_VALUE, CALL_MAX_VALUE@2026-11]  <- decides',
    );
    // It would not be called for its age either, but it never comes to that.
    expect(told).toContain('age not called (too_old): last activity 60 min ago [CALL_MAX_AGE@2026-11]');
  });

  it.each([
    ['complete', { lacks: 'no_total' }, 'complete waits (no_total): missing: no_total [payload@2026-11]  <- decides'],
    [
      'phone',
      { phone: 'none' },
      'phone not called (invalid_phone): no number that can be called [numbering-plans@2026-11]  <- decides',
    ],
  ] as const)('of the gate %s has its own word', async (_gate, changes, sentence) => {
    expect(await sentences({ record: { candidate: { ...ASHA, ...changes } } })).toContain(sentence);
  });

  it('of a call that is put off says until when', async () => {
    const world = asking({ record: {} });
    world.clock.at = NOW + 9 * HOUR;
    const [sentence] = ((await world.explain(ID))?.gates ?? []).filter(({ decides }) => decides).map(sentenceOf);
    expect(sentence).toMatch(
      /^hours put off to 2026-11-04T04:[34]\d:\S+Z \(outside_hours\): (IN|default) says not before 2026-11-04T04:30:00.000Z \[calling-rules@\S+ IN \((IN|default)\)\] {2}<- decides$/,
    );
  });

  it('of a purchase says stopped', async () => {
    const world = asking({ record: {} });
    await world.people.note(SHOP, ['+919090909090'], 'order', '#1001', NOW);
    const told = ((await world.explain(ID))?.gates ?? []).map(sentenceOf);
    expect(told).toContain(
      'purchase stopped (ordered): ordered 2026-11-03T05:30:00.000Z [orders-of-the-person@2026-11]  <- decides',
    );
  });

  it('holds nothing of the person, whatever is decided', async () => {
    for (const policy of [{}, { minValue: '2000' }, { countries: ['DE'] }, { holdoutPercent: 50 }, { maxAgeMs: 1 }]) {
      expect((await sentences({ record: {}, policy })).join('\n')).not.toMatch(
        /90909|Asha|Rao|mail\.example|Cubbon|560001|0ff1ce/,
      );
    }
  });
});
