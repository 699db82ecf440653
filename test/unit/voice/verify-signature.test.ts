import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSignedByVendor } from '../../../src/voice/verify-signature.ts';

const keys = { publicKey: 'pk_made_up', privateKey: 'sk_made_up' };
const body = Buffer.from('{"metadata":{},"event":{"type":"call.completed"}}');
const sign = (bytes: Buffer, key = keys.privateKey) => createHmac('sha256', key).update(bytes).digest('hex');

describe('a call event', () => {
  it.each([
    ['with the signature and the key', { signature: sign(body), publicKey: 'pk_made_up' }, true],
    ['with the signature and no word on the key', { signature: sign(body), publicKey: undefined }, true],
    ['without a signature', { signature: undefined, publicKey: 'pk_made_up' }, false],
    ['with an empty signature', { signature: '', publicKey: 'pk_made_up' }, false],
    ['signed with another key', { signature: sign(body, 'sk_other'), publicKey: 'pk_made_up' }, false],
    ['signed with the public key', { signature: sign(body, 'pk_made_up'), publicKey: 'pk_made_up' }, false],
    ['that names another public key', { signature: sign(body), publicKey: 'pk_other' }, false],
    ['that names two public keys', { signature: sign(body), publicKey: ['pk_made_up', 'pk_made_up'] }, false],
    ['with two signatures', { signature: [sign(body), sign(body)], publicKey: 'pk_made_up' }, false],
    ['with the signature in capitals', { signature: sign(body).toUpperCase(), publicKey: 'pk_made_up' }, false],
    ['with half of the signature', { signature: sign(body).slice(0, 32), publicKey: 'pk_made_up' }, false],
    ['with more than the signature', { signature: `${sign(body)}00`, publicKey: 'pk_made_up' }, false],
    [
      'with the signature in base64',
      { signature: Buffer.from(sign(body), 'hex').toString('base64'), publicKey: 'pk_made_up' },
      false,
    ],
    ['with the scheme before it', { signature: `sha256=${sign(body)}`, publicKey: 'pk_made_up' }, false],
    ['with nothing but zeros', { signature: '0'.repeat(64), publicKey: 'pk_made_up' }, false],
  ])('%s: %#', (_what, headers, expected) => {
    expect(isSignedByVendor(body, headers, keys)).toBe(expected);
  });

  it('is believed byte by byte: no bit of it may differ', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(), fc.nat(7), (bytes, place, bit) => {
        const signed = Buffer.from(bytes);
        const headers = { signature: sign(signed), publicKey: keys.publicKey };
        expect(isSignedByVendor(signed, headers, keys)).toBe(true);
        const changed = Buffer.from(signed);
        const index = place % changed.length;
        changed[index] = (changed[index] ?? 0) ^ (1 << bit);
        expect(isSignedByVendor(changed, headers, keys)).toBe(false);
      }),
    );
  });

  it('is not read before it is believed: bytes that are no text count as they are', () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0xc3]);
    expect(isSignedByVendor(bytes, { signature: sign(bytes), publicKey: undefined }, keys)).toBe(true);
  });
});
