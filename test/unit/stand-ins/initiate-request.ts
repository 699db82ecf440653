/** A request body the vendor accepts, and the way to send it as a client would; for these tests only. */
import type { VoiceVendor } from '../../../stand-ins/voice-vendor/server.ts';

const zero = { shopMoney: { amount: '0.00' } };
const total = { shopMoney: { amount: '128.40' } };

export function anInitiateRequest(vendor: VoiceVendor, callbackUrl: string, changes: Record<string, unknown> = {}) {
  return {
    phoneNumber: '+14155550142',
    assistant: vendor.keys.assistant,
    callbackUrl,
    metadata: { recoveryId: 'r-1', nested: { kept: [1, 'two', null] } },
    payload: aPayload(),
    ...changes,
  };
}

export function aPayload(changes: Record<string, unknown> = {}) {
  return {
    id: 'gid://shopify/AbandonedCheckout/40211938574410913',
    abandonedCheckoutUrl: 'https://fenwick-lantern.myshopify.com/checkouts/ac/abc/recover?key=k',
    customer: { firstName: 'Odile', lastName: 'Marrable', email: null, phone: '+14155550142' },
    discountCodes: ['SPRING'],
    totalLineItemsPriceSet: total,
    totalDiscountSet: zero,
    subtotalPriceSet: total,
    totalPriceSet: total,
    taxesIncluded: true,
    taxLines: [{ rate: 0.07, ratePercentage: 7, source: null, title: 'VAT', price: '8.40' }],
    lineItems: [
      { title: 'Storm lantern', quantity: 2, variant: { id: 'gid://shopify/ProductVariant/7', title: 'Brass' } },
    ],
    billingAddress: { country: 'United States', phone: '+14155550142' },
    shippingAddress: { country: 'United States', address1: '9 Ferry Road', city: 'Sausalito', zip: '94965' },
    ...changes,
  };
}

export function vendorHeaders(vendor: VoiceVendor): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-public-key': vendor.keys.publicKey,
    'x-private-key': vendor.keys.privateKey,
    workspace: vendor.keys.workspace,
  };
}

/** Any request to the vendor; `changes` to the headers may take one away with `undefined`. */
export async function ask(
  vendor: VoiceVendor,
  method: string,
  path: string,
  body?: unknown,
  changes: Record<string, string | undefined> = {},
): Promise<{ status: number; json: Record<string, unknown> }> {
  const headers = Object.fromEntries(
    Object.entries({ ...vendorHeaders(vendor), ...changes }).filter((entry): entry is [string, string] => {
      return entry[1] !== undefined;
    }),
  );
  if (body === undefined) delete headers['content-type'];
  const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const response = await fetch(`${vendor.url}${path}`, { method, headers, ...sent });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

export function initiate(vendor: VoiceVendor, body: unknown, changes: Record<string, string | undefined> = {}) {
  return ask(vendor, 'POST', '/v2/call/initiate', body, changes);
}
