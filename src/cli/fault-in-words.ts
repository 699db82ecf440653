/** Why a command could not be done, for whoever typed it: the cause where it is known, never a value. */
import { isDataKeyUnknown } from '../errors.ts';

export function faultInWords(error: unknown): string {
  if (isDataKeyUnknown(error)) {
    return 'It could not be done: DATA_KEY does not fit what is stored. Redis answers, and was filled with another DATA_KEY (or this process has none). See data_key_unknown in docs/runbook.md.';
  }
  return `It could not be done: ${error instanceof Error ? error.name : 'unknown fault'}. Does Redis answer?`;
}
