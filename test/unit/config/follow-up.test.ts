/** What follows a call, from the environment: defaults, what is accepted, what is refused, and what needs what. */
import { describe, expect, it } from 'vitest';
import { type FollowUpConfig, followUpShape, personMemoryMs } from '../../../src/config/follow-up.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/domain/duration.ts';
import { aDataKey } from '../../support/a-data-key.ts';
import { type Env, faultsIn, NEEDED } from '../../support/an-environment.ts';

const needed: Env = {
  ...NEEDED,
  OPS_PASSWORD: 'sixteen-letters-',
  DATA_KEY: aDataKey(),
};
const access: Env = { SHOPIFY_ADMIN_TOKEN: 'shpat_made_up' };
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const receiver: Env = { FORWARD_URL: 'https://hill-coffee.example/calls?from=ringback', FORWARD_SECRET: SECRET };
const NEEDS_ACCESS = 'needs SHOPIFY_ADMIN_TOKEN, or SHOPIFY_CLIENT_ID and SHOPIFY_CLIENT_SECRET';

function load(changes: Env = {}): FollowUpConfig {
  return loadConfig({ ...needed, ...changes }, () => `${SECRET}\n`).followUp;
}

const faultsAfter = (changes: Env = {}) => faultsIn(() => load(changes));

describe('what follows a call', () => {
  it('is little where nothing was configured', () => {
    expect(load()).toEqual({
      rules: {
        attributionMs: 7 * DAY,
        agentOrder: 'off',
        forward: { actions: false, outcomes: false },
        redialPresumed: false,
        vendorRetryMs: 5 * MINUTE,
      },
      unknownMs: DAY,
      calledMs: 3 * DAY,
      matchWindowMs: 30 * DAY,
      lastLook: { onSilence: 'call', timeoutMs: 2 * SECOND },
      backfillEveryMs: 5 * MINUTE,
      discount: { kind: 'off' },
      forward: null,
    });
  });

  it('takes an empty variable for its default', () => {
    const empty = Object.fromEntries(Object.keys(followUpShape).map((name) => [name, ' ']));
    expect(load(empty)).toEqual(load());
  });

  it.each<[Env, Partial<FollowUpConfig>]>([
    [{ UNKNOWN_DEADLINE: '2h' }, { unknownMs: 2 * HOUR }],
    [{ CALL_CLOSE_AFTER: '4h' }, { calledMs: 4 * HOUR }],
    [{ ORDER_MATCH_WINDOW: '3d' }, { matchWindowMs: 3 * DAY }],
    [{ LAST_LOOK: 'off' }, { lastLook: null }],
    [{ LAST_LOOK_TIMEOUT: '500ms' }, { lastLook: { onSilence: 'call', timeoutMs: 500 } }],
    [{ LAST_LOOK: 'wait', ...access }, { lastLook: { onSilence: 'wait', timeoutMs: 2 * SECOND } }],
    [{ BACKFILL_EVERY: '10s' }, { backfillEveryMs: 10 * SECOND }],
    [{ BACKFILL_EVERY: ' off ' }, { backfillEveryMs: null }],
  ])('is as configured by %j', (changes, expected) => {
    expect(load(changes)).toEqual({ ...load(), ...expected });
  });

  it.each([
    [{}, 0],
    [{ HOLDOUT_PERCENT: '12.5' }, 12.5],
    [{ HOLDOUT_PERCENT: '50' }, 50],
  ] as const)('is measured by the holdout of %j, which the decision draws', (changes, holdoutPercent) => {
    expect(loadConfig({ ...needed, ...changes }).policy.holdoutPercent).toBe(holdoutPercent);
  });

  it.each<[Env, object]>([
    [{ ATTRIBUTION_WINDOW: '14d' }, { attributionMs: 14 * DAY }],
    [{ UNKNOWN_REDIAL: 'yes', UNKNOWN_DEADLINE: '2h' }, { redialPresumed: true }],
    [{ AGENT_ORDER: 'draft', ...access }, { agentOrder: 'draft' }],
    [{ AGENT_ORDER: 'cod', ...access }, { agentOrder: 'cod' }],
  ])('has the rules of %j', (changes, rules) => {
    expect(load(changes).rules).toEqual({ ...load().rules, ...rules });
  });
});

