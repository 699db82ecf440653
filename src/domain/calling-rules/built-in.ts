/** The rules that come with this version of the service: `rules.json`, checked once, when they are loaded. */
import type { CallingRules } from './calling-row.ts';
import { readCallingRules } from './parse-rules.ts';
import written from './rules.json' with { type: 'json' };

export const CALLING_RULES: CallingRules = checked();

function checked(): CallingRules {
  const read = readCallingRules(written);
  if (read.ok) return read.rules;
  throw new Error(`rules.json: ${read.faults.map(({ path, reason }) => `${path} ${reason}`).join('; ')}`);
}
