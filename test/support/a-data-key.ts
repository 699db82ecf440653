/** A fresh DATA_KEY, as `npm run cli -- data-key` prints one. */
import { randomBytes } from 'node:crypto';

export function aDataKey(): string {
  return randomBytes(32).toString('base64');
}
