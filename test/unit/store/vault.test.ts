/** The vault: what it seals opens with its own key, at its own place, unchanged; and nowhere else. */
import { createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SealedTextError } from '../../../src/errors.ts';
import { CLEAR_VAULT, type Vault, vaultOf } from '../../../src/store/vault.ts';
import { aDataKey } from '../../support/a-data-key.ts';

const [KEY, OTHER_KEY] = [aDataKey(), aDataKey()];
const vault = vaultOf({ current: KEY, old: [] });
const PLACE = 'hill-coffee.0123456789abcdefghjkmnpqrs:facts';
const TEXT = '{"phone":"+14155550142"}';

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 2_000, maxLength: 6_000 }));

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof SealedTextError) return error.code;
    throw error;
  }
  return 'opened';
}

/** The bytes of a sealed text, changed, and written as a sealed text again. */
function rewritten(sealed: string, change: (bytes: Buffer) => Buffer): string {
  const [version, id, content = ''] = sealed.split('.');
  return [version, id, change(Buffer.from(content, 'base64url')).toString('base64url')].join('.');
}

describe('a sealed text', () => {
  it('is the text again where it was sealed, whatever it is', () => {
    const property = fc.property(anyText, (text) => {
      expect(vault.open(PLACE, vault.seal(PLACE, text))).toBe(text);
    });
    fc.assert(property);
  });

  it('shows its version, the name of its key, and nothing of the text', () => {
    const sealed = vault.seal(PLACE, TEXT);
    expect(sealed).toMatch(/^v1\.[A-Za-z0-9_-]{8}\.[A-Za-z0-9_-]+$/);
    expect(vault.keyIds).toEqual([sealed.split('.')[1]]);
    expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain('4155550142');
    expect(KEY).not.toContain(vault.keyIds[0]);
  });

  it('is AES-256-GCM as anybody can read it: derived key, 12 bytes of IV first, 16 of tag last', () => {
    const key = Buffer.from(hkdfSync('sha256', Buffer.from(KEY, 'base64'), '', 'ringback data key v1 cipher', 32));
    const content = Buffer.from(vault.seal(PLACE, TEXT).split('.')[2] ?? '', 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', key, content.subarray(0, 12));
    decipher.setAAD(Buffer.from(`v1\0${PLACE}`)).setAuthTag(content.subarray(-16));
    expect(decipher.update(content.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')).toBe(TEXT);
  });

  it('is the same for the same text at the same place, and another for another text or place', () => {
    const property = fc.property(anyText, anyText, (one, other) => {
      const sealed = vault.seal(PLACE, one);
      expect(vaultOf({ current: KEY, old: [] }).seal(PLACE, one)).toBe(sealed);
      expect(vault.seal(PLACE, other) === sealed).toBe(one === other);
      const elsewhere = vault.seal(`${PLACE}2`, one);
      // Not even the IV tells that the texts are equal.
      expect(elsewhere.slice(12, 28)).not.toBe(sealed.slice(12, 28));
    });
    fc.assert(property);
  });

  it('does not open with any bit changed', () => {
    const sealed = vault.seal(PLACE, TEXT);
    const bits = (Buffer.byteLength(TEXT) + 28) * 8;
    const property = fc.property(fc.nat(bits - 1), (bit) => {
      const changed = rewritten(sealed, (bytes) => {
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return bytes;
      });
      expect(codeOf(() => vault.open(PLACE, changed))).toBe('SEAL_BROKEN');
    });
    fc.assert(property, { numRuns: 300 });
  });

  it.each([
    ['cut at the end', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['cut to IV and tag', (bytes: Buffer) => bytes.subarray(0, 28)],
    ['with a byte more', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from([0])])],
    ['with its tag cut to half', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -16), bytes.subarray(-8)])],
  ])('does not open %s', (_what, change) => {
    expect(codeOf(() => vault.open(PLACE, rewritten(vault.seal(PLACE, TEXT), change)))).toBe('SEAL_BROKEN');
  });

  it.each([
    ['another record', 'hill-coffee.zzzzzzzzzzzzzzzzzzzzzzzzzz:facts'],
    ['another field of its record', 'hill-coffee.0123456789abcdefghjkmnpqrs:outcomes'],
  ])('does not open when it is moved to %s', (_where, place) => {
    expect(codeOf(() => vault.open(place, vault.seal(PLACE, TEXT)))).toBe('SEAL_BROKEN');
  });

  it('tells in its fault neither the text nor a key', () => {
    const sealed = vaultOf({ current: OTHER_KEY, old: [] }).seal(PLACE, TEXT);
    for (const open of [() => vault.open(PLACE, sealed), () => vault.open('x', vault.seal(PLACE, TEXT))]) {
      try {
        open();
        expect.unreachable();
      } catch (error) {
        expect((error as Error).message).toBe('A sealed text could not be opened');
        expect((error as Error).cause).toBeUndefined();
      }
    }
  });
});

describe('keys', () => {
  const before = vaultOf({ current: KEY, old: [] });
  const rotated = vaultOf({ current: OTHER_KEY, old: [KEY] });

  it('that are old still open, and seal nothing', () => {
    const old = before.seal(PLACE, TEXT);
    expect(rotated.open(PLACE, old)).toBe(TEXT);
    expect(rotated.isCurrent(old)).toBe(false);
    const fresh = rotated.seal(PLACE, TEXT);
    expect(rotated.isCurrent(fresh)).toBe(true);
    expect(codeOf(() => before.open(PLACE, fresh))).toBe('DATA_KEY_UNKNOWN');
  });

  it('that nobody gave are named as the fault', () => {
    expect(codeOf(() => before.open(PLACE, vaultOf({ current: OTHER_KEY, old: [] }).seal(PLACE, TEXT)))).toBe(
      'DATA_KEY_UNKNOWN',
    );
  });

  it('of one name are one key, also given twice', () => {
    expect(vaultOf({ current: KEY, old: [KEY] }).keyIds).toHaveLength(1);
    expect(vaultOf({ current: randomBytes(32).toString('base64'), old: [KEY] }).keyIds).toHaveLength(2);
  });
});

describe('without a key', () => {
  it('a text stays as it is', () => {
    expect(CLEAR_VAULT.seals).toBe(false);
    expect(CLEAR_VAULT.seal(PLACE, TEXT)).toBe(TEXT);
    expect(CLEAR_VAULT.isCurrent(TEXT)).toBe(true);
    expect(CLEAR_VAULT.open(PLACE, TEXT)).toBe(TEXT);
  });

  it('a sealed text is nobody’s', () => {
    expect(codeOf(() => CLEAR_VAULT.open(PLACE, vault.seal(PLACE, TEXT)))).toBe('DATA_KEY_UNKNOWN');
  });
});

describe('a text from the time before', () => {
  it.each<[string, Vault]>([
    ['with a key', vault],
    ['without', CLEAR_VAULT],
  ])('is read as it is, %s', (_with, reader) => {
    const property = fc.property(
      fc.oneof(fc.json(), fc.string(), fc.constant('v1.'), fc.constant('v1.x.y')),
      (text) => {
        expect(reader.open(PLACE, text)).toBe(text);
      },
    );
    fc.assert(property);
  });

  it('is not current where there is a key', () => {
    expect(vault.isCurrent(TEXT)).toBe(false);
  });
});
