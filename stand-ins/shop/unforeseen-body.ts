/** A checkout in a shape that nobody documented: correctly signed JSON, yet not a checkout as the service knows it. */
import { toJson } from './wire.ts';

/** The exact bytes of such a `checkouts/update`. */
export function unforeseenBody(token: string, at: Date): string {
  return toJson({
    token: { value: token },
    updated_at: at.getTime(),
    line_items: { first: { title: 7 } },
    total_price: { amount: '12.00', currency_code: 'EUR' },
    shipping_address: 'somewhere',
  });
}
