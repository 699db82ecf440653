/** Between a record and its hash, sealed: nothing of the person stands in it, everything comes back, and nothing can be moved. */
import { describe, expect, it } from 'vitest';
import { learn } from '../../../src/domain/call-knowledge.ts';
import type { HeldCheckout, RecoveryRecord } from '../../../src/domain/recovery.ts';
import { recoveryIdOf } from '../../../src/domain/recovery-id.ts';
import { decodeRecord, encodePatch } from '../../../src/store/record-codec.ts';
import { CLEAR_VAULT, vaultOf } from '../../../src/store/vault.ts';
import { aCallEvent } from '../../support/a-call-event.ts';
import { aDataKey } from '../../support/a-data-key.ts';
import { aRecord } from '../../support/a-record.ts';

const vault = vaultOf({ current: aDataKey(), old: [] });
const SUMMARY = 'Asha said yes';
const { cartToken, checkoutId, checkoutToken, payload, phone, person, candidate, cartValue, priority, shop } =
  aRecord();

const held: HeldCheckout = {
  ...{ state: 'scheduled', reason: null, dueAt: 9, checkoutUpdatedAt: 8, lastActivityAt: 7 },
  facts: { shop, checkoutToken, cartToken, checkoutId, payload, phone, person, candidate, cartValue, priority },
};
const analysis = { success: true, summary: SUMMARY, requiredActions: [], insights: null, outcome: null };
const full: RecoveryRecord = aRecord({
  held,
  vendorMessage: SUMMARY,
  outcomes: { 'end-of-call': { summary: SUMMARY } },
  call: learn(null, aCallEvent({ type: 'end-of-call', analysis }), 5),
  contacts: ['kdigest'],
});

type Hash = Record<string, string>;

function hashOf(sealing = vault): Hash {
  const { set } = encodePatch(full, full, sealing);
  return Object.fromEntries(set.flatMap((name, i) => (i % 2 === 0 ? [[name, set[i + 1] ?? '']] : [])));
}

describe('a sealed record', () => {
  it('comes back as it was', () => {
    expect(decodeRecord(hashOf(), full.id, vault)).toEqual(full);
  });

  it('shows nothing of the person', () => {
    const clear = JSON.stringify(hashOf(CLEAR_VAULT));
    const sealed = JSON.stringify(hashOf());
    const { firstName = '', email } = payload?.customer ?? {};
    for (const secret of [phone, firstName, email, payload?.abandonedCheckoutUrl, SUMMARY]) {
      expect([secret, clear.includes(String(secret)), sealed.includes(String(secret))]).toEqual([secret, true, false]);
    }
  });

  it('shows what scripts, lists and reports need', () => {
    expect(hashOf()).toMatchObject({
      id: full.id,
      state: 'scheduled',
      dueAt: String(full.dueAt),
      contacts: '["kdigest"]',
    });
  });

  it.each([
    ['facts', 'outcomes'],
    ['outcomes', 'call'],
    ['call', 'vendorMessage'],
  ])('does not open when its %s stand where its %s belong', (one, other) => {
    const hash = hashOf();
    expect(() => decodeRecord({ ...hash, [other]: hash[one] ?? '' }, full.id, vault)).toThrow('could not be opened');
  });

  it('does not open under the id of another, even if it is copied whole', () => {
    expect(() => decodeRecord(hashOf(), recoveryIdOf(shop, 'another'), vault)).toThrow('could not be opened');
  });

  it('is not opened by whoever has another key', () => {
    expect(() => decodeRecord(hashOf(), full.id, vaultOf({ current: aDataKey(), old: [] }))).toThrow(
      expect.objectContaining({ code: 'DATA_KEY_UNKNOWN' }),
    );
  });
});

describe('a record from before', () => {
  it('is read as it is, also in parts: what was changed since is sealed', () => {
    const hash = hashOf(CLEAR_VAULT);
    expect(decodeRecord(hash, full.id, vault)).toEqual(full);
    expect(decodeRecord({ ...hash, facts: hashOf().facts ?? '' }, full.id, vault)).toEqual(full);
    expect(decodeRecord({ ...hash, held: hashOf().held ?? '' }, full.id, vault)).toEqual(full);
  });
});
