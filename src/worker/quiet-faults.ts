/**
 * What BullMQ may keep of a fault. It stores an error's message and stack with the job, where the board shows them, and a
 * message quotes what it failed on: a spoilt record, and with it the shopper.
 */

/** Runs a job; of a fault only its type gets through, the rest is its cause, for the log. */
export async function quietly<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const type = cause instanceof Error ? cause.constructor.name : typeof cause;
    throw new Error(`${type}: see the log`, { cause });
  }
}
