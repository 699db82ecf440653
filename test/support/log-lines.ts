/** What a service under test logs, as text and as objects. */
import { type Logger, pino } from 'pino';

export interface LogLines {
  readonly logger: Logger;
  /** Every line, newest last. Live: it grows. */
  readonly lines: readonly string[];
  /** The lines of one business event. */
  of(event: string): Record<string, unknown>[];
}

export function logLines(): LogLines {
  const lines: string[] = [];
  const logger = pino({ level: 'trace', base: null }, { write: (line) => void lines.push(line) });
  return {
    logger,
    lines,
    of: (event) => lines.map((line) => JSON.parse(line)).filter((line) => line.event === event),
  };
}
