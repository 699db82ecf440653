/** A scene: one shopper's session as it is played, with everything the demo has learned about it so far. */
import { createSession, type SessionKind, type ShopDelivery, type ShopperSession } from '../stand-ins/shop/sessions.ts';
import { playSession } from '../stand-ins/shop/shopper.ts';
import type { SeenRecovery } from './ops-api.ts';
import type { Stage } from './stage.ts';

/** A shopper's minute; more than a second, because Shopify's clock has whole seconds. */
export const MINUTE_MS = 1_100;

export interface Scene {
  readonly session: ShopperSession;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Webhooks answered, whatever with. */
  sent: number;
  /** What was answered with anything but 2xx. */
  readonly failures: string[];
  /** As last seen in the operator's API. */
  seen: SeenRecovery | null;
}

/** A scene that begins now. */
export function openScene(kind: SessionKind, shop: string): Scene {
  const startedAt = Date.now();
  const session = createSession(kind, { shop, startedAt: new Date(startedAt), minuteMs: MINUTE_MS });
  return { session, startedAt, sent: 0, failures: [], seen: null };
}

/** Sends the scene's webhooks when they are due; `changed` is called after every answer. */
export async function playScene(scene: Scene, stage: Stage, signal: AbortSignal, changed: () => void): Promise<void> {
  const { session, startedAt } = scene;
  const sent = (delivery: ShopDelivery, result: { status: number } | { error: string }) => {
    scene.sent += 1;
    const answer = 'status' in result ? result.status : result.error;
    if (typeof answer !== 'number' || answer < 200 || answer > 299)
      scene.failures.push(`${delivery.topic} → ${answer}`);
    changed();
  };
  await playSession(session, { to: stage.service.url, secret: stage.shop.secret, startedAt, signal, sent });
}
