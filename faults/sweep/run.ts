/** One run of a scenario: what the shop and the vendor do, both of whom come again until they are acknowledged, and what they were told. */
import { setTimeout as pause } from 'node:timers/promises';
import { signAndSend } from '../../stand-ins/shop/deliver.ts';
import type { VendorCall } from '../../stand-ins/voice-vendor/call-book.ts';
import { stepsOf } from '../../stand-ins/voice-vendor/lifecycle.ts';
import { aShopper, SHOP, type ShopperInTest, type Webhook } from '../../test/support/a-shopper.ts';
import type { Told } from '../stage/merchant.ts';
import { advance, nowOn, passTimeUntil, quiet } from '../stage/passing-time.ts';
import { recordOf, type SeenRecord } from '../stage/record.ts';
import { PREFIX, type Stage } from '../stage/stage.ts';

/** A sender that gets no acknowledgement for so long gives up, and the run fails. Real time. */
const SEND_WITHIN_MS = 25_000;
const SEND_AGAIN_MS = 25;
/** What a kill may cost at most, in the service's time: two minutes until an errand counts as interrupted, and two sweeps. */
export const HEAL_WITHIN_MS = 5 * 60_000;

/** Calls of one run that are more than any scenario can place. */
const MOST_CALLS = 5;

export interface Acknowledged {
  readonly recoveryId: string;
  /** `cart`: a checkout that changed while the call was with the vendor. */
  readonly what: 'checkout' | 'cart' | 'order' | 'event';
  /** Of a checkout: its `updated_at`. Of an event: its type. */
  readonly detail: number | string;
  /** Real time, epoch milliseconds. */
  readonly at: number;
}

/** Ends of a recovery from which nothing moves on. */
export const TERMINAL: ReadonlySet<string> = new Set(['ended', 'cancelled', 'rejected', 'skipped']);

export class Run {
  readonly stage: Stage;
  readonly shoppers: ShopperInTest[] = [];
  readonly acknowledged: Acknowledged[] = [];
  /** What was wrong the moment it happened. */
  readonly faults: string[] = [];
  healedAfterMs: number | null = null;
  /** Resolves, with what happens, when the service calls and calls: then there is no use in going on. */
  readonly wild: Promise<string>;
  #runWild: (what: string) => void = () => {};
  readonly #firstCall: number;
  readonly #firstAbort: number;
  readonly #firstDelivery: number;
  readonly #firstMessage: number;
  readonly #redelivered = new Set<unknown>();

