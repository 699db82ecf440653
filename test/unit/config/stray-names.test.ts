/** Variables that were mistyped are told of; the many that others read are not. */
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { faultsIn, NEEDED } from '../../support/an-environment.ts';

const strays = (names: Readonly<Record<string, string>>) =>
  loadConfig({ ...NEEDED, ...names }).warnings.filter((warning) => warning.includes('no variable of ours'));

describe('a variable that nobody reads', () => {
  it.each([
    ['CALLING_WINDOWS', 'did you mean CALLING_WINDOW?'],
    ['CALL_COUNTRY', null],
    ['HOLDOUT_PERCNT', 'did you mean HOLDOUT_PERCENT?'],
    ['DATA_KEY_OLD', 'did you mean DATA_KEYS_OLD?'],
    ['OPS_PASWORD', 'did you mean OPS_PASSWORD?'],
    ['REDIS_URI', 'did you mean REDIS_URL?'],
    ['VOICE_ASSISTANT_FILE', null],
  ])('%s is told of', (name, hint) => {
    const told = strays({ [name]: 'q7Zk93vX' });
    expect(told).toEqual([`${name} is no variable of ours and does nothing${hint === null ? '' : `: ${hint}`}`]);
  });

  it('is told beside the fault that it makes', () => {
    const { SHOPIFY_SHOP: _shop, ...rest } = NEEDED;
    expect(faultsIn(() => loadConfig({ ...rest, SHOPIFY_SHOPS: 'hill-coffee' }))).toEqual([
      'SHOPIFY_SHOP is missing',
      'SHOPIFY_SHOPS is no variable of ours and does nothing: did you mean SHOPIFY_SHOP?',
    ]);
  });

  it.each([
    ...['PATH', 'HOME', 'HOSTNAME', 'USER', 'PWD', 'NODE_ENV', 'npm_config_cache', 'POST', 'REDIS_PASSWORD', 'BIND'],
    ...['NODE_IMAGE', 'REDIS_URL_FILE', 'LANG', 'SHELL', 'DATA_DIR'],
  ])('%s is not told of: it belongs to others, or to us', (name) => {
    const value = { REDIS_URL_FILE: '' }[name] ?? 'x';
    expect(strays({ [name]: value })).toEqual([]);
  });

  it('is not told of when it is empty', () => {
    expect(strays({ CALLING_WINDOWS: ' ' })).toEqual([]);
  });
});

describe('the workspace', () => {
  it('is warned about when it has not the form of the vendor’s ids', () => {
    const { warnings } = loadConfig({ ...NEEDED, VOICE_WORKSPACE: 'hill-coffee' });
    expect(warnings).toContainEqual(expect.stringMatching(/^VOICE_WORKSPACE is not 24 hexadecimal digits/));
    expect(warnings.join()).not.toContain('hill-coffee');
  });
});
