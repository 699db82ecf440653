/**
 * Entries that come by the dozen: a board that refreshes itself, somebody who guesses passwords. The first is written when it happens,
 * and those that say the same are counted and written together once a minute, so that they do not push the others out of the log.
 */
import type { AccessEntry, AccessLog, NewAccessEntry } from '../../domain/access-log.ts';
import { MINUTE } from '../../domain/duration.ts';

export interface RepeatedEntries {
  /** Resolves when it is written, or counted. @throws {StoreUnavailableError} when it is the first and cannot be written. */
  note(entry: NewAccessEntry): Promise<void>;
  /** Writes what was counted, and ends. */
  close(): Promise<void>;
}

const WRITE_EVERY_MS = MINUTE;

/** @param onError - hears of counts that could not be written; they are kept and written later. */
export function repeatedEntries(accessLog: AccessLog, onError: (error: Error) => void): RepeatedEntries {
  const counted = new Map<string, { readonly last: NewAccessEntry; readonly times: number }>();
  const timer = setInterval(() => void writeCounts(), WRITE_EVERY_MS).unref();

  return {
    async note(entry) {
      const key = nameOf(entry);
      const known = counted.get(key);
      counted.set(key, { last: entry, times: (known?.times ?? -1) + 1 });
      if (known) return;
      try {
        await accessLog.append(entry);
      } catch (error) {
        counted.delete(key);
        throw error;
      }
    },
    async close() {
      clearInterval(timer);
      await writeCounts();
    },
  };

  /** What was not seen again for a minute begins anew. */
  async function writeCounts(): Promise<void> {
    for (const [key, { last, times }] of counted) {
      try {
        if (times > 0) await accessLog.append({ ...last, times });
        if (times > 0) counted.set(key, { last, times: (counted.get(key)?.times ?? times) - times });
        else counted.delete(key);
      } catch (error) {
        onError(error as Error);
        return;
      }
    }
  }
}

function nameOf({ who, what, outcome, about, detail }: Omit<NewAccessEntry, keyof Pick<AccessEntry, 'at'>>): string {
  return JSON.stringify([who, what, outcome, about, detail]);
}
