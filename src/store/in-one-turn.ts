/**
 * Questions that are asked in one turn of the event loop go to Redis in one call. Alone, a question waits for nothing; in a burst,
 * the cost of a round trip is shared.
 */

interface Pending<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * @param mostPerCall - bounds the time Redis spends on one call.
 * @param groupOf - only questions of one group may share a call, such as those of one shop.
 * @param send - one answer per question, in their order.
 */
export function inOneTurn<Question, Answer>(
  mostPerCall: number,
  groupOf: (question: Question) => string,
  send: (questions: readonly Question[]) => Promise<readonly Answer[]>,
): (question: Question) => Promise<Answer> {
  let pending: Pending<Question, Answer>[] = [];
  let group = '';

  return (question) =>
    new Promise((resolve, reject) => {
      if (groupOf(question) !== group) flush();
      group = groupOf(question);
      pending.push({ question, resolve, reject });
      if (pending.length === 1) setImmediate(flush);
      else if (pending.length === mostPerCall) flush();
    });

  function flush(): void {
    const batch = pending;
    pending = [];
    if (batch.length === 0) return;
    send(batch.map(({ question }) => question)).then(
      (answers) => {
        for (const [i, { resolve }] of batch.entries()) resolve(answers[i] as Answer);
      },
      (error: unknown) => {
        for (const { reject } of batch) reject(error);
      },
    );
  }
}
