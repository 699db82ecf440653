/** The operator's JSON on errands: which failed, and having one tried again. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ListErrands } from '../../recovery/list-errands.ts';
import type { Operate } from '../../recovery/operate.ts';
import { badRequest, idIn, operated, optional } from './answers.ts';
import { listedErrandsOf } from './errand-view.ts';

export interface ErrandsApiDeps {
  readonly listErrands: ListErrands;
  readonly operate: Operate;
}

const querySchema = z.object({
  state: optional(z.enum(['failed', 'open'])),
  limit: optional(z.coerce.number().int().min(1).max(200)),
});

export async function errandsApi(app: FastifyInstance, { listErrands, operate }: ErrandsApiDeps): Promise<void> {
  app.get('/errands', async (request, reply) => {
    const query = querySchema.safeParse(request.query);
    if (!query.success) return badRequest(reply, query.error);
    const { state = 'failed', limit = 50 } = query.data;
    return { recoveries: (await listErrands(state, limit)).map(listedErrandsOf) };
  });

  app.post('/recoveries/:id/errands/:key/retry', async (request, reply) => {
    const { key } = request.params as { key: string };
    return operated(reply, await operate.retryErrand(idIn(request.params), key));
  });
}
