/** Every Redis key of ours, in one place. BullMQ's own keys live beside them below `<prefix>:<queue name>:`. */
import type { LookupKind } from '../domain/ports.ts';
import type { RecoveryState } from '../domain/recovery.ts';

export type Keys = ReturnType<typeof keysBelow>;

/** @param prefix - REDIS_PREFIX; two installations with different prefixes share a Redis without meeting. */
export function keysBelow(prefix: string) {
  const ofShop = (shop: string) => `${prefix}:shop:${shop}`;
  const personal = [
    { kind: 'recovery', pattern: new RegExp(`^${prefix}:recovery:([^:]+)$`) },
    { kind: 'parked', pattern: new RegExp(`^${prefix}:shop:[^:]+:parked:([^:]+)$`) },
    {
      kind: 'contact',
      pattern: new RegExp(`^${prefix}:(?:shop:[^:]+:(?:find:contact|person:[^:]+)|contact:[^:]+):([^:]+)$`),
    },
  ] as const;
  return {
    /** For SCAN: BullMQ's keys, too. */
    everything: `${prefix}:*`,
    /** What a key holds of a person; `name` is the recovery's id, the parked body's id, or the contact's digest. */
    personalIn(key: string): { readonly kind: 'recovery' | 'parked' | 'contact' | 'other'; readonly name: string } {
      for (const { kind, pattern } of personal) {
        const name = pattern.exec(key)?.[1];
        if (name !== undefined) return { kind, name };
      }
      return { kind: 'other', name: '' };
    },
    /** For SCAN: by what the shop's recoveries are found, what they claimed, and what is remembered of people. */
    foundBy: (shop: string) => `${ofShop(shop)}:find:*`,
    /** What the keys of lookup sets begin with, before their kind. */
    lookups: (shop: string) => `${ofShop(shop)}:find:`,
    claimed: (shop: string) => `${ofShop(shop)}:claim:*`,
    people: (shop: string) => `${ofShop(shop)}:person:*`,
    /** Hash: state, payload, timeline. Expires RECORD_TTL after its last change. */
    recovery: (id: string) => `${prefix}:recovery:${id}`,
    /** Sorted set of the shop's calls of 24 hours, by when they began. */
    shopCalls: (shop: string) => `${ofShop(shop)}:calls`,
    /** Sorted set of ids by time of creation: the list of all recoveries. Pruned by the sweep. */
    all: (shop: string) => `${ofShop(shop)}:recoveries`,
    /** Sorted set of the ids in one state, by due time (`scheduled`) or time of change. Moved by the scripts, pruned by the sweep. */
    inState: (shop: string, state: RecoveryState) => `${ofShop(shop)}:state:${state}`,
    /** Sorted set of the ids with errands to see to, by when the first is due. */
    errands: (shop: string) => `${ofShop(shop)}:errands`,
    /** Sorted set of the ids with a failed errand, by when it failed. */
    failedErrands: (shop: string) => `${ofShop(shop)}:errands:failed`,
    /** Sorted set of the ids that hold personal data, by since when they keep it, or an earlier instant. Pruned by the sweep. */
    erasable: (shop: string) => `${ofShop(shop)}:erasable`,
    /** The id of the recovery that something belongs to. Expires with the records. */
    claim: (shop: string, name: string) => `${ofShop(shop)}:claim:${name}`,
    /** Sorted set of what is remembered of one contact, by time. Expires after the longest time anybody asks for, or with the records. */
    person: (shop: string, fact: string, digest: string) => `${ofShop(shop)}:person:${fact}:${digest}`,
    /** Sorted set of the calls to one contact, or of its refusals, in all shops, by time. Expires with the longest cap. */
    contact: (fact: 'calls' | 'refusals', digest: string) => `${prefix}:contact:${fact}:${digest}`,
    /**
     * Counter: grows whenever something comes to be known of anybody that a decision could depend on, in the same step. While it
     * stands still, strangers stay strangers. Kept.
     */
    news: `${prefix}:news`,
    /** Hash: the do-not-call list, digest → since when, by whom, why. And its order, for paging. Both are kept. */
    suppressions: `${prefix}:suppressions`,
    suppressionOrder: `${prefix}:suppressions:order`,
    /** String: up to when the shop was read completely (JSON). */
    backfill: (shop: string, what: string) => `${ofShop(shop)}:backfill:${what}`,
    /** Set of ids that carry a value. Expires with the records it points at. */
    lookup: (shop: string, kind: LookupKind, value: string) => `${ofShop(shop)}:find:${kind}:${value}`,
    /** Sorted set of parked ids by time of arrival. */
    parked: (shop: string) => `${ofShop(shop)}:parked`,
    /** Hash: one parked body. Expires by itself after the keeping time. */
    parkedBody: (shop: string, id: string) => `${ofShop(shop)}:parked:${id}`,
    /** String: the key of the contacts' digests, sealed. Kept for as long as the data is. */
    contactKey: `${prefix}:contact-key`,
    /** Sorted set of the requests of Shopify's that are still to be carried out, by when they came. */
    requests: (shop: string) => `${ofShop(shop)}:requests`,
    /** Hash: one of them. Kept until it is carried out, as are the next two. */
    request: (shop: string, id: string) => `${ofShop(shop)}:request:${id}`,
    /** Set of the ids of recoveries that it must still see to. */
    requestRecoveries: (shop: string, id: string) => `${ofShop(shop)}:request:${id}:recoveries`,
    /** Set of digests to look for in what nobody could read. */
    requestTraces: (shop: string, id: string) => `${ofShop(shop)}:request:${id}:traces`,
    /** Sorted set of requests of people to know, by when they came. */
    dataRequests: (shop: string) => `${ofShop(shop)}:data-requests`,
    /** String: one of them (JSON). Expires by itself after the keeping time. */
    dataRequest: (shop: string, id: string) => `${ofShop(shop)}:data-request:${id}`,
    /** Stream: who saw or changed what. Trimmed at its old end, never deleted. */
    accessLog: `${prefix}:access-log`,
    /** Written and deleted at once when a Redis is tried. */
    trial: (kind: string) => `${prefix}:trial:${kind}`,
    /** String: the append-only file holds something erased. And a mark that expires when it may be rewritten again. */
    rewriteWanted: `${prefix}:rewrite:wanted`,
    rewriteBegun: `${prefix}:rewrite:begun`,
    /** Hash: why and since when dialling is paused, and in `shut` why no checkout is taken in. Kept until it is resumed. */
    dialSwitch: `${prefix}:dialling`,
  } as const;
}
