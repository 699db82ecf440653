/** The do-not-call list as JSON. It takes contacts in and never gives one out: entries are named by their digest. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { isKnownRegion } from '../../domain/e164.ts';
import {
  isReasonCode,
  isSuppressionId,
  readContact,
  type Suppression,
  type Suppressions,
} from '../../domain/suppression.ts';
import type { ImportSuppressions } from '../../recovery/import-suppressions.ts';
import type { DoNotCall } from '../../recovery/suppress.ts';

export interface SuppressionDeps {
  readonly suppressions: Suppressions;
  readonly doNotCall: DoNotCall;
  readonly importSuppressions: ImportSuppressions;
}

/** Forms and query strings send an empty text for what is not filled in. */
const given = z.string().trim().min(1);
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

const regionSchema = optional(given.refine(isKnownRegion));
const reasonSchema = optional(given.toLowerCase().refine(isReasonCode));
export const pageQuerySchema = z.object({
  limit: optional(z.coerce.number().int().min(1).max(1_000)),
  cursor: optional(z.string().max(200)),
});

const phoneSchema = z.strictObject({ phone: given.max(40), region: regionSchema, reason: reasonSchema });
const emailSchema = z.strictObject({ email: given.max(320), reason: reasonSchema });
const idSchema = z.object({ id: z.string().refine(isSuppressionId) });

export async function suppressionsApi(app: FastifyInstance, deps: SuppressionDeps): Promise<void> {
  const { suppressions, doNotCall } = deps;

  app.get('/suppressions', async (request, reply) => {
    const query = pageQuerySchema.safeParse(request.query);
    if (!query.success) return badRequest(reply, fieldsOf(query.error));
    const { limit = 100, cursor = null } = query.data;
    const [page, count] = await Promise.all([suppressions.list({ limit, cursor }), suppressions.count()]);
    return { suppressions: page.suppressions.map(viewOf), count, nextCursor: page.nextCursor };
  });

  app.post('/suppressions', async (request, reply) => {
    const asked = readAsked(request.body);
    if (!asked.ok) return badRequest(reply, asked.fields);
    const { added, stopped } = await doNotCall.suppress([asked.contact], 'operator', asked.reason);
    const id = suppressions.idOf(asked.contact);
    return reply.code(added > 0 ? 201 : 200).send({ status: added > 0 ? 'added' : 'known', id, stopped });
  });

  app.delete('/suppressions', async (request, reply) => {
    const byId = idSchema.safeParse(request.query);
    const asked = byId.success ? null : readAsked(request.body);
    if (asked && !asked.ok) return badRequest(reply, asked.fields);
    const contact = asked?.contact ?? '';
    const removed = await (byId.success
      ? doNotCall.lift(byId.data.id, 'operator')
      : doNotCall.liftContact(contact, 'operator'));
    if (!removed) return reply.code(404).send({ error: 'not_found' });
    return { status: 'removed', id: byId.success ? byId.data.id : suppressions.idOf(contact) };
  });
}

export function viewOf({ id, source, reason, at }: Suppression) {
  return { id, source, reason, at: new Date(at).toISOString() };
}

type Asked =
  | { readonly ok: true; readonly contact: string; readonly reason: string | null }
  | { readonly ok: false; readonly fields: readonly string[] };

function readAsked(body: unknown): Asked {
  const field = typeof body === 'object' && body !== null && 'email' in body ? 'email' : 'phone';
  const asked = (field === 'email' ? emailSchema : phoneSchema).safeParse(body);
  if (!asked.success) return { ok: false, fields: fieldsOf(asked.error) };
  const { phone = '', email = '', region = null, reason = null } = asked.data as Partial<Record<string, string>>;
  const written = phone || email;
  const read = readContact(written, region);
  // An address in the place of a number, or the other way round, is a mistake of the sender's.
  const isOfKind = written.includes('@') === (field === 'email');
  return read.ok && isOfKind ? { ok: true, contact: read.contact, reason } : { ok: false, fields: [field] };
}

function fieldsOf(error: z.ZodError): string[] {
  return error.issues.map((issue) => issue.path.join('.') || '(body)');
}

function badRequest(reply: FastifyReply, fields: readonly string[]): FastifyReply {
  return reply.code(400).send({ error: 'bad_request', fields });
}
