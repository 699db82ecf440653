/**
 * The logger. JSON on standard output, nothing personal: events are logged through the journal with ids and codes only,
 * and of an error only its type, code and place in the code, because messages quote what they failed on.
 */
import { type Logger, pino } from 'pino';

/** What the log shows of an error: type, code, cause and place. No message: a foreign one may quote anything. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as NodeJS.ErrnoException;
  const frames = framesOf(error).filter((line) => /^\s+at /.test(line));
  return {
    type: error.constructor.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.cause instanceof Error ? { cause: describeError(error.cause) } : {}),
    ...(replyOf(error) ? { reply: replyOf(error) } : {}),
    stack: frames.slice(0, 8).map((line) => line.trim()),
  };
}

/** The stack begins with the message, and a line of that may look like a frame. */
function framesOf({ stack = '', message }: Error): string[] {
  const begin = stack.indexOf(message);
  return (begin < 0 ? '' : stack.slice(begin + message.length)).split('\n');
}

/** The first word of a Redis error reply (OOM, MISCONF, READONLY, NOAUTH …) says what is wrong and holds no value. */
function replyOf(error: Error): string | null {
  return error.name === 'ReplyError' ? (/^[A-Z]{2,20}\b/.exec(error.message)?.[0] ?? null) : null;
}

/** The time of a line as JSON. In a burst dozens of lines are of the same millisecond. */
function timeField(): () => string {
  let at = 0;
  let field = '';
  return () => {
    const now = Date.now();
    if (now !== at) {
      at = now;
      field = `,"time":"${new Date(now).toISOString()}"`;
    }
    return field;
  };
}

const MOST_UNWRITTEN_BYTES = 16 * 1024 * 1024;

/**
 * @param pretty - for people at a terminal; needs the development dependencies.
 * @param to - 1: standard output; 2: standard error, for commands whose output is their answer.
 */
export function createLogger(level: string, pretty: boolean, to: 1 | 2 = 1): Logger {
  const options = {
    level,
    base: null,
    timestamp: timeField(),
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: describeError, error: describeError },
  };
  if (pretty) {
    return pino({
      ...options,
      transport: { target: 'pino-pretty', options: { singleLine: true, translateTime: 'SYS:HH:MM:ss.l' } },
    });
  }
  // Written behind the request that caused the line, many in one write, none later than 100 ms. A reader that has stalled
  // costs lines, not webhooks or memory.
  return pino(
    options,
    together(
      pino.destination({
        dest: to,
        sync: false,
        minLength: 15_360,
        periodicFlush: 100,
        maxLength: MOST_UNWRITTEN_BYTES,
      }),
    ),
  );
}

type Destination = ReturnType<typeof pino.destination>;

/** Hands lines over once per tick: at every write the destination measures all that it holds. */
function together(destination: Destination): Pick<Destination, 'write' | 'flush' | 'flushSync'> {
  let lines = '';
  const handOver = (): void => {
    if (lines === '') return;
    const text = lines;
    lines = '';
    destination.write(text);
  };
  beforeExit.add(handOver);
  return {
    write(line) {
      if (lines === '') process.nextTick(handOver);
      lines += line;
      return true;
    },
    flush(done) {
      handOver();
      destination.flush(done);
    },
    flushSync() {
      handOver();
      destination.flushSync();
    },
  };
}

/** A tick that ends the process has no next one; the destinations write out what they have when this is done. */
const beforeExit = new Set<() => void>();
process.prependListener('exit', () => {
  for (const handOver of beforeExit) handOver();
});

/**
 * Resolves when everything that was logged is written, or after `withinMs`.
 *
 * @returns false: whoever reads the log has stalled, and a write is still under way.
 */
export function lastLines(logger: Logger, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), withinMs);
    logger.flush(() => {
      clearTimeout(late);
      resolve(true);
    });
  });
}