describe('a variable', () => {
  const noDuration = 'is not a duration such as 500ms, 10s, 15m or 24h';
  const noPercentage = 'must be a percentage from 0 to 50';
  const noValue = 'must be a percentage such as 10% or an amount such as 5.00';

  it.each([
    ['ORDER_MATCH_WINDOW', '59s', 'must lie between 1m and 365d'],
    ['ORDER_MATCH_WINDOW', '30', noDuration],
    ['ATTRIBUTION_WINDOW', '91d', 'must lie between 1m and 90d'],
    ['CALL_CLOSE_AFTER', '31d', 'must lie between 1m and 30d'],
    ['UNKNOWN_DEADLINE', '500ms', 'must lie between 1s and 30d'],
    ['UNKNOWN_REDIAL', 'maybe', 'must be no or yes'],
    ['LAST_LOOK', 'twice', 'must be call, wait or off'],
    ['LAST_LOOK_TIMEOUT', '31s', 'must lie between 100ms and 30s'],
    ['BACKFILL_EVERY', 'never', `${noDuration}, or off`],
    ['BACKFILL_EVERY', '9s', 'must lie between 10s and 1d, or off'],
    ['HOLDOUT_PERCENT', '50.1', noPercentage],
    ['HOLDOUT_PERCENT', '-1', noPercentage],
    ['HOLDOUT_PERCENT', '10%', noPercentage],
    ['HOLDOUT_PERCENT', '1e1', noPercentage],
    ['DISCOUNT', 'on', 'must be off, mint or fixed:<code>'],
    ['DISCOUNT', 'fixed:', 'must be off, mint or fixed:<code>'],
    ['DISCOUNT', 'fixed:two words', 'must be off, mint or fixed:<code>'],
    ['DISCOUNT_VALUE', '10', null],
    ['DISCOUNT_VALUE', '0%', noValue],
    ['DISCOUNT_VALUE', '100%', noValue],
    ['DISCOUNT_VALUE', '0.00', noValue],
    ['DISCOUNT_VALUE', '-5', noValue],
    ['DISCOUNT_VALUE', '5,00', noValue],
    ['DISCOUNT_DESCRIPTION', 'x'.repeat(201), 'must have at most 200 characters'],
    ['DISCOUNT_APPLY', 'instead', 'must be additional or override'],
    ['DISCOUNT_VALID_FOR', '59m', 'must lie between 1h and 90d'],
    ['DISCOUNT_NOT_AGAIN', '366d', 'must lie between 0ms and 365d'],
    ['AGENT_ORDER', 'yes', 'must be off, draft or cod'],
    ['FORWARD', 'everything', 'must be actions, outcomes or both, comma separated'],
    ['FORWARD', 'actions,', 'must be actions, outcomes or both, comma separated'],
    ['FORWARD_URL', 'hill-coffee.example', 'must be a URL that begins with https:// or http://'],
  ])('%s that is %s is refused, or not', (name, value, fault) => {
    expect(faultsAfter({ [name]: value, ...(name === 'FORWARD_URL' ? { FORWARD_SECRET: SECRET } : {}) })).toEqual(
      fault === null ? [] : [`${name} ${fault}`],
    );
  });

  it.each([
    ['no secret of this kind', 'a-long-text-that-is-none'],
    ['no base64', 'whsec_not base64'],
    ['too short', `whsec_${Buffer.alloc(23).toString('base64')}`],
    ['too long', `whsec_${Buffer.alloc(65).toString('base64')}`],
  ])('FORWARD_SECRET is refused when it is %s, without being quoted', (_what, value) => {
    const faults = faultsAfter({ ...receiver, FORWARD_SECRET: value });
    expect(faults).toEqual(['FORWARD_SECRET must be whsec_ and the base64 of 24 to 64 bytes']);
    expect(faults.join()).not.toContain(value);
  });

  it('FORWARD_SECRET is refused while it is a placeholder', () => {
    expect(faultsAfter({ ...receiver, FORWARD_SECRET: 'changeme' })).toEqual(['FORWARD_SECRET is still a placeholder']);
  });
});

