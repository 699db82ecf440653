/**
 * What the voice vendor accepts in a request body, closed at every level. An independent reading of the vendor's page
 * "POST /v2/call/initiate" (read November 2026): nothing here is shared with the service, so that a mistake in the
 * service's own schema is not mirrored.
 */
import { z } from 'zod';

const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be E.164');
const decimal = z.string().regex(/^\d+(\.\d+)?$/, 'must be a decimal string');
const money = z.strictObject({ shopMoney: z.strictObject({ amount: decimal }) });

const taxLine = z.strictObject({
  rate: z.number(),
  ratePercentage: z.number(),
  source: z.string().nullable(),
  title: z.string(),
  price: z.string(),
});

const lineItem = z.strictObject({
  title: z.string().min(1),
  quantity: z.int().min(1),
  variant: z.strictObject({ id: z.string().min(1), title: z.string().min(1) }).optional(),
});

const shippingAddress = z.strictObject({
  country: z.string().optional(),
  address1: z.string().optional(),
  address2: z.string().optional(),
  city: z.string().optional(),
  province: z.string().optional(),
  provinceCode: z.string().optional(),
  zip: z.string().optional(),
  phone: z.string().optional(),
});

/** The payload of an `abandoned_cart` assistant. Only `customer.email` and `taxLines[].source` may be null. */
export const abandonedCartPayload = z.strictObject({
  id: z
    .string()
    .regex(/^gid:\/\/shopify\/AbandonedCheckout\/\d+$/, 'must be gid://shopify/AbandonedCheckout/<n>')
    .optional(),
  abandonedCheckoutUrl: z.url().optional(),
  customer: z.strictObject({
    firstName: z.string().min(1),
    lastName: z.string().optional(),
    email: z.email().nullable().optional(),
    phone: e164,
  }),
  discountCodes: z.array(z.string()).optional(),
  totalLineItemsPriceSet: money,
  totalDiscountSet: money,
  subtotalPriceSet: money,
  totalPriceSet: money,
  taxesIncluded: z.boolean().optional(),
  taxLines: z.array(taxLine).optional(),
  lineItems: z.array(lineItem).min(1),
  billingAddress: z.strictObject({ country: z.string().optional(), phone: z.string().optional() }).optional(),
  shippingAddress: shippingAddress.optional(),
});

/** Calls events may go to plain http only on this machine; the vendor's own page asks for an "HTTPS webhook URL". */
const callbackUrl = z.url({ protocol: /^https?$/ }).refine((text) => {
  const url = URL.parse(text);
  if (!url) return false;
  return url.protocol === 'https:' || url.hostname === 'localhost' || /^(127\.[\d.]+|\[::1\])$/.test(url.hostname);
}, 'must be https');

/** Body of `POST /v2/call/initiate`. */
export const initiateRequest = z.strictObject({
  phoneNumber: e164,
  assistant: z.string().min(1),
  callbackUrl,
  payload: abandonedCartPayload,
  priority: z.boolean().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});
export type InitiateRequest = z.infer<typeof initiateRequest>;

/** Body of `POST /v2/call/abort`. */
export const abortRequest = z.strictObject({ callId: z.string().min(1) });

/** Body of `PUT /v2/call/:callId`. */
export const updateRequest = z.strictObject({ payload: abandonedCartPayload });

/** One line for the vendor's error message: names paths, never values. */
export function faultsOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ');
}
