/** What all files of the intent journal say together, in whichever order they are read. Instants are epoch milliseconds. */

export interface IntentMemory {
  /** An attempt began. @param names - digests of whom it calls. */
  dial(at: number, recoveryId: string, attempt: number, names: readonly string[]): void;
  /** The attempt called nobody: takes back a dial that began by then, and no later one. */
  none(at: number, recoveryId: string, attempt: number): void;
  /** The first instant at which this attempt can begin (again) and count. After a restore of the store a number may come again. */
  earliest(recoveryId: string, attempt: number): number;
  /** When the attempt began; null: it did not, or called nobody. */
  begunAt(recoveryId: string, attempt: number): number | null;
  lastAttempt(recoveryId: string): { readonly attempt: number; readonly at: number } | null;
  /** Recoveries that were dialled under any of these names, newest first. @param names - digests. */
  dialledUnder(names: readonly string[]): { readonly recoveryId: string; readonly at: number }[];
  /** Lets go of what is too old to concern anybody. */
  prune(): void;
}

/** @param isYoung - whether what was at an instant still concerns anybody. */
export function intentMemory(isYoung: (at: number) => boolean): IntentMemory {
  /** By recovery: its attempts and when they began. */
  const attempts = new Map<string, Map<number, number>>();
  /** By recovery and attempt: when it turned out to have called nobody. */
  const nones = new Map<string, number>();
  /** By digest of a name: the recoveries that were dialled under it, and when. */
  const named = new Map<string, Map<string, number>>();

  return {
    dial(at, recoveryId, attempt, names) {
      if (!isYoung(at) || at < (nones.get(nameOf(recoveryId, attempt)) ?? 0)) return;
      const known = new Map(attempts.get(recoveryId));
      attempts.set(recoveryId, known.set(attempt, Math.max(at, known.get(attempt) ?? 0)));
      for (const name of names) named.set(name, new Map(named.get(name)).set(recoveryId, at));
    },

    none(at, recoveryId, attempt) {
      const name = nameOf(recoveryId, attempt);
      if (isYoung(at)) nones.set(name, Math.max(at, nones.get(name) ?? 0));
      const known = attempts.get(recoveryId);
      if (at >= (known?.get(attempt) ?? 0)) known?.delete(attempt);
      if (known?.size === 0) attempts.delete(recoveryId);
    },

    earliest(recoveryId, attempt) {
      const none = nones.get(nameOf(recoveryId, attempt));
      return none === undefined ? 0 : none + 1;
    },

    begunAt: (recoveryId, attempt) => attempts.get(recoveryId)?.get(attempt) ?? null,

    lastAttempt(recoveryId) {
      const [last] = [...(attempts.get(recoveryId) ?? [])].sort(([one], [other]) => other - one);
      return last && isYoung(last[1]) ? { attempt: last[0], at: last[1] } : null;
    },

    dialledUnder(names) {
      const times = new Map<string, number>();
      for (const name of names) {
        for (const [id, at] of named.get(name) ?? []) {
          if (attempts.has(id)) times.set(id, Math.max(at, times.get(id) ?? 0));
        }
      }
      const all = [...times].map(([recoveryId, at]) => ({ recoveryId, at }));
      return all.filter(({ at }) => isYoung(at)).sort((one, other) => other.at - one.at);
    },

    prune() {
      for (const [name, at] of nones) if (!isYoung(at)) nones.delete(name);
      for (const [id, known] of attempts) if (![...known.values()].some(isYoung)) attempts.delete(id);
      for (const [name, known] of named) if (![...known.keys()].some((id) => attempts.has(id))) named.delete(name);
    },
  };
}

function nameOf(recoveryId: string, attempt: number): string {
  return `${recoveryId} ${attempt}`;
}
