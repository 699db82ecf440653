/** The webhooks of privacy, consent and uninstallation as Shopify sends them, for a shopper of a test. Invented, like the shopper. */
import { SHOP, type ShopperInTest, type Webhook } from './a-shopper.ts';

/** Which of the ways of naming a person a body uses. */
export interface Naming {
  readonly id?: boolean;
  readonly email?: boolean;
  /** As the shopper typed it, without the country's code. */
  readonly phone?: boolean;
  /** With it. */
  readonly e164?: boolean;
}

const BY_ALL: Naming = { id: true, email: true, phone: true };

/** Ids are written without quotes, as Shopify does, and beyond 2^53. */
function withIds(text: string): string {
  return text.replace(/"(\d{17,20})"/g, '$1');
}

function webhook(topic: string, body: Readonly<Record<string, unknown>>): Webhook {
  return { topic, apiVersion: '2026-10', body: withIds(JSON.stringify(body)) };
}

function customerOf({ shopper, ids }: ShopperInTest, { id, email, phone, e164 }: Naming) {
  return {
    id: id ? `${ids.customerId}` : null,
    email: email ? shopper.email.toUpperCase() : null,
    phone: e164 ? shopper.e164 : phone ? shopper.typedPhone : null,
  };
}

export function customersRedact(shopper: ShopperInTest, naming = BY_ALL, orders: readonly bigint[] = []): Webhook {
  return webhook('customers/redact', {
    shop_id: 70134591,
    shop_domain: SHOP,
    customer: customerOf(shopper, naming),
    orders_to_redact: orders.map(String),
  });
}

export function dataRequest(shopper: ShopperInTest, number: number, naming = BY_ALL): Webhook {
  return webhook('customers/data_request', {
    shop_id: 70134591,
    shop_domain: SHOP,
    orders_requested: [],
    customer: customerOf(shopper, naming),
    data_request: { id: number },
  });
}

export function shopRedact(shop = SHOP): Webhook {
  return webhook('shop/redact', { shop_id: 70134591, shop_domain: shop });
}

export function appUninstalled(shop: string | null = SHOP): Webhook {
  return webhook('app/uninstalled', { id: 70134591, name: 'Fenwick Lantern', domain: null, myshopify_domain: shop });
}

export function marketingConsent(
  shopper: ShopperInTest,
  state: string | null,
  naming: Naming = { id: true },
  at = '2026-11-20T09:15:00-05:00',
): Webhook {
  const { id, email, phone } = customerOf(shopper, naming);
  return webhook('customers_marketing_consent/update', {
    ...{ id, phone: phone && shopper.shopper.e164, email },
    sms_marketing_consent: {
      state,
      opt_in_level: 'single_opt_in',
      consent_updated_at: at,
      consent_collected_from: 'other',
    },
  });
}
