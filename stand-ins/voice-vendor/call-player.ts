/** Plays a call's life: one event after the other to the callback URL, at a chosen pace, order and multiplicity. */
import { setTimeout as pause } from 'node:timers/promises';
import type { CallBook, VendorCall } from './call-book.ts';
import { eventBody, postEvent, type SignatureKind } from './event-post.ts';
import { FAREWELL, type Step, statusAfter, stepsOf } from './lifecycle.ts';
import type { VendorKeys } from './signature.ts';

/** How call events travel. Duplicates happen, order is not promised: a receiver must cope with all of these. */
export interface EventTravel {
  /** The whole life is delivered before the initiate response leaves. */
  readonly beforeResponse?: boolean;
  /** Every event is sent twice, back to back. */
  readonly twice?: boolean;
  /** The last event arrives first. */
  readonly reversed?: boolean;
}

/** What {@link CallPlayer.send} may do differently from the vendor at its best. */
export interface SendOptions {
  readonly signature?: SignatureKind;
  /** The `x-public-key` to claim. */
  readonly publicKey?: string;
  /** Another receiver than the call's `callbackUrl`. */
  readonly to?: string;
  /** These bytes instead of the usual envelope; signed all the same. */
  readonly body?: string;
}

/** Plays lives and keeps count of what is still on its way. */
export class CallPlayer {
  readonly #book: CallBook;
  readonly #keys: VendorKeys;
  readonly #stepMs: number;
  readonly #travel: EventTravel;
  readonly #log: (line: string) => void;
  readonly #closing = new AbortController();
  readonly #closed = new Promise<void>((resolve) => {
    this.#closing.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  readonly #playing = new Set<Promise<void>>();

  constructor(
    book: CallBook,
    keys: VendorKeys,
    options: { stepMs: number; travel: EventTravel; log: (line: string) => void },
  ) {
    this.#book = book;
    this.#keys = keys;
    this.#stepMs = options.stepMs;
    this.#travel = options.travel;
    this.#log = options.log;
  }

  /**
   * Plays the call's life once `start` has come; resolves when its last event is delivered. From now on the player
   * counts as busy.
   */
  play(call: VendorCall, start: Promise<void> = Promise.resolve()): Promise<void> {
    return this.#track(Promise.race([start, this.#closed]).then(() => this.#live(call)));
  }

  /**
   * Ends the call's life early: what has not been sent never is, `call.aborted` and the final event follow once `start` has
   * come. Resolves when they are delivered.
   */
  abort(call: VendorCall, start: Promise<void> = Promise.resolve()): Promise<void> {
    call.over = true;
    call.status = 'aborted';
    return this.#track(Promise.race([start, this.#closed]).then(() => this.#farewell(call)));
  }

  /** Sends one event now. Resolves with how it fared; a failure is a value and stands in `deliveries`. */
  async send(call: VendorCall, step: Step, options: SendOptions = {}): Promise<{ status: number } | { error: string }> {
    const body = options.body ?? eventBody(call, step, call.status, Date.now());
    return this.#post(call, step.type, body, options);
  }

  /** Resolves when no life is being played. */
  async idle(): Promise<void> {
    while (this.#playing.size > 0) await Promise.allSettled([...this.#playing]);
  }

  /** Stops every life where it stands. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.idle();
  }

  #track(life: Promise<void>): Promise<void> {
    const guarded = life
      .catch((fault: unknown) => {
        if (!this.#closing.signal.aborted) throw fault;
      })
      .finally(() => this.#playing.delete(guarded));
    this.#playing.add(guarded);
    return guarded;
  }

  async #live(call: VendorCall): Promise<void> {
    this.#closing.signal.throwIfAborted();
    const steps = stepsOf(call.scenario);
    if (this.#travel.reversed) {
      const bodies = steps.map((step) => ({ step, body: this.#happen(call, step) }));
      for (const { step, body } of bodies.reverse()) await this.#deliver(call, step, body);
      return;
    }
    for (const step of steps) {
      await this.#step(step.steps);
      if (call.over) return;
      await this.#deliver(call, step, this.#happen(call, step));
    }
  }

  async #farewell(call: VendorCall): Promise<void> {
    for (const step of FAREWELL) {
      await this.#step();
      await this.#deliver(call, step, this.#happen(call, step));
    }
  }

  /** Applies the event to the call and returns its body. */
  #happen(call: VendorCall, step: Step): string {
    call.status = statusAfter(step.type) ?? call.status;
    if (step.type === 'call.lifecycle-ended') call.over = true;
    return eventBody(call, step, call.status, Date.now());
  }

  async #deliver(call: VendorCall, step: Step, body: string): Promise<void> {
    await this.#post(call, step.type, body, {});
    if (this.#travel.twice) await this.#post(call, step.type, body, {});
  }

  async #post(call: VendorCall, type: string, body: string, options: SendOptions) {
    const result = await postEvent({
      to: options.to ?? call.body.callbackUrl,
      body,
      publicKey: options.publicKey ?? this.#keys.publicKey,
      privateKey: this.#keys.privateKey,
      signature: options.signature ?? 'right',
      signal: this.#closing.signal,
    });
    this.#book.deliveries.push({ callId: call.callId, type, at: Date.now(), ...result });
    this.#log(`event ${call.callId} ${type} → ${'status' in result ? result.status : result.error}`);
    return result;
  }

  async #step(times = 1): Promise<void> {
    await pause(this.#stepMs * times, undefined, { signal: this.#closing.signal });
  }
}
