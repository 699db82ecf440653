/**
 * The part of the core that answers for people: taking Shopify's requests on, carrying them out, and telling what is held. Composition
 * only; the core joins it to the rest.
 */
import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { AccessLog } from './domain/access-log.ts';
import type { Journal } from './domain/journal.ts';
import type { ParkedStore } from './domain/parked.ts';
import type { People } from './domain/people.ts';
import type { PersonHistories } from './domain/person-history.ts';
import type { Clock, DialSwitch, RecoveryStore } from './domain/ports.ts';
import type { Suppressions } from './domain/suppression.ts';
import { findParkedBy } from './intake/parked-traces.ts';
import { privacyTopics } from './intake/privacy-topics.ts';
import type { TopicHandler } from './intake/shopify-intake.ts';
import { type RequestQueue, requestAlarmsOn, requestQueue } from './queue/request-queue.ts';
import { type AnswerDataRequests, answerDataRequests } from './recovery/requests/answer-data-request.ts';
import { type CarryOutRequest, carryOutRequest } from './recovery/requests/carry-out-request.ts';
import { findPerson, findPersonSurely } from './recovery/requests/find-person.ts';
import type { Erase, NoteConsentWithdrawn } from './recovery/requests/parts.ts';
import { type RemindOfRequests, remindOfRequests } from './recovery/requests/remind-of-requests.ts';
import { takeRequests } from './recovery/requests/take-requests.ts';
import { withdrawConsent } from './recovery/requests/withdraw-consent.ts';
import type { StopById } from './recovery/stop-recovery.ts';
import type { ContactDigests } from './store/contact-digests.ts';
import { dataRequestStore } from './store/data-request-store.ts';
import type { Keys } from './store/keys.ts';
import { requestStore } from './store/request-store.ts';

export interface Privacy {
  readonly topics: Readonly<Record<string, TopicHandler>>;
  readonly queue: RequestQueue;
  readonly carryOut: CarryOutRequest;
  readonly remind: RemindOfRequests;
  /** How many requests are still to be carried out. */
  readonly countOpen: () => Promise<number>;
  readonly dataRequests: AnswerDataRequests;
}

export function buildPrivacy(deps: {
  readonly redis: Redis;
  readonly keys: Keys;
  readonly prefix: string;
  readonly shop: string;
  readonly store: RecoveryStore;
  readonly people: People;
  readonly histories: PersonHistories;
  readonly suppressions: Suppressions;
  readonly contacts: ContactDigests;
  readonly parked: ParkedStore;
  readonly dialSwitch: DialSwitch;
  readonly accessLog: AccessLog;
  readonly stopById: StopById;
  /** Empties a record of its person. */
  readonly erase: Erase;
  /** Remembers who is not to be called, for checkouts yet to come. */
  readonly noteConsentWithdrawn: NoteConsentWithdrawn;
  /** Hears of every redaction that is carried out. */
  readonly onForgotten: () => Promise<void>;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly onError: (error: Error) => void;
}): Privacy {
  const { redis, keys, prefix, shop, store, contacts, onError } = deps;
  const queue = requestQueue(redis, prefix);
  queue.on('error', onError);
  const parts = {
    ...deps,
    requests: requestStore(redis, keys),
    dataRequests: dataRequestStore(redis, keys),
    alarms: requestAlarmsOn(queue),
    digest: contacts.of,
    digests: contacts.all,
    findPerson: findPerson(store, shop),
    findPersonSurely: findPersonSurely(store, shop),
    newId: () => randomBytes(12).toString('base64url'),
  };
  const findParked = findParkedBy(parts);
  const topics = privacyTopics({ shop, requests: takeRequests(parts), withdrawConsent: withdrawConsent(parts) });
  const carryOut = carryOutRequest({ ...parts, findParked });
  const dataRequests = answerDataRequests({ ...parts, findParked, recoveriesOf: deps.suppressions.recoveriesOf });
  /** Whoever is meant is looked for by digests, which need their key. */
  const opened = <Told, Answer>(use: (told: Told) => Promise<Answer>) => {
    return async (told: Told): Promise<Answer> => {
      await contacts.load();
      return use(told);
    };
  };
  return {
    topics: Object.fromEntries(Object.entries(topics).map(([topic, handle]) => [topic, opened(handle)])),
    queue,
    carryOut: opened(carryOut),
    remind: remindOfRequests(shop, parts.requests, parts.alarms),
    countOpen: async () => (await parts.requests.openIds(shop)).length,
    dataRequests: { list: dataRequests.list, gather: opened(dataRequests.gather) },
  };
}
