/** `POST /v2/call/abort` and `PUT /v2/call/:callId`: what may still be changed about a call that was accepted. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authenticate, parse, VendorError } from './admission.ts';
import type { AbortRequest, CallBook, ReplaceRequest, VendorCall } from './call-book.ts';
import type { CallPlayer } from './call-player.ts';
import { ABORTABLE } from './lifecycle.ts';
import { abortRequest, updateRequest } from './payload-schema.ts';
import { answerAsScripted, isCarriedOut, type ScriptedAnswer, scriptedFor, takeScripted } from './scripted-answers.ts';
import type { VendorKeys } from './signature.ts';
import { whenAnswered } from './when-answered.ts';

/** `message`: `{message}`; `call`: `{status, callId}`; `alternate`: the one, then the other. Both are documented. */
export type AbortShape = 'message' | 'call' | 'alternate';

export interface PlacedCallRoutesOptions {
  readonly keys: VendorKeys;
  readonly book: CallBook;
  readonly player: CallPlayer;
  readonly abortShape: AbortShape;
  /** The events of an abort are delivered before its response leaves. */
  readonly eventsFirst: boolean;
  readonly nextAbortAnswers: ScriptedAnswer[];
  readonly nextReplaceAnswers: ScriptedAnswer[];
  log(line: string): void;
}

export function placedCallRoutes(app: FastifyInstance, options: PlacedCallRoutesOptions): void {
  const { book } = options;
  const aborts = new WeakMap<FastifyRequest, AbortRequest>();
  const replacements = new WeakMap<FastifyRequest, ReplaceRequest>();

  app.post('/v2/call/abort', {
    onRequest: async (request, reply) => {
      aborts.set(request, book.addAbort());
      takeScripted(options.nextAbortAnswers, request, reply);
    },
    onSend: async (request, { statusCode }) => answeredWith(aborts.get(request), statusCode),
    handler: (request, reply) => abort(request, reply, aborts.get(request) as AbortRequest, options),
  });

  app.put<{ Params: { callId: string } }>('/v2/call/:callId', {
    onRequest: async (request, reply) => {
      replacements.set(request, book.addReplacement(request.params.callId));
      takeScripted(options.nextReplaceAnswers, request, reply);
    },
    onSend: async (request, { statusCode }) => answeredWith(replacements.get(request), statusCode),
    handler: (request, reply) => replace(request, reply, replacements.get(request) as ReplaceRequest, options),
  });
}

function answeredWith(entry: { status: number | null } | undefined, status: number): void {
  if (entry) entry.status = status;
}

async function abort(
  request: FastifyRequest,
  reply: FastifyReply,
  entry: AbortRequest,
  options: PlacedCallRoutesOptions,
): Promise<unknown> {
  const { keys, book, player, eventsFirst } = options;
  const answer = scriptedFor(request);
  const named = fieldOf(request.body, 'callId');
  entry.callId = typeof named === 'string' ? named : null;
  if (isCarriedOut(answer)) {
    authenticate(request, keys);
    const call = theCall(book, parse(abortRequest, request.body).callId);
    if (call.over || (call.status !== null && !ABORTABLE.has(call.status))) {
      throw new VendorError(400, `Call cannot be aborted: it is ${call.over ? 'over' : call.status}`);
    }
    entry.tookEffect = true;
    options.log(`call ${call.callId} aborted`);
    const told = player.abort(call, eventsFirst ? undefined : whenAnswered(reply, answer));
    if (eventsFirst) await told;
  }
  if (answer && (await answerAsScripted(answer, request, reply, entry.callId ?? ''))) return reply;
  return abortedBody(entry.callId, options);
}

function abortedBody(callId: string | null, { abortShape, book }: PlacedCallRoutesOptions): unknown {
  const count = book.aborts.filter(({ tookEffect }) => tookEffect).length;
  const inWords = abortShape === 'message' || (abortShape === 'alternate' && count % 2 === 1);
  return inWords ? { message: 'Call aborted' } : { status: 'aborted', callId };
}

async function replace(
  request: FastifyRequest,
  reply: FastifyReply,
  entry: ReplaceRequest,
  { keys, book, log }: PlacedCallRoutesOptions,
): Promise<unknown> {
  const answer = scriptedFor(request);
  entry.payload = fieldOf(request.body, 'payload');
  if (isCarriedOut(answer)) {
    authenticate(request, keys);
    const { payload } = parse(updateRequest, request.body);
    const call = theCall(book, entry.callId);
    if (call.status !== null) throw new VendorError(400, 'Call has already been attempted');
    call.payload = payload;
    entry.tookEffect = true;
    log(`call ${call.callId} has another payload, ${payload.lineItems.length} line item(s)`);
  }
  if (answer && (await answerAsScripted(answer, request, reply, entry.callId))) return reply;
  return { message: 'Call updated' };
}

function theCall(book: CallBook, callId: string): VendorCall {
  const call = book.find(callId);
  if (!call) throw new VendorError(404, 'Call not found');
  return call;
}

function fieldOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}
