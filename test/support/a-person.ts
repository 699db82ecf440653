/** Somebody with a name, a number, an address and a customer account that nobody else in a test has, so that their traces can be told from all others. */
import { createHash } from 'node:crypto';
import { ODILE_US, type Shopper } from '../../stand-ins/shop/people.ts';
import { aShopper, type ShopperInTest, type Webhook } from './a-shopper.ts';

/** With a letter of their own; no two people of a test file share one, up to a hundred. */
const FIRST = [
  'Zenobia',
  'Ottokar',
  'Philippa',
  'Quillon',
  'Ysolde',
  'Barnaby',
  'Cressida',
  'Dorothea',
  'Eustace',
  'Fenella',
];
const LAST = [
  'Underhay',
  'Varnsbury',
  'Wexcombe',
  'Yarrowick',
  'Abernethy',
  'Bellweather',
  'Cardew',
  'Drinkwater',
  'Esterhaze',
  'Fothergill',
];
let people = 0;

export interface PersonInTest {
  /** Their first checkout; its customer's id is the person's. */
  readonly first: ShopperInTest;
  /** Another checkout of the same account. */
  another(differs?: Partial<Shopper>): ShopperInTest;
  /** What tells of them, wherever it stands: names, contacts, address, recovery keys, the customer's id, digests of the last. */
  tracesIn(text: string): string[];
}

export function aPerson(): PersonInTest {
  const n = people++;
  const letter = String.fromCharCode(97 + Math.floor(n / 10));
  const firstName = `${FIRST[n % 10]}${letter}`;
  const lastName = `${LAST[n % 10]}${letter}`;
  const line = `01${String(n % 100).padStart(2, '0')}`;
  const e164 = `+1212555${line}`;
  const shopper: Shopper = {
    ...ODILE_US,
    ...{ firstName, lastName, email: `${firstName}.${lastName}@example.net`.toLowerCase() },
    ...{ contactPhone: e164, typedPhone: `(212) 555-${line}`, e164 },
    address: { ...ODILE_US.address, address1: `${n + 3} ${lastName} Wharf` },
  };
  const first = aShopper({ shopper });
  const checkouts = [first];
  const customerId = `${first.ids.customerId}`;

  return {
    first,
    another(differs = {}) {
      const other = first.elsewhere(differs);
      checkouts.push(other);
      return withCustomer(other, customerId);
    },
    tracesIn(text) {
      const contacts = [shopper.email, e164, `customer:${customerId}`];
      const literal = [
        firstName,
        lastName,
        shopper.email,
        `555-${line}`,
        `212555${line}`,
        `${lastName} Wharf`,
        customerId,
      ];
      const keys = checkouts.map(({ ids }) => ids.recoveryKey);
      return [...literal, ...keys, ...contacts.map(digestOf)].filter((trace) =>
        text.toLowerCase().includes(trace.toLowerCase()),
      );
    },
  };
}

/** As contacts and customers stand in names of keys. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** The same checkout, left by the customer with this id. */
function withCustomer(shopper: ShopperInTest, customerId: string): ShopperInTest {
  const mine = (webhook: Webhook): Webhook => ({
    ...webhook,
    body: webhook.body.replaceAll(`${shopper.ids.customerId}`, customerId),
  });
  return {
    ...shopper,
    opens: (at) => mine(shopper.opens(at)),
    fillsIn: (at, revealed) => mine(shopper.fillsIn(at, revealed)),
    completes: (at) => mine(shopper.completes(at)),
    orders: (at, topic) => mine(shopper.orders(at, topic)),
  };
}
