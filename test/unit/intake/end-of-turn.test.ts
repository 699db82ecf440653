/** Who arrives in one turn of the event loop goes on together. */
import { describe, expect, it } from 'vitest';
import { turns } from '../../../src/intake/end-of-turn.ts';

describe('the end of a turn', () => {
  it('comes when all have arrived, and then for all of them', async () => {
    const endOfTurn = turns();
    const done: string[] = [];
    const take = async () => {
      done.push('arrives');
      await endOfTurn();
      done.push('goes on');
    };
    await Promise.all([take(), Promise.resolve().then(take), take()]);
    expect(done).toEqual(['arrives', 'arrives', 'arrives', 'goes on', 'goes on', 'goes on']);
  });

  it('comes once for each turn', async () => {
    const endOfTurn = turns();
    const first = endOfTurn();
    expect(endOfTurn()).toBe(first);
    await first;
    expect(endOfTurn()).not.toBe(first);
  });
});
