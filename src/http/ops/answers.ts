/** What the operator's JSON routes have in common: reading what was asked, and saying how it ended. */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { isRecoveryId } from '../../domain/recovery-id.ts';
import type { Operated } from '../../recovery/operate.ts';

/** `?state=` and `?query=` given empty, as a form sends them, mean: not given. */
export const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

/** An id that cannot be one of ours finds nothing; it never becomes part of a key. */
export function idIn(params: unknown): string {
  const { id } = params as { id: string };
  return isRecoveryId(id) ? id : 'none';
}

/** @param note - what the operator should know beside that it was done. */
export function operated(reply: FastifyReply, result: Operated, note: string | null = null): FastifyReply {
  if (result.kind === 'not_found') return reply.code(404).send({ error: 'not_found' });
  return reply
    .code(result.kind === 'done' ? 200 : 409)
    .send({ status: result.kind, state: result.state, ...(note === null ? {} : { note }) });
}

export function badRequest(reply: FastifyReply, error: z.ZodError): FastifyReply {
  const fields = error.issues.map((issue) => issue.path.join('.') || '(body)');
  return reply.code(400).send({ error: 'bad_request', fields });
}
