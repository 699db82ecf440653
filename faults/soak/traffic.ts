/** The shop of a soak: every planned shopper lives her life, and every webhook is sent until it is taken, as Shopify does. */
import { setTimeout as pause } from 'node:timers/promises';
import { signAndSend } from '../../stand-ins/shop/deliver.ts';
import { ODILE_US, type Shopper } from '../../stand-ins/shop/people.ts';
import { aShopper, EVERYTHING, SHOP, type ShopperInTest, type Webhook } from '../../test/support/a-shopper.ts';
import type { Stage } from '../stage/stage.ts';
import type { PlannedShopper } from './plan.ts';

export interface Life {
  readonly plan: PlannedShopper;
  readonly shopper: ShopperInTest;
  /** When her webhooks were acknowledged; epoch milliseconds. */
  readonly taken: { readonly what: 'checkout' | 'order'; readonly updatedAt: number; readonly at: number }[];
}

/** 555-0100 to 555-0199 are set aside for fiction in every area code (NANPA). Fifty times a hundred people. */
const AREA_CODES = [
  ...[
    201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225, 228, 229, 231, 234,
    239, 240,
  ],
  ...[
    248, 251, 252, 253, 254, 256, 260, 262, 267, 269, 270, 281, 301, 302, 303, 304, 305, 307, 308, 309, 310, 312, 313,
    314, 315,
  ],
];

function personOf(number: number): Shopper {
  const area = AREA_CODES[Math.floor(number / 100) % AREA_CODES.length] as number;
  const line = `01${String(number % 100).padStart(2, '0')}`;
  const e164 = `+1${area}555${line}`;
  const typedPhone = `(${area}) 555-${line}`;
  return { ...ODILE_US, email: `soak-${number}@example.com`, contactPhone: e164, typedPhone, e164 };
}

const SEND_AGAIN_MS = 700;

export class Traffic {
  readonly lives: Life[] = [];
  /** Webhooks sent for the first time, acknowledged, and turned away for now. */
  sent = 0;
  taken = 0;
  refused = 0;
  readonly #stage: Stage;
  readonly #under = new Set<Promise<void>>();
  #givesUpAt = Number.POSITIVE_INFINITY;
  /** The first answer that no outage explains. */
  #wrong: string | null = null;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Her whole life; resolves when all of it is acknowledged. */
  begin(plan: PlannedShopper): void {
    const life: Life = { plan, shopper: aShopper({ shopper: personOf(plan.number) }), taken: [] };
    this.lives.push(life);
    const lived = this.#live(life).finally(() => this.#under.delete(lived));
    this.#under.add(lived);
  }

  get pending(): number {
    return this.sent - this.taken;
  }

  /** Resolves when every webhook was acknowledged. @throws {Error} when one was not within the time, or was answered what it must not be. */
  async end(withinMs: number): Promise<void> {
    this.#givesUpAt = Date.now() + withinMs;
    while (this.#under.size > 0) await Promise.all([...this.#under]);
    if (this.#wrong !== null) throw new Error(this.#wrong);
  }

  async #live(life: Life): Promise<void> {
    const { shopper, plan } = life;
    const send = (webhook: Webhook) => this.#send(life, webhook);
    const waiting = [send(shopper.opens(now()))];
    await pause(1_050);
    const says = plan.conduct === 'says no' ? ({ ...EVERYTHING, consent: 'no' } as const) : EVERYTHING;
    waiting.push(send(shopper.fillsIn(now(), { email: true })));
    await pause(1_050);
    waiting.push(send(shopper.fillsIn(now(), says)));
    switch (plan.conduct) {
      case 'keeps typing':
        for (let n = 0; n < 4; n++) {
          await pause(1_050);
          waiting.push(send(shopper.fillsIn(now())));
        }
        break;
      case 'buys first':
        await pause(1_100);
        waiting.push(send(shopper.orders(now())));
        break;
      case 'buys elsewhere first':
        await pause(1_100);
        waiting.push(send(shopper.elsewhere().orders(now())));
        break;
      case 'buys elsewhere late':
        await pause(2_600 + (plan.number % 10) * 100);
        waiting.push(send(shopper.elsewhere().orders(now())));
        break;
    }
    await Promise.all(waiting);
  }

  async #send(life: Life, webhook: Webhook): Promise<void> {
    this.sent++;
    const { url } = this.#stage.web.service;
    for (;;) {
      const answer = await signAndSend({ ...webhook, to: url, secret: this.#stage.secret, shop: SHOP }).catch(
        () => null,
      );
      if (answer?.status === 200) break;
      if (answer !== null && answer.status !== 503) this.#wrong ??= `${webhook.topic} was answered ${answer.status}`;
      if (Date.now() > this.#givesUpAt) this.#wrong ??= `${webhook.topic} was not acknowledged after all was healed`;
      if (this.#wrong !== null) return;
      this.refused++;
      await pause(SEND_AGAIN_MS);
    }
    this.taken++;
    const updatedAt = Date.parse(/"updated_at":"([^"]+)"/.exec(webhook.body)?.[1] ?? '');
    life.taken.push({ what: webhook.topic.startsWith('orders/') ? 'order' : 'checkout', updatedAt, at: Date.now() });
  }
}

const now = (): Date => new Date();
