/** The moment from which a call's events may travel. */
import type { FastifyReply } from 'fastify';
import type { ScriptedAnswer } from './scripted-answers.ts';

/** Resolves when the answer is out, or is known never to arrive; at once for one that is withheld. */
export function whenAnswered(reply: FastifyReply, answer: ScriptedAnswer | undefined): Promise<void> {
  if (answer && 'hang' in answer) return Promise.resolve();
  return new Promise((resolve) => reply.raw.once('close', () => resolve()));
}
