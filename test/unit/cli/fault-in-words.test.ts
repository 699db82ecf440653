/** Whoever typed a command is told what to mend, and nothing that was said in the fault. */
import { expect, it } from 'vitest';
import { faultInWords } from '../../../src/cli/fault-in-words.ts';
import { SealedTextError, StoreUnavailableError } from '../../../src/errors.ts';

it.each<[string, unknown, RegExp]>([
  [
    'a wrong password',
    new Error('WRONGPASS invalid username-password pair of asha'),
    /does not take the name and password/,
  ],
  [
    'no password',
    new StoreUnavailableError(new Error('NOAUTH Authentication required for asha')),
    /does not take the name/,
  ],
  ['missing rights', new Error("NOPERM this user has no permissions to run 'asha'"), /may not do this/],
  ['another key', new StoreUnavailableError(new SealedTextError('DATA_KEY_UNKNOWN')), /DATA_KEY does not fit/],
  ['a Redis that is away', new StoreUnavailableError(new Error('connect ECONNREFUSED asha')), /Does Redis answer\?$/],
  ['anything else', 'asha', /unknown fault/],
])('%s is named', (_what, fault, words) => {
  expect(faultInWords(fault)).toMatch(words);
  expect(faultInWords(fault)).not.toContain('asha');
});
