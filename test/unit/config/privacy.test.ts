/** How personal data is kept: keys that are keys, and times that leave room for a call. */
import { describe, expect, it } from 'vitest';
import { type Config, loadConfig } from '../../../src/config/load.ts';
import { DAY } from '../../../src/domain/duration.ts';
import { aDataKey } from '../../support/a-data-key.ts';
import { type Env, faultsIn, NEEDED } from '../../support/an-environment.ts';

const others: Env = {
  ...NEEDED,
  SHOPIFY_SHOP: 'hill-coffee',
};
const KEY = aDataKey();
const OLD = [aDataKey(), aDataKey()] as const;

const load = (env: Env, readFile?: (path: string) => string): Config => loadConfig({ ...others, ...env }, readFile);

const faultsOf = (env: Env = {}) => faultsIn(() => load(env));

describe('a data key', () => {
  it('may be missing, which is warned about loudly', () => {
    const { privacy, warnings } = load({});
    expect(privacy).toEqual({ dataKeys: null, retentionMs: 30 * DAY });
    expect(warnings).toContainEqual(expect.stringMatching(/^DATA_KEY is not set: .* IN CLEAR /));
  });

  it('is one, with older ones beside it', () => {
    const { privacy, warnings } = load({
      DATA_KEY: KEY,
      DATA_KEYS_OLD: ` ${OLD[0]} , ${OLD[1]},`,
      DATA_RETENTION: '7d',
    });
    expect(privacy).toEqual({ dataKeys: { current: KEY, old: OLD }, retentionMs: 7 * DAY });
    expect(warnings.filter((warning) => warning.includes('DATA_KEY'))).toEqual([]);
  });

  it.each(['DATA_KEY', 'DATA_KEYS_OLD'])('may come from a file: %s', (name) => {
    const env = { DATA_KEY: name === 'DATA_KEY' ? undefined : KEY, [`${name}_FILE`]: '/run/secrets/key' };
    expect(JSON.stringify(load(env, () => `${OLD[0]}\n`).privacy)).toContain(OLD[0]);
  });

  it.each([
    ['too short', Buffer.alloc(31, 'abcdefghij').toString('base64')],
    ['too long', Buffer.alloc(33, 'abcdefghij').toString('base64')],
    ['no base64', 'not a key at all, but forty-four letters long'],
    ['hexadecimal', Buffer.from(KEY, 'base64').toString('hex')],
    ['without its padding', KEY.slice(0, -1)],
    ['all zeros', Buffer.alloc(32).toString('base64')],
    ['somebody’s finger on one key', Buffer.from(`${'a'.repeat(31)}b`).toString('base64')],
  ])('that is %s is a fault that does not quote it', (_what, value) => {
    for (const [name, env] of [
      ['DATA_KEY', { DATA_KEY: value }],
      ['DATA_KEYS_OLD', { DATA_KEY: KEY, DATA_KEYS_OLD: `${OLD[0]},${value}` }],
    ] as const) {
      const faults = faultsOf(env);
      expect(faults).toEqual([expect.stringMatching(new RegExp(`^${name} (each )?must be 32 random bytes in base64`))]);
      expect(faults.join()).not.toContain(value);
    }
  });

  it('among the old ones is warned about: the swap of a rotation was not made', () => {
    const { warnings } = load({ DATA_KEY: KEY, DATA_KEYS_OLD: `${OLD[0]},${KEY}` });
    expect(warnings).toContainEqual(expect.stringMatching(/^DATA_KEYS_OLD holds DATA_KEY itself/));
    expect(warnings.join()).not.toContain(KEY);
  });

  it('is needed where there are old ones', () => {
    expect(faultsOf({ DATA_KEYS_OLD: OLD[0] })).toEqual([expect.stringMatching(/^DATA_KEYS_OLD needs DATA_KEY/)]);
  });
});

describe('the time that personal data is kept', () => {
  it.each(['1d', '365d'])('may be %s', (DATA_RETENTION) => {
    expect(faultsOf({ DATA_RETENTION })).toEqual([]);
  });

  it.each(['23h', '366d', '0s', 'forever'])('may not be %s', (DATA_RETENTION) => {
    expect(faultsOf({ DATA_RETENTION })).toEqual([expect.stringMatching(/^DATA_RETENTION /)]);
  });

  it('is at least as long as a checkout may be called', () => {
    expect(faultsOf({ DATA_RETENTION: '2d', CALL_MAX_AGE: '48h' })).toEqual([]);
    expect(faultsOf({ DATA_RETENTION: '2d', CALL_MAX_AGE: '49h' })).toEqual([
      expect.stringMatching(/^DATA_RETENTION must not be shorter than CALL_MAX_AGE/),
    ]);
  });
});
