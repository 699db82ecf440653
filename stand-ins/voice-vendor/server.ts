/** The stand-in of the voice vendor as one object: start it, script it, read what it saw, close it. */
import Fastify from 'fastify';
import {
  type AbortRequest,
  CallBook,
  type EventDelivery,
  type Refusal,
  type ReplaceRequest,
  type VendorCall,
} from './call-book.ts';
import { CallPlayer, type EventTravel, type SendOptions } from './call-player.ts';
import type { ResponseShape } from './initiate-route.ts';
import type { Scenario } from './lifecycle.ts';
import type { InitiateRequest } from './payload-schema.ts';
import type { AbortShape } from './placed-call-routes.ts';
import { vendorRoutes } from './routes.ts';
import type { ScriptedAnswer } from './scripted-answers.ts';
import { generateKeys, type VendorKeys } from './signature.ts';

export interface VoiceVendorOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** What is not given is generated. */
  readonly keys?: Partial<VendorKeys>;
  /** Of the initiate response. Default `flat`. */
  readonly shape?: ResponseShape;
  /** Of the response to an abort. Default `message`. */
  readonly abortShape?: AbortShape;
  /** Which life a call has; default `answered`. */
  readonly scenario?: Scenario | ((request: InitiateRequest) => Scenario);
  /** Between two events of a call, and before its first; milliseconds, default 5. */
  readonly stepMs?: number;
  readonly travel?: EventTravel;
  /** Default false. */
  readonly underMaintenance?: boolean;
  /** One line per request and event, without personal data. Default: none. */
  readonly log?: (line: string) => void;
}

export interface VoiceVendor {
  /** `http://127.0.0.1:<port>`, for VOICE_API_URL. */
  readonly url: string;
  readonly port: number;
  readonly keys: VendorKeys;
  /** Accepted calls, oldest first. Live: it grows. */
  readonly calls: readonly VendorCall[];
  /** Initiate requests whose headers arrived, whatever became of them. */
  readonly requests: number;
  /** Of those that were read whole: the attempt each named in its metadata, `''` for none, oldest first. */
  readonly attempts: readonly string[];
  /** Requests to any route that the vendor itself refused, oldest first. Scripted answers are not among them. */
  readonly refusals: readonly Refusal[];
  readonly deliveries: readonly EventDelivery[];
  /** Abort requests whose headers arrived, whatever became of them, oldest first. */
  readonly aborts: readonly Readonly<AbortRequest>[];
  /** Likewise the requests for another payload. */
  readonly replacements: readonly Readonly<ReplaceRequest>[];
  /** The next initiate requests are answered with these, first come first served. Push to it. */
  readonly nextAnswers: ScriptedAnswer[];
  /** Likewise for abort requests. */
  readonly nextAbortAnswers: ScriptedAnswer[];
  /** Likewise for requests for another payload. */
  readonly nextReplaceAnswers: ScriptedAnswer[];
  /** Likewise for questions after its health. */
  readonly nextHealthAnswers: ScriptedAnswer[];
  /** The next accepted calls have these lives, before `scenario` is asked. Push to it. */
  readonly nextScenarios: Scenario[];
  /** What `GET /health` says; all else goes on. Set it at any time. */
  underMaintenance: boolean;
  /** Calls `hook` (awaited) when a call is accepted, before it is answered. One hook; the last one set counts. */
  onInitiate(hook: (call: VendorCall) => void | Promise<void>): void;
  /** Resolves when there are `count` calls; rejects after `timeoutMs` (default 5,000). */
  waitForCalls(count: number, options?: { timeoutMs?: number }): Promise<readonly VendorCall[]>;
  /** Resolves when every event on its way is delivered (or has failed). */
  idle(): Promise<void>;
  /**
   * Sends one event of a call, outside its life; does not change the call's status. `data` stands beside `data.call`.
   *
   * @throws {Error} when the vendor knows no such call.
   */
  sendEvent(
    callId: string,
    type: string,
    data?: Record<string, unknown>,
    options?: SendOptions,
  ): Promise<{ status: number } | { error: string }>;
  /** Stops all lives and closes every connection, also hanging ones. */
  close(): Promise<void>;
}

/** Starts the stand-in; resolves when it listens. */
export async function startVoiceVendor(options: VoiceVendorOptions = {}): Promise<VoiceVendor> {
  const keys: VendorKeys = { ...generateKeys(), ...options.keys };
  const log = options.log ?? (() => {});
  const travel = options.travel ?? {};
  const scenario = options.scenario ?? 'answered';
  const book = new CallBook();
  const player = new CallPlayer(book, keys, { stepMs: options.stepMs ?? 5, travel, log });
  const nextAnswers: ScriptedAnswer[] = [];
  const nextAbortAnswers: ScriptedAnswer[] = [];
  const nextReplaceAnswers: ScriptedAnswer[] = [];
  const nextHealthAnswers: ScriptedAnswer[] = [];
  const nextScenarios: Scenario[] = [];
  let underMaintenance = options.underMaintenance ?? false;
  let hook: (call: VendorCall) => void | Promise<void> = () => {};

  const app = Fastify({ logger: false, forceCloseConnections: true });
  vendorRoutes(app, {
    keys,
    book,
    player,
    shape: options.shape ?? 'flat',
    eventsFirst: travel.beforeResponse === true,
    nextAnswers,
    nextAbortAnswers,
    nextReplaceAnswers,
    nextHealthAnswers,
    abortShape: options.abortShape ?? 'message',
    isUnderMaintenance: () => underMaintenance,
    scenarioFor: (request) => nextScenarios.shift() ?? (typeof scenario === 'function' ? scenario(request) : scenario),
    accepted: async (call) => hook(call),
    log,
  });
  await app.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in listens on no port');

  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    port: address.port,
    keys,
    calls: book.calls,
    attempts: book.attempts,
    get requests() {
      return book.requests;
    },
    refusals: book.refusals,
    deliveries: book.deliveries,
    aborts: book.aborts,
    replacements: book.replacements,
    nextAnswers,
    nextAbortAnswers,
    nextReplaceAnswers,
    nextHealthAnswers,
    nextScenarios,
    get underMaintenance() {
      return underMaintenance;
    },
    set underMaintenance(is) {
      underMaintenance = is;
    },
    onInitiate(next) {
      hook = next;
    },
    waitForCalls: (count, { timeoutMs = 5_000 } = {}) => book.waitForCalls(count, timeoutMs),
    idle: () => player.idle(),
    async sendEvent(callId, type, data = {}, sendOptions = {}) {
      const call = book.find(callId);
      if (!call) throw new Error(`the stand-in knows no call ${callId}`);
      return player.send(call, { type, data }, sendOptions);
    },
    async close() {
      await player.close();
      await app.close();
    },
  };
}
