/** The vendor's HTTP routes, as its pages describe them (read November 2026). Who calls whom is decided elsewhere. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { CallBook, VendorCall } from './call-book.ts';
import type { CallPlayer } from './call-player.ts';
import { ABORTABLE, type Scenario } from './lifecycle.ts';
import { abortRequest, faultsOf, type InitiateRequest, initiateRequest, updateRequest } from './payload-schema.ts';
import { answerAsScripted, placesCall, resetConnection, type ScriptedAnswer } from './scripted-answers.ts';
import type { VendorKeys } from './signature.ts';

/** `flat`: `{status, callId}`; `wrapped`: `{success, data: {callId, status}}`; `alternate`: the one, then the other. */
export type ResponseShape = 'flat' | 'wrapped' | 'alternate';

export interface VendorRoutesOptions {
  readonly keys: VendorKeys;
  readonly book: CallBook;
  readonly player: CallPlayer;
  readonly shape: ResponseShape;
  /** Events are delivered before the initiate response leaves. */
  readonly eventsFirst: boolean;
  readonly nextAnswers: ScriptedAnswer[];
  scenarioFor(request: InitiateRequest): Scenario;
  /** Runs when a call is accepted, before anything is answered or sent. */
  accepted(call: VendorCall): Promise<void>;
  log(line: string): void;
}

/** An error as the vendor sends it: flat `{code, message}`. */
class VendorError extends Error {
  override readonly name = 'VendorError';
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

const scripted = new WeakMap<FastifyRequest, ScriptedAnswer>();

/** Adds every route of the vendor to `app`. */
export function vendorRoutes(app: FastifyInstance, options: VendorRoutesOptions): void {
  const { keys, book, player } = options;

  app.setErrorHandler((fault: { statusCode?: number; message: string }, request, reply) => {
    const status = fault.statusCode ?? 500;
    book.refusals.push({ path: request.routeOptions.url ?? '', status, message: fault.message });
    options.log(`refused ${request.method} ${request.routeOptions.url ?? ''} ${status} ${fault.message}`);
    return reply.code(status).send({ code: status, message: fault.message });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ code: 404, message: 'Not found' }));

  app.get('/health', () => ({
    status_code: 200,
    message: 'Service is healthy',
    data: { underMaintenance: false, status: 'ok' },
  }));

  app.post('/v2/call/initiate', {
    onRequest: async (request, reply) => {
      book.requests += 1;
      const answer = options.nextAnswers.shift();
      if (!answer) return;
      scripted.set(request, answer);
      if ('reset' in answer && answer.reset === 'before') resetConnection(request, reply);
    },
    handler: (request, reply) => initiate(request, reply, options),
  });

  app.post('/v2/call/abort', (request) => {
    authenticate(request, keys);
    const { callId } = parse(abortRequest, request.body);
    const call = book.find(callId);
    const abortable = call && !call.over && (call.status === null || ABORTABLE.has(call.status));
    const status = !call ? 404 : abortable ? 200 : 400;
    book.aborts.push({ callId, at: Date.now(), status });
    if (!call) throw new VendorError(404, 'Call not found');
    if (!abortable) throw new VendorError(400, `Call cannot be aborted: it is ${call.over ? 'over' : call.status}`);
    options.log(`call ${callId} aborted`);
    player.abort(call);
    return { message: 'Call aborted', status: 'aborted', callId };
  });

  app.put<{ Params: { callId: string } }>('/v2/call/:callId', (request) => {
    authenticate(request, keys);
    const { payload } = parse(updateRequest, request.body);
    const call = book.find(request.params.callId);
    if (!call) throw new VendorError(404, 'Call not found');
    if (call.status !== null || call.over) throw new VendorError(400, 'Call has already been attempted');
    call.payload = payload;
    return { message: 'Call updated' };
  });

  app.get('/v1/admin/assistant/list', (request) => {
    authenticate(request, keys);
    return { status_code: 200, message: 'Assistants', data: [assistantOf(keys)] };
  });

  app.get<{ Params: { id: string } }>('/v1/admin/assistant/get/:id', (request) => {
    authenticate(request, keys);
    if (request.params.id !== keys.assistant) throw new VendorError(404, 'Assistant not found');
    return { status_code: 200, message: 'Assistant', data: assistantOf(keys) };
  });
}

async function initiate(request: FastifyRequest, reply: FastifyReply, options: VendorRoutesOptions): Promise<unknown> {
  const answer = scripted.get(request);
  const call = placesCall(answer) ? await accept(request, options) : null;
  if (call && options.eventsFirst) await options.player.play(call);
  else if (call) void options.player.play(call, answer && 'hang' in answer ? undefined : answered(reply));
  const callId = call?.callId ?? '0'.repeat(24);
  if (answer && (await answerAsScripted(answer, request, reply, callId))) return reply;
  return reply.send(successBody(callId, options));
}

/** Resolves when the answer is out, or is known never to arrive. */
function answered(reply: FastifyReply): Promise<void> {
  return new Promise((resolve) => reply.raw.once('close', () => resolve()));
}

async function accept(request: FastifyRequest, options: VendorRoutesOptions): Promise<VendorCall> {
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

function authenticate(request: FastifyRequest, keys: VendorKeys): void {
  const { headers } = request;
  if (headers['x-public-key'] !== keys.publicKey || headers['x-private-key'] !== keys.privateKey) {
    throw new VendorError(401, 'Invalid API keys');
  }
  if (headers.workspace !== keys.workspace) throw new VendorError(404, 'Workspace not found');
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new VendorError(400, `Validation failed: ${faultsOf(parsed.error)}`);
  return parsed.data;
}

function successBody(callId: string, { shape, book }: VendorRoutesOptions): unknown {
  const flat = shape === 'flat' || (shape === 'alternate' && book.calls.length % 2 === 1);
  return flat ? { status: 'initiate', callId } : { success: true, data: { callId, status: 'queued' } };
}

function assistantOf(keys: VendorKeys): Record<string, unknown> {
  return { _id: keys.assistant, name: 'Checkout recovery', type: 'abandoned_cart', status: 'active' };
}
