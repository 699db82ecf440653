/**
 * What the webhooks of privacy, consent and uninstallation mean, from a read body to a use case. Whatever of a body can be read is
 * obeyed; what cannot is parked beside, so that an operator sees what was asked for.
 */
import { isNobody } from '../domain/named-person.ts';
import type { TakeRequests } from '../recovery/requests/take-requests.ts';
import type { WithdrawConsent } from '../recovery/requests/withdraw-consent.ts';
import { readConsentBody, readPrivacyBody, readUninstalledBody } from '../shopify/privacy-body.ts';
import type { TopicHandler, Understood } from './shopify-intake.ts';

export function privacyTopics(deps: {
  readonly shop: string;
  readonly requests: TakeRequests;
  readonly withdrawConsent: WithdrawConsent;
}): Readonly<Record<string, TopicHandler>> {
  const { shop, requests, withdrawConsent } = deps;

  return {
    async 'customers/redact'(json) {
      const { person, shopDomain, foreign, fault } = readPrivacyBody(json, 'customers/redact');
      if (isOther(shopDomain)) return unreadable('shop_domain');
      if (foreign !== null) return unreadable(foreign);
      if (isNobody(person)) return unreadable(fault ?? 'customer');
      await requests.redactCustomer(person);
      return handledUnless(fault);
    },

    async 'customers/data_request'(json) {
      const { person, shopDomain, dataRequestId, foreign, fault } = readPrivacyBody(json, 'customers/data_request');
      if (isOther(shopDomain)) return unreadable('shop_domain');
      if (foreign !== null) return unreadable(foreign);
      if (isNobody(person)) return unreadable(fault ?? 'customer');
      await requests.askForData(person, dataRequestId);
      return handledUnless(fault);
    },

    async 'shop/redact'(json) {
      const { shopDomain, foreign, fault } = readPrivacyBody(json, 'shop/redact');
      // Everything is at stake: the body itself must say whose it is.
      if (shopDomain === null || isOther(shopDomain)) return unreadable(fault ?? 'shop_domain');
      if (foreign !== null) return unreadable(foreign);
      await requests.redactShop();
      return { kind: 'handled' };
    },

    async 'app/uninstalled'(json) {
      const { shopDomain, fault } = readUninstalledBody(json);
      if (isOther(shopDomain)) return unreadable('myshopify_domain');
      if (fault !== null) return unreadable(fault);
      await requests.uninstall();
      return { kind: 'handled' };
    },

    async 'customers_marketing_consent/update'(json) {
      const { person, state, updatedAt, fault } = readConsentBody(json);
      // What cannot be read may as well be a subscription.
      if (fault === 'sms_marketing_consent' || fault === 'sms_marketing_consent.state') return unreadable(fault);
      // To subscribe to messages is no consent to a call, and to be asked for a confirmation takes none back.
      if (state === 'subscribed' || state === 'pending') return { kind: 'ignored' };
      if (isNobody(person)) return unreadable(fault ?? 'id');
      await withdrawConsent(person, updatedAt);
      return handledUnless(fault);
    },
  };

  /** One app may be installed in several shops, and signs for all of them with one secret; the header is not signed. */
  function isOther(shopDomain: string | null): boolean {
    return shopDomain !== null && shopDomain !== shop;
  }
}

function unreadable(field: string): Understood {
  return { kind: 'unreadable', field };
}

function handledUnless(fault: string | null): Understood {
  return fault === null ? { kind: 'handled' } : unreadable(fault);
}
