/** Bull Board, to look at. It can change nothing: what an operator does goes through the record's gate, not through a job. */
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { Queue } from 'bullmq';
import type { FastifyInstance } from 'fastify';

export interface BoardDeps {
  readonly queues: readonly Queue[];
}

/** Where the board is mounted, from the root: Bull Board builds its links with it. */
const BOARD_PATH = '/ops/queues';

export async function queueBoard(app: FastifyInstance, { queues }: BoardDeps): Promise<void> {
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(BOARD_PATH);
  createBullBoard({
    queues: queues.map(
      (queue) =>
        new BullMQAdapter(queue, {
          readOnlyMode: true,
          allowRetries: false,
          externalJobUrl: (job) => ({
            displayText: 'Recovery',
            href: `/ops/recoveries/${encodeURIComponent(recoveryIdIn(job.data))}`,
          }),
        }),
    ),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Ringback', hideRedisDetails: true } },
  });
  await app.register(serverAdapter.registerPlugin());
}

function recoveryIdIn(data: unknown): string {
  const { recoveryId } = (data ?? {}) as { recoveryId?: unknown };
  return typeof recoveryId === 'string' ? recoveryId : '';
}
