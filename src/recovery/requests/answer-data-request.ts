/**
 * What a merchant answers somebody with who wants to know what is held of them. It is looked up when it is asked for, by what the request
 * keeps: a copy would be one more place to protect and to erase, and would say what is no longer so.
 */

import type { ParkedDelivery } from '../../domain/parked.ts';
import type { People } from '../../domain/people.ts';
import type { PersonHistories, PersonHistory } from '../../domain/person-history.ts';
import type { Clock, RecoveryStore } from '../../domain/ports.ts';
import type { Recovery } from '../../domain/recovery.ts';
import type { DataRequest, DataRequests } from '../../domain/shop-request.ts';
import type { Suppressions } from '../../domain/suppression.ts';
import { StoreUnavailableError } from '../../errors.ts';
import type { FindParked } from './parts.ts';

/** Everything held of one person at one moment. Personal data. */
export interface HeldData {
  readonly request: DataRequest;
  /** Epoch milliseconds, UTC. */
  readonly gatheredAt: number;
  readonly recoveries: readonly Recovery[];
  /** Ids of recoveries that could not be read: an operator must look. */
  readonly unreadable: readonly string[];
  /** What is remembered of the person beside the recoveries. */
  readonly facts: Awaited<ReturnType<People['allOfDigests']>>;
  /** What decides whether they may be called: calls, refusals, consent taken back, the do-not-call list. */
  readonly history: PersonHistory;
  readonly parked: readonly ParkedDelivery[];
}

export interface AnswerDataRequests {
  /** Newest first; those of the last 30 days. */
  list(): Promise<readonly DataRequest[]>;
  /** @returns null when there is no such request (any more). */
  gather(id: string): Promise<HeldData | null>;
}

export function answerDataRequests(deps: {
  readonly shop: string;
  readonly store: RecoveryStore;
  readonly people: People;
  readonly histories: PersonHistories;
  readonly recoveriesOf: Suppressions['recoveriesOf'];
  readonly dataRequests: DataRequests;
  readonly findParked: FindParked;
  readonly clock: Clock;
}): AnswerDataRequests {
  const { shop, store, people, histories, recoveriesOf, dataRequests, findParked, clock } = deps;

  return {
    list: () => dataRequests.list(shop, clock.now()),

    async gather(id) {
      const request = await dataRequests.load(shop, id);
      if (!request) return null;
      const recoveries: Recovery[] = [];
      const unreadable: string[] = [];
      for (const recoveryId of await idsOf(request)) {
        try {
          const recovery = await store.load(recoveryId);
          if (recovery) recoveries.push(recovery);
        } catch (error) {
          if (error instanceof StoreUnavailableError) throw error;
          unreadable.push(recoveryId);
        }
      }
      // The request may name nobody but the customer's id; whose contacts those are, the recoveries know.
      const digests = [...new Set([...request.contacts, ...recoveries.flatMap(({ record }) => record.contacts)])];
      const gatheredAt = clock.now();
      const facts = await people.allOfDigests(shop, digests);
      const history = await histories.historyOfDigests(shop, digests, gatheredAt);
      const parked: ParkedDelivery[] = [];
      for await (const delivery of findParked(new Set(request.traces))) parked.push(delivery);
      return { request, gatheredAt, recoveries, unreadable, facts, history, parked };
    },
  };

  /** Those of the request, and those that have come since. */
  async function idsOf({ recoveries, contacts, customerId }: DataRequest): Promise<Set<string>> {
    const ofCustomer = customerId === null ? [] : store.find(shop, { kind: 'customer', value: customerId });
    const found = await Promise.all([ofCustomer, ...contacts.map((digest) => recoveriesOf(shop, digest))]);
    return new Set([...recoveries, ...found.flat()]);
  }
}