describe('a discount', () => {
  const terms = { value: { kind: 'percentage', percent: 10 }, description: '10% off', applyAs: 'additional' };

  it.each<[string, Env, object]>([
    [
      'of the merchant’s own',
      { DISCOUNT: 'fixed: TEA-5', DISCOUNT_VALUE: '10%' },
      { kind: 'fixed', code: 'TEA-5', terms },
    ],
    [
      'for each call',
      { DISCOUNT: 'mint', DISCOUNT_VALUE: '10%', ...access },
      { kind: 'mint', terms, validMs: 2 * DAY, notAgainMs: 90 * DAY },
    ],
    [
      'of an amount',
      { DISCOUNT: 'fixed:TEA', DISCOUNT_VALUE: '5.50' },
      { terms: { value: { kind: 'fixed', amount: '5.50' }, description: '5.50 off', applyAs: 'additional' } },
    ],
    [
      'of a part of a per cent',
      { DISCOUNT: 'fixed:TEA', DISCOUNT_VALUE: '7.5%' },
      { terms: { value: { kind: 'percentage', percent: 7.5 }, description: '7.5% off' } },
    ],
    [
      'in the merchant’s words',
      { DISCOUNT: 'fixed:TEA', DISCOUNT_VALUE: '10%', DISCOUNT_DESCRIPTION: 'a tenth off', DISCOUNT_APPLY: 'override' },
      { terms: { ...terms, description: 'a tenth off', applyAs: 'override' } },
    ],
    [
      'for as long as the merchant likes',
      {
        DISCOUNT: 'mint',
        DISCOUNT_VALUE: '10%',
        DISCOUNT_VALID_FOR: '24h',
        DISCOUNT_NOT_AGAIN: '0s',
        ...access,
      },
      { validMs: DAY, notAgainMs: 0 },
    ],
    ['that is off, whatever it would be worth', { DISCOUNT: 'off', DISCOUNT_VALUE: '10%' }, { kind: 'off' }],
  ])('%s is offered so', (_what, changes, discount) => {
    expect(load(changes).discount).toMatchObject(discount);
  });

  it.each<Env>([{ DISCOUNT: 'fixed:TEA' }, { DISCOUNT: 'mint', ...access }])('needs a value: %j', (changes) => {
    expect(faultsAfter(changes)).toEqual(['DISCOUNT_VALUE is missing: the agent must know what it offers']);
  });

  it('is blamed once for a value that cannot be read', () => {
    expect(faultsAfter({ DISCOUNT: 'fixed:TEA', DISCOUNT_VALUE: 'ten' })).toHaveLength(1);
  });
});

describe('what needs access to the shop', () => {
  const mint = { DISCOUNT: 'mint', DISCOUNT_VALUE: '10%' };

  it.each<[Env, string]>([
    [{ LAST_LOOK: 'wait' }, 'LAST_LOOK=wait'],
    [mint, 'DISCOUNT=mint'],
    [{ AGENT_ORDER: 'draft' }, 'AGENT_ORDER=draft'],
    [{ AGENT_ORDER: 'cod' }, 'AGENT_ORDER=cod'],
  ])('is refused without it: %j', (changes, what) => {
    expect(faultsAfter(changes)).toEqual([`${what} ${NEEDS_ACCESS}`]);
    expect(faultsAfter({ ...changes, ...access })).toEqual([]);
    expect(faultsAfter({ ...changes, SHOPIFY_CLIENT_ID: 'an-app' })).toEqual([]);
  });

  it('is not blamed while the access itself has a fault', () => {
    expect(faultsAfter({ ...mint, SHOPIFY_ADMIN_TOKEN: 'changeme' })).toEqual([
      'SHOPIFY_ADMIN_TOKEN is still a placeholder',
    ]);
  });

  it.each<Env>([{ LAST_LOOK: 'call' }, { LAST_LOOK: 'off' }, { BACKFILL_EVERY: '5m' }, { AGENT_ORDER: 'off' }])(
    'is not everything: %j does without',
    (changes) => {
      expect(faultsAfter(changes)).toEqual([]);
    },
  );
});

