/** Whom a Shopify webhook is believed; and that Shopify's own library believes the same ones. */
import { createHmac } from 'node:crypto';
import '@shopify/shopify-api/adapters/node';
import { ApiVersion, LogSeverity, shopifyApi } from '@shopify/shopify-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyWebhook } from '../../../src/shopify/verify-webhook.ts';

const SHOP = 'hill-coffee.myshopify.com';
const SECRET = 'a-client-key-of-hill-coffee';
const BODY = Buffer.from('{"token":"0ff1ce000ff1ce000ff1ce000ff1ce00","note":"früh"}');

const sign = (body: Buffer, secret = SECRET): string => createHmac('sha256', secret).update(body).digest('base64');

type Headers = Record<string, string | string[] | undefined>;

/** As Shopify sends them and Node shows them; the signature is good unless something else is said. */
function headersOf(body: Buffer, changes: Headers = {}): Headers {
  return {
    'x-shopify-topic': 'checkouts/update',
    'x-shopify-shop-domain': SHOP,
    'x-shopify-api-version': '2026-10',
    'x-shopify-webhook-id': '11111111-2222-4333-8444-555555555555',
    'x-shopify-hmac-sha256': sign(body),
    ...changes,
  };
}

const verdict = (changes: Headers = {}, body = BODY, secrets: readonly string[] = [SECRET]) =>
  verifyWebhook(body, headersOf(body, changes), secrets, SHOP);

describe('a webhook', () => {
  it('is believed with a good signature, for our shop', () => {
    expect(verdict()).toEqual({ ok: true, topic: 'checkouts/update', apiVersion: '2026-10' });
  });

  const good = sign(BODY);
  /** The same 32 bytes, spelt with other unused bits in the last character. */
  const sameBytes = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/']
    .map((last) => `${good.slice(0, 42)}${last}=`)
    .find((text) => text !== good && Buffer.from(text, 'base64').equals(Buffer.from(good, 'base64')));

  it.each([
    ['no signature', undefined, 'missing_signature'],
    ['an empty signature', '', 'missing_signature'],
    ['two signatures', [good, good], 'missing_signature'],
    ['the signature of another secret', sign(BODY, 'another'), 'wrong_signature'],
    ['the signature of another body', sign(Buffer.from('{}')), 'wrong_signature'],
    ['half a signature', good.slice(0, 22), 'wrong_signature'],
    ['more than a signature', `${good}AAAA`, 'wrong_signature'],
    ['the signature without its padding', good.slice(0, -1), 'wrong_signature'],
    ['the signature in another spelling', sameBytes, 'wrong_signature'],
    ['white space around the signature', ` ${good} `, 'wrong_signature'],
    ['the signature in hex', Buffer.from(good, 'base64').toString('hex'), 'wrong_signature'],
    ['nothing but zeros', Buffer.alloc(32).toString('base64'), 'wrong_signature'],
    ['no base64', '*'.repeat(44), 'wrong_signature'],
  ])('with %s is not believed', (_what, signature, reason) => {
    expect(verdict({ 'x-shopify-hmac-sha256': signature })).toEqual({ ok: false, reason });
  });

  it('without a body is not believed, even with the signature of nothing', () => {
    expect(verdict({}, Buffer.alloc(0))).toEqual({ ok: false, reason: 'wrong_signature' });
  });

  it.each([
    ['the first of several', [SECRET, 'new'], true],
    ['the last of several', ['new', SECRET], true],
    ['none of several', ['new', 'newer'], false],
    ['none, as there is none', [], false],
  ])('signed with %s secrets', (_what, secrets, ok) => {
    expect(verdict({}, BODY, secrets).ok).toBe(ok);
  });

  it.each([
    ['another shop', { 'x-shopify-shop-domain': 'other.myshopify.com' }, 'wrong_shop'],
    ['a shop that ends like ours', { 'x-shopify-shop-domain': `evil-${SHOP}` }, 'wrong_shop'],
    ['a shop that begins like ours', { 'x-shopify-shop-domain': `${SHOP}.evil.example` }, 'wrong_shop'],
    ['no shop', { 'x-shopify-shop-domain': undefined }, 'wrong_shop'],
    ['two shops', { 'x-shopify-shop-domain': [SHOP, SHOP] }, 'wrong_shop'],
    ['no topic', { 'x-shopify-topic': undefined }, 'missing_topic'],
    ['an empty topic', { 'x-shopify-topic': '' }, 'missing_topic'],
    ['a bad signature first of all', { 'x-shopify-hmac-sha256': 'x', 'x-shopify-topic': '' }, 'wrong_signature'],
    ['another shop rather than no topic', { 'x-shopify-shop-domain': 'b', 'x-shopify-topic': '' }, 'wrong_shop'],
  ])('is refused for %s', (_what, changes, reason) => {
    expect(verdict(changes)).toEqual({ ok: false, reason });
  });

  it.each([
    ['a shop in capitals', { 'x-shopify-shop-domain': 'Hill-Coffee.MyShopify.com ' }, { topic: 'checkouts/update' }],
    ['a topic in capitals', { 'x-shopify-topic': 'CHECKOUTS/UPDATE' }, { topic: 'checkouts/update' }],
    ['no version', { 'x-shopify-api-version': undefined }, { apiVersion: null }],
    ['no id of its own', { 'x-shopify-webhook-id': undefined }, { topic: 'checkouts/update' }],
  ])('is taken with %s', (_what, changes, expected) => {
    expect(verdict(changes)).toMatchObject({ ok: true, ...expected });
  });
});

