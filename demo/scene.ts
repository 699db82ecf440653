/** A scene: one shopper's session as it is played, with everything the demo has learned about it so far. */
import { setTimeout as pause } from 'node:timers/promises';
import { idsOf } from '../stand-ins/shop/ids.ts';
import { createSession, type SessionKind, type ShopDelivery, type ShopperSession } from '../stand-ins/shop/sessions.ts';
import { playSession } from '../stand-ins/shop/shopper.ts';
import type { SeenRecovery } from './ops-api.ts';
import type { Stage } from './stage.ts';

/** A shopper's minute; more than a second, because Shopify's clock has whole seconds. */
export const MINUTE_MS = 1_100;
/** Of a checkout whose webhooks are lost: so long ago that the backfill does not think them on their way any more. */
const LOST_SINCE_MS = 5 * 60_000;
/** A call that does not come by then never will; the verdict says so. */
const CALLED_WITHIN_MS = 15_000;

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
  const now = Date.now();
  const opened = createSession(kind, { shop, startedAt: new Date(now), minuteMs: MINUTE_MS });
  if (!opened.lost) return { session: opened, startedAt: now, sent: 0, failures: [], seen: null };
  const startedAt = now - LOST_SINCE_MS;
  const session = createSession(kind, { shop, startedAt: new Date(startedAt), minuteMs: MINUTE_MS });
  return { session, startedAt, sent: 0, failures: [], seen: null };
}

/** By what an operator finds the scene's recovery. The shop's own list tells ids and no tokens. */
export function nameOf({ session: { lost, token } }: Scene): string {
  return lost ? String(idsOf(token).checkoutId) : token;
}

/** Sends the scene's webhooks when they are due; `changed` is called after every answer. */
export async function playScene(scene: Scene, stage: Stage, signal: AbortSignal, changed: () => void): Promise<void> {
  const { session, startedAt } = scene;
  if (session.lost) {
    stage.admin.shelves.putCheckout(session.inTheEnd);
    return;
  }
  const sent = (delivery: ShopDelivery, result: { status: number } | { error: string }) => {
    scene.sent += 1;
    const answer = 'status' in result ? result.status : result.error;
    if (typeof answer !== 'number' || answer < 200 || answer > 299)
      scene.failures.push(`${delivery.topic} → ${answer}`);
    changed();
  };
  const called = () => untilCalled(scene, stage, signal);
  await playSession(session, { to: stage.service.url, secret: stage.shop.secret, startedAt, signal, called, sent });
}

async function untilCalled({ session, startedAt }: Scene, { vendor }: Stage, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + CALLED_WITHIN_MS;
  const isHers = ({ receivedAt, body }: Stage['vendor']['calls'][number]) =>
    receivedAt >= startedAt && body.phoneNumber === session.shopper.e164;
  while (Date.now() < deadline && !vendor.calls.some(isHers)) await pause(20, undefined, { signal });
}
