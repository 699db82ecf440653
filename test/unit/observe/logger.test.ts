/** Of an error the log shows what it is and where it was, never what it says: messages quote what they failed on. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { RecordContendedError, StoreUnavailableError } from '../../../src/errors.ts';
import { describeError } from '../../../src/observe/logger.ts';

/** What was thrown, as somebody's code would meet it. */
function thrownBy(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

/** As ioredis makes them: the whole command, its arguments included, hangs on the error. */
function replyError(message: string): Error {
  const error = new Error(message);
  error.name = 'ReplyError';
  return Object.assign(error, { command: { name: 'hset', args: ['recovery', 'phone', '+919090909090'] } });
}

const SECRETS = /90909|Asha|sk_made_up|mail\.example/;

describe('an error in the log', () => {
  it('is its type and its place', () => {
    const described = describeError(new RecordContendedError());
    expect(described).toMatchObject({ type: 'RecordContendedError', code: 'RECORD_CONTENDED' });
    expect((described.stack as string[])[0]).toMatch(/^at .*logger\.test\.ts/);
    expect((described.stack as string[]).length).toBeLessThanOrEqual(8);
  });

  it.each([
    [
      'JSON that quotes the body',
      thrownBy(() => JSON.parse('{"phone": +919090909090, "name": "Asha"}')),
      'SyntaxError',
    ],
    ['a URL that quotes what it was given', thrownBy(() => new URL('asha@mail.example')), 'TypeError'],
    ['a key that quotes itself', thrownBy(() => new Headers({ 'x-private-key': 'sk_made_up\n\u0000' })), 'TypeError'],
    ['Redis that quotes the command', replyError('WRONGTYPE of key for +919090909090'), 'Error'],
    ['anything', new Error('Asha was not at home'), 'Error'],
  ])('of %s does not', (_what, error, type) => {
    const described = describeError(error);
    expect(described.type).toBe(type);
    expect(JSON.stringify(described)).not.toMatch(SECRETS);
  });

  it.each([
    ['OOM command not allowed when used memory > maxmemory', 'OOM'],
    ['MISCONF Redis is configured to save RDB snapshots', 'MISCONF'],
    ['READONLY You can not write against a read only replica', 'READONLY'],
    ['NOAUTH Authentication required.', 'NOAUTH'],
    ["ERR unknown command 'FOO', with args beginning with: '+919090909090'", 'ERR'],
  ])('of Redis keeps the word that says what is wrong: %s', (message, reply) => {
    expect(describeError(replyError(message))).toMatchObject({ reply });
  });

  it.each(['Asha is not a word of Redis', '+919090909090', '', 'Err mixed'])('keeps no other word: %j', (message) => {
    expect(describeError(replyError(message))).not.toHaveProperty('reply');
  });

  it('brings its causes along, each as bare as itself', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED for Asha'), {
      code: 'ECONNREFUSED',
      address: '10.9.0.9',
    });
    const described = describeError(new StoreUnavailableError(cause));
    expect(described).toMatchObject({
      type: 'StoreUnavailableError',
      code: 'STORE_UNAVAILABLE',
      cause: { type: 'Error', code: 'ECONNREFUSED' },
    });
    expect(JSON.stringify(described)).not.toMatch(/Asha|10\.9/);
  });

  it('of a real connection that fails shows its code and nothing of the URL', async () => {
    const redis = new Redis('redis://asha:sk_made_up@127.0.0.1:1', { lazyConnect: true, retryStrategy: () => null });
    let seen: unknown;
    redis.on('error', (error) => {
      seen = error;
    });
    await redis.connect().catch(() => {});
    expect(describeError(seen)).toMatchObject({ code: 'ECONNREFUSED' });
    expect(JSON.stringify(describeError(seen))).not.toMatch(/sk_made_up|asha/);
  });

  it.each([
    ['a text', 'Asha', 'string'],
    ['nothing', undefined, 'undefined'],
    ['an object', { phone: '+919090909090' }, 'object'],
  ])('that is no error but %s is its kind', (_what, thrown, type) => {
    expect(describeError(thrown)).toEqual({ type });
  });

  it('never shows a line of its message, not even one that looks like a place in the code', () => {
    const described = describeError(new Error('no such street:\n    at Asha (Cubbon Road:7:1)\n    at home'));
    expect(JSON.stringify(described)).not.toMatch(/Asha|Cubbon|home/);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 20 }), (before, after) => {
        const error = new Error(`${before}\n    at q7Zk93vX${after}`);
        expect(JSON.stringify(describeError(error))).not.toContain('q7Zk93vX');
      }),
    );
  });

  it('shows no place rather than a message that was changed later', () => {
    const error = new Error('for Asha\n    at Asha (1:1)');
    expect(error.stack).toContain('Asha');
    error.message = 'for somebody';
    expect(describeError(error)).toEqual({ type: 'Error', stack: [] });
  });
});

describe('the log of a process', () => {
  const LOGGER = new URL('../../../src/observe/logger.ts', import.meta.url).href;

  /** What a process wrote that logged three lines, the last two in the tick in which it ended. */
  function writtenBy(ending: string): string[] {
    const program = `
      import { createLogger } from ${JSON.stringify(LOGGER)};
      const logger = createLogger('info', false);
      logger.info('one');
      await new Promise((resolve) => setImmediate(resolve));
      logger.error('two');
      ${ending}`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line).msg);
  }

  it.each([
    ['that exits', "logger.error('three'); process.exit(1);"],
    ['that throws', "logger.error('three'); throw new Error('out');"],
    ['that says why it cannot go on', "logger.fatal('three'); process.exit(1);"],
    ['that is done', "logger.error('three');"],
  ])('%s has its last lines', (_what, ending) => {
    expect(writtenBy(ending)).toEqual(['one', 'two', 'three']);
  });
});
