/** The earnings report as JSON. */
import type { FastifyInstance } from 'fastify';
import type { AskedDays } from '../../domain/days.ts';
import type { ReportEarnings } from '../../recovery/report-earnings.ts';

export interface ReportDeps {
  readonly reportEarnings: ReportEarnings;
}

export async function reportApi(app: FastifyInstance, { reportEarnings }: ReportDeps): Promise<void> {
  app.get('/report', async (request, reply) => {
    const answer = await reportEarnings(daysIn(request.query));
    if (answer.ok) return answer.report;
    const { field, message } = answer;
    return reply.code(400).send({ error: 'bad_request', fields: [field], message });
  });
}

/** `?from=&to=`; given empty, as a form sends them, they mean: not given. */
export function daysIn(query: unknown): AskedDays {
  const { from, to } = query as { from?: unknown; to?: unknown };
  return { from: textIn(from), to: textIn(to) };
}

/** Given twice it is a list, and no day. */
function textIn(value: unknown): string | undefined {
  return value === undefined || value === '' ? undefined : String(value);
}