/** Shopify's own verdict. It takes the body as text and one secret. */
async function shopifySays(body: string, headers: Headers, secret: string): Promise<boolean> {
  const shopify = shopifyApi({
    apiKey: 'an-id',
    apiSecretKey: secret,
    hostName: 'localhost',
    apiVersion: ApiVersion.October26,
    isEmbeddedApp: false,
    logger: { level: LogSeverity.Error, log: () => {} },
  });
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  const rawRequest = { method: 'POST', url: '/webhooks/shopify', headers: given };
  return (await shopify.webhooks.validate({ rawBody: body, rawRequest, rawResponse: {} })).valid;
}

async function bothSay(body: string, headers: Headers, secret = SECRET): Promise<{ ours: boolean; shopify: boolean }> {
  const ours = verifyWebhook(Buffer.from(body), headers, [secret], SHOP).ok;
  return { ours, shopify: await shopifySays(body, headers, secret) };
}

describe("the verdict, beside that of Shopify's own library", () => {
  const text = BODY.toString();
  const hmac = 'x-shopify-hmac-sha256';
  const flipped = Buffer.from(sign(BODY), 'base64');
  flipped[0] = (flipped[0] ?? 0) ^ 1;

  it.each([
    ['a good webhook', text, {}, true],
    ['a signature with one bit flipped', text, { [hmac]: flipped.toString('base64') }, false],
    ['the signature of another secret', text, { [hmac]: sign(BODY, 'another') }, false],
    ['a truncated signature', text, { [hmac]: sign(BODY).slice(0, 20) }, false],
    ['a truncated body', text.slice(0, -1), { [hmac]: sign(BODY) }, false],
    ['an empty body', '', {}, false],
    ['a missing signature', text, { [hmac]: undefined }, false],
    ['an empty signature', text, { [hmac]: '' }, false],
    ['a missing shop', text, { 'x-shopify-shop-domain': undefined }, false],
    ['a missing topic', text, { 'x-shopify-topic': undefined }, false],
  ])('is the same on %s', async (_what, body, changes, expected) => {
    const headers = headersOf(Buffer.from(body), changes);
    expect(await bothSay(body, headers)).toEqual({ ours: expected, shopify: expected });
  });

  it('is the same on any text under any secret, whoever signed it', async () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 200 });
    const secrets = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 });
    const verdicts = { true: 0, false: 0 };
    await fc.assert(
      fc.asyncProperty(texts, secrets, secrets, fc.boolean(), async (body, secret, other, honest) => {
        const signature = sign(Buffer.from(body), honest ? secret : other);
        const { ours, shopify } = await bothSay(body, headersOf(Buffer.from(body), { [hmac]: signature }), secret);
        expect(ours).toBe(shopify);
        verdicts[`${ours}`]++;
      }),
      { numRuns: 150 },
    );
    expect(verdicts.true).toBeGreaterThan(20);
    expect(verdicts.false).toBeGreaterThan(20);
  });

  it('is the same on any single byte of the body or the signature changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.nat(), fc.integer({ min: 1, max: 127 }), async (inBody, place, by) => {
        const changed = (bytes: Buffer): Buffer => {
          const copy = Buffer.from(bytes);
          const index = place % copy.length;
          copy[index] = (copy[index] ?? 0) ^ by;
          return copy;
        };
        const ascii = Buffer.from('{"token":"0ff1ce00"}');
        const body = inBody ? changed(ascii) : ascii;
        const signature = Buffer.from(sign(ascii), 'base64');
        const headers = headersOf(ascii, { [hmac]: (inBody ? signature : changed(signature)).toString('base64') });
        expect(await bothSay(body.toString(), headers)).toEqual({ ours: false, shopify: false });
      }),
      { numRuns: 100 },
    );
  });

  // Where the two differ, on purpose. The library also takes no webhook without these headers, which are not signed and
  // not used here; and it knows neither our shop nor a second secret.
  it.each(['x-shopify-webhook-id', 'x-shopify-api-version'])('is the milder one when %s is missing', async (name) => {
    expect(await bothSay(text, headersOf(BODY, { [name]: undefined }))).toEqual({ ours: true, shopify: false });
  });

  it('is the stricter one on a webhook of another shop of the same app', async () => {
    const headers = headersOf(BODY, { 'x-shopify-shop-domain': 'other.myshopify.com' });
    expect(await bothSay(text, headers)).toEqual({ ours: false, shopify: true });
  });

  it('is the same on a signature in another spelling: there is just one', async () => {
    const headers = headersOf(BODY, { [hmac]: `${sign(BODY)}\n` });
    expect(await bothSay(text, headers)).toEqual({ ours: false, shopify: false });
  });
});
