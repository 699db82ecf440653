/** Beside the code of an error, which scripts go by, a sentence for whoever reads it. Never a value, never a message of a fault. */

const IN_WORDS: Readonly<Record<string, string>> = {
  not_found: 'There is no such thing here.',
  bad_request: 'The request does not say what is needed, or not in the right form.',
  other_site: 'Changes are taken from these pages and from scripts alone, not from another site.',
  unavailable: 'Redis did not answer in time. Nothing was lost: ask again.',
  data_key_unknown: 'What is stored cannot be read with this DATA_KEY: see data_key_unknown in the runbook.',
  internal: 'This is a fault of ours: the log has a line with this requestId.',
};

/** @returns the same, with `message` where there is a sentence for its `error`. */
export function withErrorInWords(payload: unknown): unknown {
  const { error, message } = (payload ?? {}) as { readonly error?: unknown; readonly message?: unknown };
  if (typeof error !== 'string' || message !== undefined || !Object.hasOwn(IN_WORDS, error)) return payload;
  return { error, message: IN_WORDS[error], ...(payload as object) };
}
