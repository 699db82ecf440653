/**
 * AbandonedCartPayload: what the voice vendor's `abandoned_cart` assistants are told about a checkout. The schema is closed at every
 * level, as the vendor's is: a field it does not know fails the call. How a checkout becomes one is told in `to-abandoned-cart-payload.ts`.
 *
 * Source: the vendor's documentation of `POST /v2/call/initiate`, as read in November 2026. Only `customer.email` and
 * `taxLines[].source` may be null; everything else that is not known is left out.
 */
import { z } from 'zod';

/** The vendor asks for a string; ours is always a decimal string as Shopify writes it. */
const Amount = z.string().regex(/^-?\d+(?:\.\d+)?$/);

/** Nothing beside the amount, not even a currency: the vendor's schema has no place for it. */
const MoneySet = z.strictObject({ shopMoney: z.strictObject({ amount: Amount }) });

const E164 = z.string().regex(/^\+[1-9]\d{1,14}$/);

export const AbandonedCartPayload = z.strictObject({
  id: z
    .string()
    .regex(/^gid:\/\/shopify\/AbandonedCheckout\/\d+$/)
    .exactOptional(),
  abandonedCheckoutUrl: z.url({ protocol: /^https?$/ }).exactOptional(),
  customer: z.strictObject({
    firstName: z.string().min(1),
    lastName: z.string().exactOptional(),
    email: z.email().nullable().exactOptional(),
    /** The number that is dialled; the addresses keep their own. */
    phone: E164,
  }),
  /** The codes alone. */
  discountCodes: z.array(z.string()).default([]),
  totalLineItemsPriceSet: MoneySet,
  totalDiscountSet: MoneySet,
  subtotalPriceSet: MoneySet,
  totalPriceSet: MoneySet,
  taxesIncluded: z.boolean().exactOptional(),
  taxLines: z
    .array(
      z.strictObject({
        /** A fraction: 0.07 is seven per cent. */
        rate: z.number(),
        ratePercentage: z.number(),
        source: z.string().nullable(),
        title: z.string(),
        price: Amount,
      }),
    )
    .exactOptional(),
  lineItems: z
    .array(
      z.strictObject({
        title: z.string().min(1),
        quantity: z.int().min(1),
        variant: z
          .strictObject({ id: z.string().regex(/^gid:\/\/shopify\/ProductVariant\/\d+$/), title: z.string().min(1) })
          .exactOptional(),
      }),
    )
    .min(1),
  billingAddress: z.strictObject({ country: z.string().exactOptional(), phone: E164.exactOptional() }).exactOptional(),
  shippingAddress: z
    .strictObject({
      country: z.string().exactOptional(),
      address1: z.string().exactOptional(),
      address2: z.string().exactOptional(),
      city: z.string().exactOptional(),
      province: z.string().exactOptional(),
      provinceCode: z.string().exactOptional(),
      zip: z.string().exactOptional(),
      phone: E164.exactOptional(),
    })
    .exactOptional(),
});

export type AbandonedCartPayload = z.output<typeof AbandonedCartPayload>;
