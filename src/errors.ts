/**
 * Faults: things that must not happen in a healthy installation. Expected outcomes are values, not errors.
 * Switch on `code`, never on the message. No message carries personal data or a secret.
 */
export class RingbackError extends Error {
  override readonly name: string = 'RingbackError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The environment cannot be used. Carries every fault at once; the process prints them and exits with 1. */
export class ConfigError extends RingbackError {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      'CONFIG_INVALID',
      `The configuration has ${faults.length} fault(s):\n${faults.map((f) => `  - ${f}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

/** Redis did not take or answer a command in time. Webhooks answer 503, so that the sender comes again. */
export class StoreUnavailableError extends RingbackError {
  override readonly name = 'StoreUnavailableError';

  constructor(cause: unknown) {
    super('STORE_UNAVAILABLE', 'The store did not answer', { cause });
  }
}

/** A record kept changing under a writer: more concurrent writers on one checkout than can be real. Safe to try again. */
export class RecordContendedError extends RingbackError {
  override readonly name = 'RecordContendedError';

  constructor() {
    super('RECORD_CONTENDED', 'The recovery changed faster than it could be decided');
  }
}

/**
 * A sealed text cannot be opened, and is left as it is: `DATA_KEY_UNKNOWN`, sealed with a key that is not configured here;
 * `SEAL_BROKEN`, changed, cut, or moved from where it belongs.
 */
export class SealedTextError extends RingbackError {
  override readonly name = 'SealedTextError';

  constructor(code: 'DATA_KEY_UNKNOWN' | 'SEAL_BROKEN') {
    super(code, 'A sealed text could not be opened');
  }
}

/** What is stored was sealed with a key that is not configured here: the store answers, and nothing of it can be read. */
export function isDataKeyUnknown(error: unknown): boolean {
  if (error instanceof SealedTextError) return error.code === 'DATA_KEY_UNKNOWN';
  return error instanceof StoreUnavailableError && isDataKeyUnknown(error.cause);
}

/** Any failure of Redis, from a lost connection to a full disk, means the same to a caller: not now. */
export async function orUnavailable<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    throw new StoreUnavailableError(cause);
  }
}
