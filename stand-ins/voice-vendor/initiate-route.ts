/** `POST /v2/call/initiate`: a call is accepted, or a scripted answer is given, or both. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authenticate, parse, VendorError } from './admission.ts';
import type { CallBook, VendorCall } from './call-book.ts';
import type { CallPlayer } from './call-player.ts';
import type { Scenario } from './lifecycle.ts';
import { type InitiateRequest, initiateRequest } from './payload-schema.ts';
import { answerAsScripted, isCarriedOut, type ScriptedAnswer, scriptedFor, takeScripted } from './scripted-answers.ts';
import type { VendorKeys } from './signature.ts';
import { whenAnswered } from './when-answered.ts';

/** `flat`: `{status, callId}`; `wrapped`: `{success, data: {callId, status}}`; `alternate`: the one, then the other. */
export type ResponseShape = 'flat' | 'wrapped' | 'alternate';

export interface InitiateRouteOptions {
  readonly keys: VendorKeys;
  readonly book: CallBook;
  readonly player: CallPlayer;
  readonly shape: ResponseShape;
  /** Events are delivered before the response leaves. */
  readonly eventsFirst: boolean;
  readonly nextAnswers: ScriptedAnswer[];
  scenarioFor(request: InitiateRequest): Scenario;
  /** Runs when a call is accepted, before anything is answered or sent. */
  accepted(call: VendorCall): Promise<void>;
  log(line: string): void;
}

export function initiateRoute(app: FastifyInstance, options: InitiateRouteOptions): void {
  app.post('/v2/call/initiate', {
    onRequest: async (request, reply) => {
      options.book.requests += 1;
      takeScripted(options.nextAnswers, request, reply);
    },
    handler: (request, reply) => initiate(request, reply, options),
  });
}

async function initiate(request: FastifyRequest, reply: FastifyReply, options: InitiateRouteOptions): Promise<unknown> {
  options.book.attempts.push(attemptIn(request.body));
  const answer = scriptedFor(request);
  const call = isCarriedOut(answer) ? await accept(request, options) : null;
  if (call && options.eventsFirst) await options.player.play(call);
  else if (call) void options.player.play(call, whenAnswered(reply, answer));
  const callId = call?.callId ?? '0'.repeat(24);
  if (answer && (await answerAsScripted(answer, request, reply, callId))) return reply;
  return reply.send(successBody(callId, options));
}

async function accept(request: FastifyRequest, options: InitiateRouteOptions): Promise<VendorCall> {
  const { keys, book } = options;
  authenticate(request, keys);
  const body = parse(initiateRequest, request.body);
  if (body.assistant !== keys.assistant) throw new VendorError(404, 'Assistant not found');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (name !== 'x-private-key' && value !== undefined) headers[name] = String(value);
  }
  const call = book.add(body, headers, options.scenarioFor(body));
  const items = body.payload.lineItems.length;
  options.log(
    `call ${call.callId} accepted, ${items} line item(s)${body.priority ? ', priority' : ''}: ${call.scenario}`,
  );
  await options.accepted(call);
  return call;
}

function attemptIn(body: unknown): string {
  const { metadata } = (body ?? {}) as { metadata?: { attemptId?: unknown } };
  return String(metadata?.attemptId ?? '');
}

function successBody(callId: string, { shape, book }: InitiateRouteOptions): unknown {
  const flat = shape === 'flat' || (shape === 'alternate' && book.calls.length % 2 === 1);
  return flat ? { status: 'initiate', callId } : { success: true, data: { callId, status: 'queued' } };
}
