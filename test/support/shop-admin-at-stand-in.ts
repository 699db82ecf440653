/** The adapter of the shop's Admin API and the stand-in it talks to, on a clock that the test moves. */
import type { Answer, ShopAdmin, ShopFault } from '../../src/domain/shop-admin.ts';
import { type ShopAdminOptions, shopAdmin } from '../../src/shop-admin/shop-admin.ts';
import { SMALL_CART } from '../../stand-ins/shop/cart.ts';
import type { CheckoutFacts } from '../../stand-ins/shop/checkout-body.ts';
import { newToken } from '../../stand-ins/shop/ids.ts';
import { ODILE_US } from '../../stand-ins/shop/people.ts';
import { type ShopAdminStandIn, startShopAdmin } from '../../stand-ins/shop-admin/server.ts';
import { SHOP } from './a-shopper.ts';
import { fakeClock } from './fakes.ts';

export interface ShopAdminAtStandIn {
  readonly shop: ShopAdminStandIn;
  readonly admin: ShopAdmin;
  readonly clock: ReturnType<typeof fakeClock>;
  /** Another adapter of the same shop. */
  another(options?: Partial<ShopAdminOptions>): ShopAdmin;
  close(): Promise<void>;
}

/** By default with client credentials and far more time than loopback needs. */
export async function openShopAdmin(options: Partial<ShopAdminOptions> = {}): Promise<ShopAdminAtStandIn> {
  const shop = await startShopAdmin();
  const clock = fakeClock(Date.parse('2026-11-20T12:00:00Z'));
  const another = (more: Partial<ShopAdminOptions> = {}) =>
    shopAdmin({
      shop: SHOP,
      adminUrl: new URL(shop.url),
      token: { kind: 'client_credentials', ...shop.credentials },
      timeoutMs: 10_000,
      clock,
      ...options,
      ...more,
    });
  return { shop, admin: another(), clock, another, close: () => shop.close() };
}

/** The value of an answer that must be one. @throws {Error} with the fault when it is none. */
export function answered<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(`the shop gave no answer: ${JSON.stringify(answer.fault)}`);
  return answer.value;
}

/** Why there is no answer; null when there is one. */
export function faultOf(answer: Answer<unknown>): ShopFault | null {
  return answer.ok ? null : answer.fault;
}

/** A checkout with everything given, left at `at`. */
export function checkoutFacts(at: string, differs: Partial<CheckoutFacts> = {}): CheckoutFacts {
  return {
    shop: SHOP,
    token: newToken(),
    apiVersion: '2026-10',
    shopper: ODILE_US,
    cart: SMALL_CART,
    revealed: { email: true, address: true, phone: true, consent: 'yes' },
    createdAt: new Date(at),
    updatedAt: new Date(at),
    offset: '+00:00',
    ...differs,
  };
}
