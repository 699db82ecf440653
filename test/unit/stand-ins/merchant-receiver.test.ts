/** The stand-in of the merchant is no pushover: it takes only what a careful receiver would. */
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Merchant, startMerchant } from '../../../stand-ins/merchant/receiver.ts';

const BODY = JSON.stringify({
  type: 'call.outcome',
  timestamp: '2026-11-03T05:30:00.000Z',
  data: { summary: 'later' },
});

let merchant: Merchant;

beforeEach(async () => {
  merchant = await startMerchant();
});

afterEach(() => merchant.close());

async function post(id: string, body = BODY, changes: Record<string, string> = {}): Promise<number> {
  const now = new Date();
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Webhook(merchant.secret).sign(id, now, body),
    ...changes,
  };
  const response = await fetch(merchant.url, { method: 'POST', headers, body });
  await response.arrayBuffer();
  return response.status;
}

describe("the merchant's receiver", () => {
  it('takes what is signed for it, and keeps it with its id', async () => {
    expect(await post('m1')).toBe(204);
    expect(merchant.messages).toMatchObject([
      { id: 'm1', type: 'call.outcome', data: { summary: 'later' }, taken: true },
    ]);
  });

  it.each<[string, string, Record<string, string>]>([
    ['an id that was not signed', BODY, { 'webhook-id': 'm2' }],
    ['an instant that was not signed', BODY, { 'webhook-timestamp': String(Math.floor(Date.now() / 1_000) - 10) }],
    ['no signature', BODY, { 'webhook-signature': '' }],
    ['a signature of another kind', BODY, { 'webhook-signature': 'v2,c2lnbmF0dXJl' }],
  ])('refuses %s', async (_what, body, changes) => {
    expect(await post('m1', body, changes)).toBe(401);
    expect([merchant.messages.length, merchant.refusals.length]).toEqual([0, 1]);
  });

  it.each(['[]', 'null', '{}', '{"type":"x","timestamp":"soon","data":{}}', '{"type":"x"', ''])(
    'refuses the signed body %j, which is no message',
    async (body) => {
      expect(await post('m1', body)).toBe(400);
      expect(merchant.messages).toEqual([]);
    },
  );

  it('waits for different messages, and only for those it took', async () => {
    merchant.nextAnswers.push({ status: 503 });
    const two = merchant.waitForTaken(2);
    for (const id of ['m1', 'm1', 'm1', 'm2']) await post(id);
    expect((await two).map(({ id, taken }) => [id, taken])).toEqual([
      ['m1', false],
      ['m1', true],
      ['m1', true],
      ['m2', true],
    ]);
    await expect(merchant.waitForTaken(3, { timeoutMs: 30 })).rejects.toThrow('the merchant has taken 2');
  });
});
