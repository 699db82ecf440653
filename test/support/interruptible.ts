/** Races and outages on demand: what happens just before the next call of a method, once; of several, each before a call of its own. */
export type Before<T> = (method: keyof T, happens: () => unknown) => void;

/** @returns the same methods, interrupted where `before` says so. All of them must be asynchronous. */
export function interruptible<T extends object>(target: T): T & { readonly before: Before<T> } {
  const happenings = new Map<unknown, (() => unknown)[]>();
  const interrupted = Object.entries(target).map(([method, act]) => [
    method,
    async (...args: unknown[]) => {
      await happenings.get(method)?.shift()?.();
      return act(...args);
    },
  ]);
  const before: Before<T> = (method, happens) => {
    happenings.set(method, [...(happenings.get(method) ?? []), happens]);
  };
  return { ...(Object.fromEntries(interrupted) as T), before };
}