describe('forwarding', () => {
  it('tells the merchant’s address of actions and outcomes, signed', () => {
    const { forward, rules } = load(receiver);
    expect(forward).toEqual({ url: new URL('https://hill-coffee.example/calls?from=ringback'), secret: SECRET });
    expect(rules.forward).toEqual({ actions: true, outcomes: true });
  });

  it.each([
    ['actions', { actions: true, outcomes: false }],
    ['outcomes', { actions: false, outcomes: true }],
    [' outcomes , actions ', { actions: true, outcomes: true }],
  ])('may be of %s alone', (words, told) => {
    expect(load({ ...receiver, FORWARD: words }).rules.forward).toEqual(told);
  });

  it('is of nothing without an address, whatever was chosen', () => {
    expect(load({ FORWARD: 'actions' }).rules.forward).toEqual({ actions: false, outcomes: false });
  });

  it.each(['FORWARD_URL', 'FORWARD_SECRET'])('is refused with half of what it needs: without %s', (name) => {
    expect(faultsAfter({ ...receiver, [name]: undefined })).toEqual([
      'FORWARD_URL and FORWARD_SECRET are needed together',
    ]);
  });

  it('is blamed once for an address that cannot be read', () => {
    expect(faultsAfter({ ...receiver, FORWARD_URL: 'nowhere' })).toHaveLength(1);
  });

  it('may have its secret in a file', () => {
    const { forward } = load({ ...receiver, FORWARD_SECRET: undefined, FORWARD_SECRET_FILE: '/run/secrets/forward' });
    expect(forward?.secret).toBe(SECRET);
  });

  it('leaves this machine only in secret', () => {
    expect(faultsAfter({ ...receiver, FORWARD_URL: 'http://hill-coffee.example/calls' })).toEqual([
      'FORWARD_URL must be https unless its host is loopback',
    ]);
    expect(faultsAfter({ ...receiver, FORWARD_URL: 'http://127.0.0.1:9000/calls' })).toEqual([]);
  });

  it.each(['https://user:word@hill-coffee.example/', 'https://hill-coffee.example/#calls'])(
    'takes no address with credentials or a fragment: %s',
    (url) => {
      expect(faultsAfter({ ...receiver, FORWARD_URL: url })).toEqual([
        expect.stringMatching(/^FORWARD_URL must hold no credentials/),
      ]);
    },
  );
});

describe('a record', () => {
  const fault = 'RECORD_TTL must not be shorter than ATTRIBUTION_WINDOW, CALL_CLOSE_AFTER or UNKNOWN_DEADLINE';

  it.each([
    [{ RECORD_TTL: '20d', ATTRIBUTION_WINDOW: '21d' }, [fault]],
    [{ RECORD_TTL: '20d', CALL_CLOSE_AFTER: '21d' }, [fault]],
    [{ RECORD_TTL: '20d', UNKNOWN_DEADLINE: '21d' }, [fault]],
    [{ RECORD_TTL: '21d', ATTRIBUTION_WINDOW: '21d', CALL_CLOSE_AFTER: '21d', UNKNOWN_DEADLINE: '21d' }, []],
  ])('lives as long as anything counts from it: %j', (changes, faults) => {
    expect(faultsAfter(changes)).toEqual(faults);
  });
});

describe('a person', () => {
  const mint = { DISCOUNT: 'mint', DISCOUNT_VALUE: '10%', ...access };

  it.each<[Env, number]>([
    [{}, 30 * DAY],
    [{ ORDER_MATCH_WINDOW: '1h' }, 30 * DAY],
    [{ ORDER_MATCH_WINDOW: '60d' }, 60 * DAY],
    [mint, 90 * DAY],
    [{ ...mint, DISCOUNT_NOT_AGAIN: '180d', ORDER_MATCH_WINDOW: '60d' }, 180 * DAY],
    [{ DISCOUNT_NOT_AGAIN: '180d' }, 30 * DAY],
  ])('is remembered as long as anybody may ask: %j', (changes, ms) => {
    expect(personMemoryMs(load(changes))).toBe(ms);
  });
});

describe('a warning', () => {
  it('is given where somebody may be phoned twice', () => {
    expect(loadConfig({ ...needed, UNKNOWN_REDIAL: 'yes', UNKNOWN_DEADLINE: '2h' }).warnings).toEqual([
      expect.stringMatching(/^UNKNOWN_REDIAL is yes: /),
    ]);
    expect(loadConfig(needed).warnings).toEqual([]);
  });
});
