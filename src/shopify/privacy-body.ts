/**
 * The bodies of the webhooks in which Shopify speaks for a person or for the shop: `customers/redact`, `customers/data_request`,
 * `shop/redact`, `customers_marketing_consent/update` and `app/uninstalled`. They are read more tolerantly than others: what is asked
 * for is a right, so whatever of a body can be read is obeyed, and what cannot is told beside it.
 *
 * The topic stands in a header that nobody signed, and much is lost by taking one body for another: so each reader also looks whether
 * the body is one of its own topic.
 */
import type { NamedPerson } from '../domain/named-person.ts';
import { readInstant } from './wire-instant.ts';
import { isNothing, type Reading, readId, readLooseText, readText } from './wire-scalars.ts';

type Fields = Readonly<Record<string, unknown>>;

export type PrivacyTopic = 'customers/redact' | 'customers/data_request' | 'shop/redact';

/** What only the bodies of other topics hold. */
const FOREIGN: Readonly<Record<PrivacyTopic, readonly string[]>> = {
  'customers/redact': ['data_request', 'orders_requested'],
  'customers/data_request': ['orders_to_redact'],
  'shop/redact': ['customer', 'orders_to_redact', 'orders_requested', 'data_request'],
};

/** What a body asks, as far as it can be read. */
export interface PrivacyBody {
  readonly person: NamedPerson;
  /** The permanent domain that the body names, lower case. Signed, unlike the header; null when it names none. */
  readonly shopDomain: string | null;
  /** The number that Shopify gave a `customers/data_request`, decimal digits. */
  readonly dataRequestId: string | null;
  /** What shows that it is the body of another topic; null: nothing does. */
  readonly foreign: string | null;
  /** Dotted path of the first value of the wrong kind, `body` when it is no object; null when all could be read. */
  readonly fault: string | null;
}

export function readPrivacyBody(body: unknown, topic: PrivacyTopic): PrivacyBody {
  const { at, fault } = reading();
  const fields = at(body, 'body', readObject) ?? {};
  const customer = at(fields.customer, 'customer', readObject) ?? {};
  const orders = fields.orders_to_redact ?? fields.orders_requested;
  const ordersField = isNothing(fields.orders_to_redact) ? 'orders_requested' : 'orders_to_redact';
  const request = at(fields.data_request, 'data_request', readObject) ?? {};
  return {
    person: {
      customerId: at(customer.id, 'customer.id', readId),
      email: at(customer.email, 'customer.email', readText),
      phone: at(customer.phone, 'customer.phone', readLooseText),
      orderIds: (at(orders, ordersField, readList) ?? []).flatMap(
        (id, i) => at(id, `${ordersField}.${i}`, readId) ?? [],
      ),
    },
    shopDomain: at(fields.shop_domain, 'shop_domain', readText)?.trim().toLowerCase() ?? null,
    dataRequestId: at(request.id, 'data_request.id', readId),
    foreign: FOREIGN[topic].find((field) => field in fields) ?? null,
    fault: fault(),
  };
}

/** What a customer's consent to text messages has become. */
export interface ConsentBody {
  readonly person: NamedPerson;
  /**
   * Lower case, of an open set; null: the customer has none. Known are `subscribed`, `unsubscribed`, `not_subscribed`, `pending` and
   * `redacted`. Source: `CustomerSmsMarketingState` of the Admin API 2026-10.
   */
  readonly state: string | null;
  /** Epoch milliseconds, UTC. */
  readonly updatedAt: number | null;
  /** As above; `sms_marketing_consent` when the body does not speak of it at all. */
  readonly fault: string | null;
}

/** The customer's id and number stand at the top of this body, and the address where Shopify sends one. */
export function readConsentBody(body: unknown): ConsentBody {
  const { at, fault } = reading();
  const fields = at(body, 'body', readObject) ?? {};
  const idField = isNothing(fields.customer_id) ? 'id' : 'customer_id';
  const emailField = isNothing(fields.email_address) ? 'email' : 'email_address';
  const consent = at(fields.sms_marketing_consent, 'sms_marketing_consent', readObject) ?? {};
  const said = {
    person: {
      customerId: at(fields[idField], idField, readId),
      email: at(fields[emailField], emailField, readText),
      phone: at(fields.phone, 'phone', readLooseText),
      orderIds: [],
    },
    state: at(consent.state, 'sms_marketing_consent.state', readText)?.toLowerCase() ?? null,
    updatedAt: at(consent.consent_updated_at, 'sms_marketing_consent.consent_updated_at', readInstant),
  };
  return { ...said, fault: fault() ?? ('sms_marketing_consent' in fields ? null : 'sms_marketing_consent') };
}

/** Which shop has uninstalled the app. */
export interface UninstalledBody {
  /** Permanent domain, lower case; null when the body names none. */
  readonly shopDomain: string | null;
  /** `myshopify_domain` also when there is no such field, not even an empty one: then it is not a shop that the body describes. */
  readonly fault: string | null;
}

export function readUninstalledBody(body: unknown): UninstalledBody {
  const { at, fault } = reading();
  const fields = at(body, 'body', readObject) ?? {};
  const shopDomain = at(fields.myshopify_domain, 'myshopify_domain', readText)?.trim().toLowerCase() ?? null;
  return { shopDomain, fault: fault() ?? ('myshopify_domain' in fields ? null : 'myshopify_domain') };
}

/** Reads value by value and remembers the first that was of the wrong kind; such a one reads as null. */
function reading() {
  let first: string | null = null;
  return {
    at<T>(value: unknown, field: string, read: (value: unknown) => Reading<T>): T | null {
      const found = read(value);
      if (found === undefined) first ??= field;
      return found ?? null;
    },
    fault: () => first,
  };
}

function readObject(value: unknown): Reading<Fields> {
  if (isNothing(value)) return null;
  return typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : undefined;
}

function readList(value: unknown): Reading<readonly unknown[]> {
  if (isNothing(value)) return null;
  return Array.isArray(value) ? value : undefined;
}
