/** Requests that a crash, or a wake that was lost, left lying: whoever carries them out is woken again. */
import type { ShopRequestAlarms, ShopRequests } from '../../domain/shop-request.ts';

/** @returns how many are still to be carried out. */
export type RemindOfRequests = () => Promise<number>;

export function remindOfRequests(shop: string, requests: ShopRequests, alarms: ShopRequestAlarms): RemindOfRequests {
  return async () => {
    const open = await requests.openIds(shop);
    for (const id of open) await alarms.wake(id);
    return open.length;
  };
}
