/** Looking through parked bodies for traces of a person. Nobody could read them, so everything in them is looked at. */
import { tracesIn } from '../domain/named-person.ts';
import type { ParkedDelivery, ParkedStore } from '../domain/parked.ts';
import { StoreUnavailableError } from '../errors.ts';
import type { FindParked } from '../recovery/requests/parts.ts';
import { parseJson } from '../shopify/lossless-json.ts';

export function findParkedBy(deps: {
  readonly shop: string;
  readonly parked: ParkedStore;
  /** Under what a trace may stand. */
  readonly digests: (trace: string) => readonly string[];
}): FindParked {
  const { shop, parked, digests } = deps;
  return async function* (traces) {
    if (traces.size === 0) return;
    for (const id of await parked.ids(shop)) {
      const delivery = await readIfPossible(id);
      if (delivery && holds(delivery, traces)) yield delivery;
    }
  };

  /** One that cannot be opened is left to its end: it is kept for a week at most. */
  async function readIfPossible(id: string): Promise<ParkedDelivery | null> {
    try {
      return await parked.read(shop, id);
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      return null;
    }
  }

  /** With a call event's body the attempt's id was kept, in place of an API version. */
  function holds({ body, apiVersion }: ParkedDelivery, traces: ReadonlySet<string>): boolean {
    const json = parseJson(body);
    for (const trace of tracesIn([json.ok ? json.value : body, apiVersion])) {
      if (digests(trace).some((digest) => traces.has(digest))) return true;
    }
    return false;
  }
}
