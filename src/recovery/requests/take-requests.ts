/**
 * Taking Shopify's requests on: what must hold at once is done, and the rest is written down before the webhook is answered. Whoever
 * carries it out is only woken.
 */
import type { AccessLog } from '../../domain/access-log.ts';
import type { Journal } from '../../domain/journal.ts';
import {
  contactsOfNamed,
  lookupsOfNamed,
  type NamedPerson,
  sureTracesOfNamed,
  tracesOfNamed,
} from '../../domain/named-person.ts';
import type { People } from '../../domain/people.ts';
import type { Clock, DialSwitch, RecoveryStore } from '../../domain/ports.ts';
import type { DataRequests, ShopRequestAlarms, ShopRequestKind, ShopRequests } from '../../domain/shop-request.ts';
import type { Digest, FindPerson, FindPersonSurely } from './parts.ts';

export interface TakeRequests {
  /** Everything held of the person goes. */
  redactCustomer(person: NamedPerson): Promise<void>;
  /** Everything held of the shop's shoppers goes, and nobody is called until an operator resumes. */
  redactShop(): Promise<void>;
  /** The shop has uninstalled the app: nobody is called, and what is under way is stopped. */
  uninstall(): Promise<void>;
  /** Somebody wants to know what is held of them. @param shopifyId - Shopify's number of the request. */
  askForData(person: NamedPerson, shopifyId: string | null): Promise<void>;
}

export function takeRequests(deps: {
  readonly shop: string;
  readonly store: RecoveryStore;
  readonly people: People;
  readonly requests: ShopRequests;
  readonly dataRequests: DataRequests;
  readonly alarms: ShopRequestAlarms;
  readonly dialSwitch: DialSwitch;
  readonly accessLog: AccessLog;
  readonly findPerson: FindPerson;
  readonly findPersonSurely: FindPersonSurely;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly digest: Digest;
  /** Told to nobody before, and safe in a URL. */
  readonly newId: () => string;
  /** Hears of a wake that could not be set; the reminder finds the request by its list. */
  readonly onError: (error: Error) => void;
}): TakeRequests {
  const { shop, store, people, requests, dataRequests, alarms, dialSwitch, accessLog, findPerson, clock } = deps;
  const { findPersonSurely, journal, digest, newId, onError } = deps;

  return {
    async redactCustomer(person) {
      const recoveries = await findPerson(person);
      const traces = tracesOfNamed(person).map(digest);
      // The only moment in which the person's contacts are known here.
      await people.forget(shop, contactsOfNamed(person));
      await open('customer_redact', 'customers/redact', { recoveries, traces }, async () => {
        await store.unlink(shop, recoveries, lookupsOfNamed(person));
      });
    },

    async redactShop() {
      await dialSwitch.shut('shop_redacted');
      await open('shop_redact', 'shop/redact');
    },

    async uninstall() {
      await dialSwitch.shut('uninstalled');
      await open('uninstalled', 'app/uninstalled');
      journal.alarm('shop_uninstalled', { shop });
    },

    async askForData(person, shopifyId) {
      const id = shopifyId === null ? newId() : `data-${shopifyId}`;
      const receivedAt = clock.now();
      const { recoveries, contacts } = await findPersonSurely(person);
      const isNew = await dataRequests.keep(shop, {
        ...{ id, receivedAt, shopifyId, customerId: person.customerId },
        recoveries,
        contacts: contacts.map(digest),
        traces: sureTracesOfNamed(person, contacts).map(digest),
      });
      if (!isNew) return;
      const entry = { at: receivedAt, who: 'shopify', what: 'customers/data_request', outcome: 'kept', about: id };
      await accessLog.append(entry);
      journal.alarm('data_requested', { requestId: id });
    },
  };

  async function open(
    kind: ShopRequestKind,
    topic: string,
    about: { readonly recoveries: readonly string[]; readonly traces: readonly string[] } = {
      recoveries: [],
      traces: [],
    },
    then: () => Promise<void> = async () => {},
  ): Promise<void> {
    const id = newId();
    const receivedAt = clock.now();
    await requests.open(shop, { id, kind, receivedAt }, about);
    await then();
    await accessLog.append({ at: receivedAt, who: 'shopify', what: topic, outcome: 'taken', about: id });
    await alarms.wake(id).catch(onError);
  }
}
