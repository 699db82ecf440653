/** From the text of a file to checkouts: every form in which bodies are recorded, and where the fault is when there is one. */
import { describe, expect, it } from 'vitest';
import { readRecorded } from '../../../src/cli/recorded-checkouts.ts';
import { SMALL_CART } from '../../../stand-ins/shop/cart.ts';
import { checkoutBody } from '../../../stand-ins/shop/checkout-body.ts';
import { newToken } from '../../../stand-ins/shop/ids.ts';
import { orderBody } from '../../../stand-ins/shop/order-body.ts';
import { ODILE_US } from '../../../stand-ins/shop/people.ts';

const SHOP = 'fenwick-lantern.myshopify.com';

function factsOf(token: string) {
  const at = new Date('2026-11-03T12:00:00Z');
  return {
    ...({ shop: SHOP, token, apiVersion: '2026-10', shopper: ODILE_US, cart: SMALL_CART, offset: '+00:00' } as const),
    ...{ revealed: { email: true, address: true, phone: true }, createdAt: at, updatedAt: at },
  };
}

const tokens = [newToken(), newToken(), newToken()];
const bodies = tokens.map((token) => checkoutBody(factsOf(token)));
const pretty = (body: string) => JSON.stringify(JSON.parse(body), null, 2);

const faultsOf = (text: string) => {
  const read = readRecorded(text, SHOP);
  return read.ok ? [] : read.faults.map(({ line, reason }) => `${line}: ${reason}`);
};

describe('recorded bodies', () => {
  it.each<[string, string, number]>([
    ['one per line', bodies.join('\n'), 3],
    ['one per line, with CRLF, empty lines and a byte order mark', `\uFEFF${bodies.join('\r\n\r\n')}\r\n`, 3],
    ['an array', `[${bodies.join(',')}]`, 3],
    ['an array over many lines', `[\n${bodies.map(pretty).join(',\n')}\n]`, 3],
    ['a list as Shopify’s REST API has it', `{"checkouts": [${bodies.join(',')}]}`, 3],
    ['a single one', bodies[0] ?? '', 1],
    ['a single one over many lines', pretty(bodies[0] ?? ''), 1],
  ])('are read as %s', (_form, text, count) => {
    const read = readRecorded(text, SHOP);
    expect(read.ok && read.checkouts.map(({ token }) => token)).toEqual(tokens.slice(0, count));
    expect(read.ok && read.checkouts[0]?.shop).toBe(SHOP);
  });

  it('keep ids beyond 2^53 as they are', () => {
    const read = readRecorded(`[${(bodies[0] ?? '').replace('{', '{"id": 90071992547409931,')}]`, SHOP);
    expect(read.ok && read.checkouts[0]?.id).toBe('90071992547409931');
  });
});

describe('a recording with a fault', () => {
  const [first = '', second = '', third = ''] = bodies;

  it.each<[string, string, string[]]>([
    ['that is empty', '', ['1: holds no checkout']],
    ['of an empty list', '[]', ['1: holds no checkout']],
    ['in a line that is not JSON', `${first}\n{"token": Odile\n${third}`, ['2: is not JSON']],
    ['in a line that is no object', `${first}\n\n"${ODILE_US.email}"`, ['3: is not a checkout']],
    [
      'in a body without a token',
      `[${first},\n${second.replace('"token"', '"tokens"')}]`,
      ['2: token is missing or of the wrong kind'],
    ],
    [
      'in a list over many lines',
      `{"checkouts": [\n${first},\n\n{"token": {}, "updated_at": []}\n]}`,
      ['4: token is missing or of the wrong kind'],
    ],
    ['that breaks off', `[\n${first},\n${second.slice(0, -9)}`, [expect.stringMatching(/^3: is not JSON$/) as never]],
    ['of which nobody knows when it was', `{"token": "abc123"}`, ['1: updated_at is missing']],
    ['that is an order', `${first}\n${orderBody(factsOf(newToken()))}`, ['2: is an order']],
    [
      'in more than one place',
      `{}\n${second}\nnonsense`,
      ['1: token is missing or of the wrong kind', '3: is not JSON'],
    ],
  ])('%s names the line and what is wrong, and never what stands there', (_which, text, expected) => {
    expect(faultsOf(text)).toEqual(expected);
    expect(faultsOf(text).join()).not.toMatch(/Odile|example|abc123/);
  });
});
