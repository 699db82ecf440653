/** Which recoveries have errands that failed, or that are still to be done: what an operator looks through. */
import type { Errand } from '../domain/errand.ts';
import type { RecoveryStore } from '../domain/ports.ts';
import type { RecoveryRecord } from '../domain/recovery.ts';
import { StoreUnavailableError } from '../errors.ts';

/** `open` are those being done, too. */
export type ListedErrands = 'failed' | 'open';

export interface RecoveryWithErrands {
  readonly record: RecoveryRecord;
  /** Only those that were asked for; at least one. */
  readonly errands: readonly { readonly key: string; readonly errand: Errand }[];
}

/** Failed ones by the newest failure first, open ones by what is due longest. @param limit - of recoveries. */
export type ListErrands = (state: ListedErrands, limit: number) => Promise<readonly RecoveryWithErrands[]>;

/** An errand may be due at any time to come. */
const EVER = Number.MAX_SAFE_INTEGER;

export function listErrands(store: RecoveryStore, shop: string): ListErrands {
  return async (state, limit) => {
    const ids = await (state === 'failed'
      ? store.idsWithFailedErrands(shop, limit)
      : store.idsWithErrands(shop, EVER, limit));
    const found = await Promise.all(ids.map(loadIfReadable));
    return found
      .filter((record) => record !== null)
      .map((record) => ({ record, errands: errandsOf(record, state) }))
      .filter(({ errands }) => errands.length > 0);
  };

  /** One record that cannot be read must not hide the others; the sweep raises an alarm for it. */
  async function loadIfReadable(id: string): Promise<RecoveryRecord | null> {
    try {
      return (await store.load(id))?.record ?? null;
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      return null;
    }
  }
}

function errandsOf({ errands }: RecoveryRecord, listed: ListedErrands): RecoveryWithErrands['errands'] {
  return Object.entries(errands)
    .map(([key, errand]) => ({ key, errand }))
    .filter(({ errand: { state } }) =>
      listed === 'failed' ? state === 'failed' : state === 'open' || state === 'doing',
    );
}
