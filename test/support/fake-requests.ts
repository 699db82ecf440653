/** Shopify's requests, people's requests for data and the access log in memory. */
import type { AccessLog, NewAccessEntry } from '../../src/domain/access-log.ts';
import type { DataRequest, DataRequests, ShopRequest, ShopRequests } from '../../src/domain/shop-request.ts';

export function fakeRequests(): ShopRequests {
  const open = new Map<string, { request: ShopRequest; recoveries: Set<string>; traces: Set<string> }>();
  const of = (id: string) => {
    const known = open.get(id);
    if (!known) throw new Error(`no request ${id}`);
    return known;
  };
  return {
    async open(_shop, request, about = { recoveries: [], traces: [] }) {
      const { recoveries, traces } = about;
      const fresh = { ...request, place: null, seen: 0 };
      open.set(request.id, { request: fresh, recoveries: new Set(recoveries), traces: new Set(traces) });
    },
    load: async (_shop, id) => open.get(id)?.request ?? null,
    recoveriesOf: async (_shop, id, limit) => [...of(id).recoveries].slice(0, limit),
    async sawTo(_shop, id, recoveries, traces) {
      const known = of(id);
      for (const one of recoveries) known.recoveries.delete(one);
      for (const trace of traces) known.traces.add(trace);
      known.request = { ...known.request, seen: known.request.seen + recoveries.length };
    },
    async reached(_shop, id, place, seen) {
      const known = of(id);
      known.request = { ...known.request, place, seen };
    },
    tracesOf: async (_shop, id) => new Set(of(id).traces),
    async close(_shop, id) {
      open.delete(id);
    },
    openIds: async () => [...open.keys()],
  };
}

export function fakeDataRequests(): DataRequests {
  const kept = new Map<string, DataRequest>();
  return {
    async keep(_shop, request) {
      if (kept.has(request.id)) return false;
      kept.set(request.id, request);
      return true;
    },
    load: async (_shop, id) => kept.get(id) ?? null,
    list: async () => [...kept.values()].reverse(),
    async remove(_shop, id) {
      kept.delete(id);
    },
  };
}

export function fakeAccessLog(): AccessLog & { readonly entries: NewAccessEntry[] } {
  const entries: NewAccessEntry[] = [];
  return {
    entries,
    append: async (entry) => void entries.push(entry),
    read: async () => ({ entries: [], nextCursor: null }),
  };
}