  constructor(stage: Stage) {
    this.stage = stage;
    this.wild = new Promise((resolve) => {
      this.#runWild = resolve;
    });
    this.#firstCall = stage.vendor.calls.length;
    this.#firstAbort = stage.vendor.aborts.length;
    this.#firstDelivery = stage.vendor.deliveries.length;
    this.#firstMessage = stage.merchant.messages.length;
    stage.vendor.onInitiate((call) => this.#mustBeMarked(call));
  }

  newShopper(like: ShopperInTest | null = null): ShopperInTest {
    const shopper = like === null ? aShopper() : like;
    this.shoppers.push(shopper);
    return shopper;
  }

  get calls(): readonly VendorCall[] {
    return this.stage.vendor.calls.slice(this.#firstCall);
  }

  /** How often the vendor was asked to abort a call. */
  get aborts(): number {
    return this.stage.vendor.aborts.length - this.#firstAbort;
  }

  get messages(): readonly Told[] {
    return this.stage.merchant.messages.slice(this.#firstMessage);
  }

  now(): Date {
    return new Date(nowOn(this.stage));
  }

  callOf({ recoveryId }: ShopperInTest): VendorCall | undefined {
    return this.calls.find(({ body }) => body.metadata?.recoveryId === recoveryId);
  }

  recordOf({ recoveryId }: ShopperInTest): Promise<SeenRecord | null> {
    return recordOf(this.stage.eyes, PREFIX, recoveryId);
  }

  /** Sends until it is acknowledged, as Shopify does. */
  async send(shopper: ShopperInTest, webhook: Webhook, what: 'checkout' | 'cart' = 'checkout'): Promise<void> {
    const { url } = this.stage.web.service;
    const deadline = Date.now() + SEND_WITHIN_MS;
    for (;;) {
      const answer = await signAndSend({ ...webhook, to: url, secret: this.stage.secret, shop: SHOP }).catch(
        () => null,
      );
      if (answer?.status === 200) break;
      if (answer && answer.status !== 503) throw new Error(`${webhook.topic} was answered ${answer.status}`);
      if (Date.now() > deadline) throw new Error(`${webhook.topic} was not acknowledged within ${SEND_WITHIN_MS} ms`);
      await pause(SEND_AGAIN_MS);
    }
    const isOrder = webhook.topic.startsWith('orders/');
    const updatedAt = Date.parse(/"updated_at":"([^"]+)"/.exec(webhook.body)?.[1] ?? '');
    this.#note(shopper, isOrder ? 'order' : what, updatedAt);
  }

  /** An order of the same person, made elsewhere: nothing ties it to the shopper's checkout but who she is. */
  async orderElsewhere(shopper: ShopperInTest): Promise<void> {
    await this.send(shopper, shopper.elsewhere().orders(this.now()));
  }

  /** The vendor tells until it is acknowledged. Whether the real one repeats is not known; one that never does loses facts, not calls. */
  async tell(shopper: ShopperInTest, call: VendorCall, type: string): Promise<void> {
    const data = [...stepsOf('create-order')].find((step) => step.type === type)?.data ?? {};
    await this.#tell(call, type, data);
    this.#note(shopper, 'event', type);
  }

  async #tell(call: VendorCall, type: string, data: Record<string, unknown>): Promise<void> {
    const deadline = Date.now() + SEND_WITHIN_MS;
    for (;;) {
      const answer = await this.stage.vendor.sendEvent(call.callId, type, data);
      if ('status' in answer && answer.status === 200) return;
      if (Date.now() > deadline) throw new Error(`${type} was not acknowledged: ${JSON.stringify(answer)}`);
      await pause(SEND_AGAIN_MS);
    }
  }

  /** What the vendor sent by itself, after an abort, and nobody took. */
  async redeliver(): Promise<void> {
    for (const delivery of this.stage.vendor.deliveries.slice(this.#firstDelivery)) {
      if (delivery.status === 200 || this.#redelivered.has(delivery)) continue;
      const { callId, type } = delivery;
      const call = this.calls.find((each) => each.callId === callId);
      if (!call || !['call.aborted', 'call.lifecycle-ended'].includes(type)) continue;
      this.#redelivered.add(delivery);
      const report = { reAttemptCount: 0, rescheduledCount: 0, finalStatus: 'aborted' };
      await this.#tell(call, type, type === 'call.lifecycle-ended' ? { report } : {});
    }
  }

  /** Lets what is under way come to an end, then time pass, then what that set off come to an end. */
  async pass(ms: number): Promise<void> {
    await quiet(this.stage);
    await advance(this.stage, ms);
    await quiet(this.stage);
  }

  /** Waits, in the service's time, until something is so; the run goes on also when it never is. */
  async passUntil(isSo: () => Promise<boolean>, withinMs = HEAL_WITHIN_MS): Promise<boolean> {
    return (await passTimeUntil(this.stage, isSo, { withinMs })).ok;
  }

  /** Waits until the vendor has the shopper's call, or it is clear that the dial came to nothing. */
  async dialled(shopper: ShopperInTest): Promise<VendorCall | undefined> {
    const decided = await this.passUntil(async () => {
      const record = await this.recordOf(shopper);
      const fate = record !== null && record.state !== 'scheduled' && record.state !== 'waiting';
      return this.callOf(shopper) !== undefined ? record?.state !== 'scheduled' : fate && record.state !== 'dialing';
    });
    if (!decided) this.faults.push(`I2: due, and neither phoned nor given up within ${HEAL_WITHIN_MS / 1_000} s`);
    return this.callOf(shopper);
  }

  /** Waits until nothing is left to do for anybody. */
  async end(): Promise<void> {
    const { ok, tookMs } = await passTimeUntil(
      this.stage,
      async () => {
        await this.redeliver();
        const records = await Promise.all(this.shoppers.map((shopper) => this.recordOf(shopper)));
        return records.every((record) => record !== null && isOver(record));
      },
      { withinMs: HEAL_WITHIN_MS },
    );
    if (ok) this.healedAfterMs = tookMs;
    await quiet(this.stage);
  }

  #note({ recoveryId }: ShopperInTest, what: Acknowledged['what'], detail: number | string): void {
    this.acknowledged.push({ recoveryId, what, detail, at: Date.now() });
  }

  /** I7: the vendor never gets a request whose marker is not durable. Called before the vendor answers. */
  async #mustBeMarked({ body }: VendorCall): Promise<void> {
    const id = String(body.metadata?.recoveryId);
    const record = await recordOf(this.stage.eyes, PREFIX, id);
    const marked = record?.attemptId === body.metadata?.attemptId && record?.state !== 'scheduled';
    // A service gone wild must not drown the one who watches it.
    if (this.calls.length > MOST_CALLS) {
      this.#runWild(`I1: ${this.calls.length} calls and more`);
      await pause(1_000);
      return;
    }
    const newest = Math.max(0, ...this.acknowledged.map((each) => (isUpdateOf(id, each) ? Number(each.detail) : 0)));
    if (record && record.checkoutUpdatedAt < newest)
      this.faults.push('I2: phoned without an update that was acknowledged');
    if (!marked) this.faults.push(`I7: a request without a marker; the record is ${record?.state ?? 'missing'}`);
    // The stage's clock and the service's differ by the moment in which both were moved.
    if (record && (record.dueAt ?? 0) > nowOn(this.stage) + 250) this.faults.push('I3: phoned before it was due');
  }
}

function isUpdateOf(id: string, { recoveryId, what }: Acknowledged): boolean {
  return recoveryId === id && what === 'checkout';
}

export function isOver(record: SeenRecord): boolean {
  return TERMINAL.has(record.state) && Object.values(record.errands).every(({ state }) => state === 'done');
}
