/** The calls the stand-in accepted, what was asked about them, and what it refused: the evidence that tests, the demo and a person read afterwards. */
import { randomBytes } from 'node:crypto';
import type { CallStatus, Scenario } from './lifecycle.ts';
import type { InitiateRequest } from './payload-schema.ts';

/** A call the vendor accepted. */
export interface VendorCall {
  /** 24 hex digits. */
  readonly callId: string;
  /** When the request had been read whole, epoch milliseconds, UTC. */
  readonly receivedAt: number;
  /** As received, lower-case names, without the private key. */
  readonly headers: Readonly<Record<string, string>>;
  /** As received; a later `PUT` does not change it. */
  readonly body: InitiateRequest;
  readonly scenario: Scenario;
  /** What the vendor would talk about: the body's payload, or the one a `PUT` replaced it with. */
  payload: InitiateRequest['payload'];
  /** null: queued, not attempted yet. */
  status: CallStatus | null;
  /** True from the last event on, and from an abort on. */
  over: boolean;
}

/** A request that the vendor answered with an error of its own accord (not by a scripted answer). */
export interface Refusal {
  readonly path: string;
  readonly status: number;
  readonly message: string;
}

/** A request to abort a call, whatever became of it. */
export interface AbortRequest {
  /** When its headers arrived, epoch milliseconds, UTC. */
  readonly at: number;
  /** null: the body was not read, or named none. */
  callId: string | null;
  /** What it was answered with; null when it got no ordinary answer (yet). */
  status: number | null;
  /** Whether the call was aborted by it. */
  tookEffect: boolean;
}

/** A `PUT` of another payload, whatever became of it. */
export interface ReplaceRequest {
  /** As in {@link AbortRequest}. */
  readonly at: number;
  readonly callId: string;
  /** As received, in whatever shape; null or undefined: no body was read, or it held none. */
  payload: unknown;
  status: number | null;
  /** Whether the call has this payload now. */
  tookEffect: boolean;
}

/** How one call event fared. `status` is the receiver's; `error` stands instead when there was no answer in time. */
export interface EventDelivery {
  readonly callId: string;
  readonly type: string;
  /** Epoch milliseconds, UTC, when the receiver had answered or the post had failed. */
  readonly at: number;
  readonly status?: number;
  readonly error?: string;
}

interface Waiter {
  readonly count: number;
  readonly resolve: () => void;
}

/** The lists, and the way to await the n-th call. */
export class CallBook {
  readonly calls: VendorCall[] = [];
  readonly refusals: Refusal[] = [];
  readonly deliveries: EventDelivery[] = [];
  readonly aborts: AbortRequest[] = [];
  readonly replacements: ReplaceRequest[] = [];
  /** Initiate requests whose headers arrived: accepted, refused and scripted ones. */
  requests = 0;
  /** The attempts that initiate requests named which were read whole, whatever became of them. */
  readonly attempts: string[] = [];
  #waiters: Waiter[] = [];

  find(callId: string): VendorCall | undefined {
    return this.calls.find((call) => call.callId === callId);
  }

  add(body: InitiateRequest, headers: Record<string, string>, scenario: Scenario): VendorCall {
    const call: VendorCall = {
      callId: randomBytes(12).toString('hex'),
      receivedAt: Date.now(),
      headers,
      body,
      scenario,
      payload: body.payload,
      status: null,
      over: false,
    };
    this.calls.push(call);
    const ready = this.#waiters.filter(({ count }) => this.calls.length >= count);
    this.#waiters = this.#waiters.filter(({ count }) => this.calls.length < count);
    for (const { resolve } of ready) resolve();
    return call;
  }

  addAbort(): AbortRequest {
    const abort: AbortRequest = { at: Date.now(), callId: null, status: null, tookEffect: false };
    this.aborts.push(abort);
    return abort;
  }

  addReplacement(callId: string): ReplaceRequest {
    const replacement: ReplaceRequest = { at: Date.now(), callId, payload: null, status: null, tookEffect: false };
    this.replacements.push(replacement);
    return replacement;
  }

  /**
   * Resolves with all calls as soon as there are at least `count`.
   *
   * @throws {Error} after `timeoutMs`, naming how many there are.
   */
  waitForCalls(count: number, timeoutMs: number): Promise<readonly VendorCall[]> {
    if (this.calls.length >= count) return Promise.resolve(this.calls);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        count,
        resolve: () => {
          clearTimeout(timer);
          resolve(this.calls);
        },
      };
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(new Error(`waited ${timeoutMs} ms for ${count} calls, the vendor has ${this.calls.length}`));
      }, timeoutMs);
      this.#waiters.push(waiter);
    });
  }
}
