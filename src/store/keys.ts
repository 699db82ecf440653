/** Every Redis key of ours, in one place. BullMQ's own keys live beside them below `<prefix>:<queue name>:`. */
import type { LookupKind } from '../domain/ports.ts';
import type { RecoveryState } from '../domain/recovery.ts';

export type Keys = ReturnType<typeof keysBelow>;

/** @param prefix - REDIS_PREFIX; two installations with different prefixes share a Redis without meeting. */
export function keysBelow(prefix: string) {
  const ofShop = (shop: string) => `${prefix}:shop:${shop}`;
  return {
    /** Hash: state, payload, timeline. Expires RECORD_TTL after its last change. */
    recovery: (id: string) => `${prefix}:recovery:${id}`,
    /** Sorted set of ids by time of creation: the list of all recoveries. Pruned by the sweep. */
    all: (shop: string) => `${ofShop(shop)}:recoveries`,
    /** Sorted set of the ids in one state, by due time (`scheduled`) or time of change. Moved by the scripts, pruned by the sweep. */
    inState: (shop: string, state: RecoveryState) => `${ofShop(shop)}:state:${state}`,
    /** Set of ids that carry a value. Expires with the records it points at. */
    lookup: (shop: string, kind: LookupKind, value: string) => `${ofShop(shop)}:find:${kind}:${value}`,
    /** Sorted set of parked ids by time of arrival. */
    parked: (shop: string) => `${ofShop(shop)}:parked`,
    /** Hash: one parked body. Expires by itself after the keeping time. */
    parkedBody: (shop: string, id: string) => `${ofShop(shop)}:parked:${id}`,
    /** Hash: why and since when dialling is paused. Kept until it is resumed. */
    dialSwitch: `${prefix}:dialling`,
  } as const;
}
