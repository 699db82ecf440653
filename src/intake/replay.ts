/** Replay: parked bodies go through the mended parser, oldest first. What is understood now leaves the car park. */
import type { ParkedDelivery, ParkedStore } from '../domain/parked.ts';
import { SealedTextError } from '../errors.ts';
import type { CallEventIntake } from './call-event-intake.ts';
import type { ShopifyIntake } from './shopify-intake.ts';

export interface ReplayReport {
  readonly understood: number;
  /** Field to number of bodies that still stop there. */
  readonly stillUnreadable: Readonly<Record<string, number>>;
}

export type Replay = (onProgress?: (done: number, total: number) => void) => Promise<ReplayReport>;

const MOST_AT_ONCE = 10_000;
/** Stands for the field where there is no body to look into. */
const SEALED = '(sealed with an unknown key)';

export function replayParked(deps: {
  readonly shop: string;
  readonly parked: ParkedStore;
  readonly shopify: ShopifyIntake;
  readonly callEvents: CallEventIntake;
}): Replay {
  const { shop, parked, shopify, callEvents } = deps;
  return async (onProgress = () => {}) => {
    const rows = await parked.list(shop, MOST_AT_ONCE);
    const stillUnreadable: Record<string, number> = {};
    let understood = 0;
    for (const [i, { id }] of rows.entries()) {
      const delivery = await open(id);
      if (delivery === 'sealed') {
        stillUnreadable[SEALED] = (stillUnreadable[SEALED] ?? 0) + 1;
      } else if (delivery) {
        const { source, topic, apiVersion, body } = delivery;
        const result =
          source === 'shopify'
            ? await shopify.understand({ topic, apiVersion, body })
            : await callEvents.understand({ body, pathAttemptId: apiVersion });
        if (result.kind === 'unreadable') {
          stillUnreadable[result.field] = (stillUnreadable[result.field] ?? 0) + 1;
        } else {
          await parked.remove(shop, id);
          understood++;
        }
      }
      onProgress(i + 1, rows.length);
    }
    return { understood, stillUnreadable };
  };

  async function open(id: string): Promise<ParkedDelivery | null | 'sealed'> {
    try {
      return await parked.read(shop, id);
    } catch (error) {
      if (error instanceof SealedTextError) return 'sealed';
      throw error;
    }
  }
}
