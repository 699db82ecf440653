/** `check-admin`: one harmless question to the shop's Admin API: does the token work, and may it do what is configured? */
import type { FollowUpConfig } from '../config/follow-up.ts';
import { adminOptionsOf } from '../core.ts';
import type { ShopFault } from '../domain/shop-admin.ts';
import { scopesOf } from '../shop-admin/shop-admin.ts';
import type { Command } from './command.ts';
import { systemClock } from './with-core.ts';

export const checkAdmin: Command = {
  name: 'check-admin',
  follows: '',
  summary: 'asks the shop’s Admin API whether the token works, and which scopes are missing',
  details: `Changes nothing at the shop, and needs no Redis. It ends with 1 when there is no token, when the shop refuses it or does not
answer, and when a scope is missing that the configuration needs. Scopes are not all: the app also needs access to protected
customer data, and abandoned checkouts need the user's permission to manage them.`,
  async run(config, terminal) {
    const options = adminOptionsOf(config, systemClock);
    if (options === null) {
      terminal.print(
        'No Admin token is configured: give SHOPIFY_ADMIN_TOKEN, or SHOPIFY_CLIENT_ID and SHOPIFY_CLIENT_SECRET.',
      );
      return 1;
    }
    const granted = await scopesOf(options);
    if (!granted.ok) {
      terminal.print(`${options.shop}: ${inWords(granted.fault)}`);
      return 1;
    }
    terminal.print(`${options.shop}: the token works.`);
    const needed = neededScopes(config.followUp);
    const missing = needed.filter(({ scope }) => !isGranted(scope, granted.value));
    for (const { scope, by } of needed) {
      const word = missing.some((each) => each.scope === scope) ? 'missing' : 'granted';
      terminal.print(`  ${scope.padEnd(20)} ${word}   for ${by}`);
    }
    terminal.print(missing.length === 0 ? 'Every scope that is needed is there.' : `${missing.length} missing.`);
    return missing.length === 0 ? 0 : 1;
  },
};

interface NeededScope {
  readonly scope: string;
  /** The variables that ask for it. */
  readonly by: string;
}

function neededScopes({ lastLook, backfillEveryMs, rules, discount }: FollowUpConfig): readonly NeededScope[] {
  const reading = [...(lastLook ? ['LAST_LOOK'] : []), ...(backfillEveryMs === null ? [] : ['BACKFILL_EVERY'])].join(
    ', ',
  );
  return [
    ...(reading === '' ? [] : [{ scope: 'read_orders', by: reading }]),
    ...(backfillEveryMs === null
      ? []
      : ['read_customers', 'read_products'].map((scope) => ({ scope, by: 'BACKFILL_EVERY' }))),
    ...(rules.agentOrder === 'off' ? [] : [{ scope: 'write_draft_orders', by: 'AGENT_ORDER' }]),
    ...(discount.kind === 'mint' ? [{ scope: 'write_discounts', by: 'DISCOUNT' }] : []),
  ];
}

/** Who may write may read. Source: Shopify's list of access scopes, as read in November 2026. */
function isGranted(scope: string, granted: readonly string[]): boolean {
  return granted.includes(scope) || granted.includes(scope.replace(/^read_/, 'write_'));
}

function inWords(fault: ShopFault): string {
  switch (fault.kind) {
    case 'unavailable':
      return `no answer (${fault.cause}). Is SHOPIFY_ADMIN_URL right, and the shop there?`;
    case 'denied':
      return `the token is not accepted (${fault.cause}).`;
    case 'refused':
      return `the shop refused the question (${fault.message}).`;
  }
}
