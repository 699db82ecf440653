/** Questions of one turn share a call, and each gets its own answer. */
import { describe, expect, it } from 'vitest';
import { inOneTurn } from '../../../src/store/in-one-turn.ts';

function anAsker(mostPerCall = 3) {
  const calls: string[][] = [];
  const ask = inOneTurn<string, string>(
    mostPerCall,
    (question) => question.slice(0, 1),
    async (questions) => {
      calls.push([...questions]);
      if (questions.includes('a!')) throw new Error('away');
      return questions.map((question) => `${question}?`);
    },
  );
  return { calls, ask };
}

describe('questions', () => {
  it('of one turn go in one call, and each gets its own answer', async () => {
    const { calls, ask } = anAsker();
    expect(await Promise.all([ask('a1'), ask('a2')])).toEqual(['a1?', 'a2?']);
    expect(calls).toEqual([['a1', 'a2']]);
  });

  it('of another turn go in another', async () => {
    const { calls, ask } = anAsker();
    await ask('a1');
    await ask('a2');
    expect(calls).toEqual([['a1'], ['a2']]);
  });

  it('of another group do not share a call', async () => {
    const { calls, ask } = anAsker();
    expect(await Promise.all([ask('a1'), ask('b1'), ask('a2')])).toEqual(['a1?', 'b1?', 'a2?']);
    expect(calls).toEqual([['a1'], ['b1'], ['a2']]);
  });

  it('go at once when there are as many as one call takes', async () => {
    const { calls, ask } = anAsker(2);
    const answers = Promise.all(['a1', 'a2', 'a3'].map(ask));
    expect(calls).toEqual([['a1', 'a2']]);
    expect(await answers).toEqual(['a1?', 'a2?', 'a3?']);
    expect(calls).toEqual([['a1', 'a2'], ['a3']]);
  });

  it('that cannot be answered all fail, and the next are asked anew', async () => {
    const { ask } = anAsker();
    const answers = await Promise.allSettled([ask('a1'), ask('a!')]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await ask('a2')).toBe('a2?');
  });
});
