/** The operator's JSON. Reading shows masked contacts; every change goes through the use cases and their gate. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Whereabouts } from '../../domain/calling-rules/whereabouts.ts';
import type { ParkedStore } from '../../domain/parked.ts';
import type { Clock, DialSwitch, RecoveryStore } from '../../domain/ports.ts';
import { RECOVERY_STATES } from '../../domain/recovery.ts';
import type { Replay } from '../../intake/replay.ts';
import type { ExplainRecovery } from '../../recovery/explain-recovery.ts';
import type { FindRecoveries } from '../../recovery/find-recoveries.ts';
import type { Operate } from '../../recovery/operate.ts';
import { badRequest, idIn, operated, optional } from './answers.ts';
import { explanationOf } from './explanation-view.ts';
import { detailOf } from './recovery-detail.ts';
import { viewOf } from './recovery-view.ts';

export interface OpsApiDeps {
  readonly shop: string;
  readonly store: RecoveryStore;
  readonly find: FindRecoveries;
  readonly explain: ExplainRecovery;
  readonly operate: Operate;
  readonly dialSwitch: DialSwitch;
  readonly parked: ParkedStore;
  readonly replay: Replay;
  /** @param at - epoch milliseconds, UTC. */
  readonly isDecentHour: (whereabouts: Whereabouts, at: number) => boolean;
  readonly clock: Clock;
}

export const listQuerySchema = z.object({
  query: optional(z.string().trim().max(320)),
  state: optional(z.enum(RECOVERY_STATES)),
  limit: optional(z.coerce.number().int().min(1).max(200)),
  cursor: optional(z.string().max(250)),
});

const settleSchema = z.union([
  z.object({ placed: z.literal(true), callId: z.string().trim().min(1).max(200).optional() }),
  z.object({ placed: z.literal(false) }),
]);
const dialingSchema = z.object({ paused: z.boolean() });

export async function opsApi(app: FastifyInstance, deps: OpsApiDeps): Promise<void> {
  const { shop, store, find, explain, operate, dialSwitch, parked, replay, isDecentHour, clock } = deps;

  app.get('/recoveries', async (request, reply) => {
    const query = listQuerySchema.safeParse(request.query);
    if (!query.success) return badRequest(reply, query.error);
    const { query: text = null, state = null, limit = 50, cursor = null } = query.data;
    const page = await find({ text, state, limit, cursor });
    return { recoveries: page.recoveries.map(viewOf), nextCursor: page.nextCursor };
  });

  app.get('/recoveries/:id', async (request, reply) => {
    const recovery = await store.load(idIn(request.params));
    return recovery ? detailOf(recovery) : reply.code(404).send({ error: 'not_found' });
  });

  app.get('/recoveries/:id/explanation', async (request, reply) => {
    const explanation = await explain(idIn(request.params));
    return explanation ? explanationOf(explanation) : reply.code(404).send({ error: 'not_found' });
  });

  app.post('/recoveries/:id/cancel', async (request, reply) =>
    operated(reply, await operate.cancel(idIn(request.params))),
  );

  app.post('/recoveries/:id/call-now', async (request, reply) => {
    const id = idIn(request.params);
    const result = await operate.callNow(id);
    return operated(reply, result, result.kind === 'done' ? await whyNotAtOnce(id) : null);
  });

  app.post('/recoveries/:id/settle', async (request, reply) => {
    const finding = settleSchema.safeParse(request.body);
    if (!finding.success) return badRequest(reply, finding.error);
    const { data } = finding;
    const settled = data.placed ? { placed: true as const, callId: data.callId ?? null } : data;
    return operated(reply, await operate.settle(idIn(request.params), settled));
  });

  app.get('/dialing', async () => {
    const { paused, reason, since } = await dialSwitch.state();
    return { paused, reason, since: since === null ? null : new Date(since).toISOString() };
  });

  app.put('/dialing', async (request, reply) => {
    const wanted = dialingSchema.safeParse(request.body);
    if (!wanted.success) return badRequest(reply, wanted.error);
    await (wanted.data.paused ? dialSwitch.pause('operator') : dialSwitch.resume());
    request.log.warn({ event: 'dialing_switched', paused: wanted.data.paused }, 'dialling switched by an operator');
    return { paused: wanted.data.paused };
  });

  app.get('/parked', async () => {
    const rows = await parked.list(shop, 200);
    return { parked: rows.map((row) => ({ ...row, receivedAt: new Date(row.receivedAt).toISOString() })) };
  });

  app.post('/parked/replay', async () => replay());

  /** The delay is dropped; what else may keep the call waiting. */
  async function whyNotAtOnce(id: string): Promise<string | null> {
    const { paused, reason } = await dialSwitch.state();
    if (paused)
      return `Dialling is paused (${reason ?? 'no reason noted'}): the call is due, and waits until it is resumed.`;
    const candidate = (await store.load(id))?.record.candidate;
    if (!candidate || isDecentHour(candidate.whereabouts, clock.now())) return null;
    return 'It is no hour at which this shopper may be phoned: the call is put off to when it is one.';
  }
}
