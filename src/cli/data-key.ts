/** `data-key`: a fresh key, for whoever has no configuration yet, or is about to change its DATA_KEY. */
import { randomBytes } from 'node:crypto';
import type { StandaloneCommand } from './command.ts';

const KEY_BYTES = 32;

export const dataKey: StandaloneCommand = {
  name: 'data-key',
  follows: '',
  summary: 'prints a fresh key for DATA_KEY; needs no configuration',
  standalone: true,
  async run(terminal) {
    terminal.print(randomBytes(KEY_BYTES).toString('base64'));
    return 0;
  },
};
