/**
 * What a merchant answers somebody with who wants to know what is held of them. It is put together when it is asked for: a copy would be
 * one more place to protect and to erase, and would say what is no longer so.
 */
import type { Clock, ParkedDelivery, RecoveryStore } from '../../domain/ports.ts';
import type { Recovery } from '../../domain/recovery.ts';
import type { DataRequest, DataRequests } from '../../domain/shop-request.ts';
import { StoreUnavailableError } from '../../errors.ts';
import type { FindParked } from './parts.ts';

/** Everything held of one person. Personal data. */
export interface HeldData {
  readonly request: DataRequest;
  /** Epoch milliseconds, UTC. */
  readonly gatheredAt: number;
  readonly recoveries: readonly Recovery[];
  /** Ids of recoveries that could not be read: an operator must look. */
  readonly unreadable: readonly string[];
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
  readonly dataRequests: DataRequests;
  readonly findParked: FindParked;
  readonly clock: Clock;
}): AnswerDataRequests {
  const { shop, store, dataRequests, findParked, clock } = deps;

  return {
    list: () => dataRequests.list(shop, clock.now()),

    async gather(id) {
      const request = await dataRequests.load(shop, id);
      if (!request) return null;
      const recoveries: Recovery[] = [];
      const unreadable: string[] = [];
      for (const recoveryId of request.recoveries) {
        try {
          const recovery = await store.load(recoveryId);
          if (recovery) recoveries.push(recovery);
        } catch (error) {
          if (error instanceof StoreUnavailableError) throw error;
          unreadable.push(recoveryId);
        }
      }
      const parked: ParkedDelivery[] = [];
      for await (const delivery of findParked(new Set(request.traces))) parked.push(delivery);
      return { request, gatheredAt: clock.now(), recoveries, unreadable, parked };
    },
  };
}
