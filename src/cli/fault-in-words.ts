/** Why a command could not be done, for whoever typed it: the cause where it is known, never a value. */
import { isDataKeyUnknown } from '../errors.ts';

const DATA_KEY =
  'DATA_KEY does not fit what is stored. Redis answers, and was filled with another DATA_KEY (or this process has none). See data_key_unknown in docs/runbook.md.';
const PASSWORD = 'Redis answers, and does not take the name and password of REDIS_URL.';
const RIGHTS = 'Redis answers, and the user of REDIS_URL may not do this. See redis_refused in docs/runbook.md.';

export function faultInWords(error: unknown): string {
  if (isDataKeyUnknown(error)) return `It could not be done: ${DATA_KEY}`;
  const said = messagesOf(error);
  if (/WRONGPASS|NOAUTH/.test(said)) return `It could not be done: ${PASSWORD}`;
  if (/NOPERM/.test(said)) return `It could not be done: ${RIGHTS}`;
  return `It could not be done: ${error instanceof Error ? error.name : 'unknown fault'}. Does Redis answer?`;
}

/** Of the fault and of what caused it. For looking into alone: they may quote a command. */
function messagesOf(error: unknown): string {
  const messages: string[] = [];
  for (let each: unknown = error; each instanceof Error; each = each.cause) messages.push(each.message);
  return messages.join('\n');
}
