/** A checkout that can be called about, for tests that care about one thing in it: name that thing in the overrides. */
import type { Address, Checkout, LineItem, TaxLine } from '../../src/domain/checkout.ts';

/** Asha Rao in Bengaluru left two bags of coffee behind: one contact number, one address, no discount. */
export function aCheckout(overrides: Partial<Checkout> = {}): Checkout {
  return {
    shop: 'hill-coffee.myshopify.com',
    token: '0ff1ce000ff1ce000ff1ce000ff1ce00',
    cartToken: 'cart-hill-coffee-1',
    id: '44001100220033',
    createdAt: Date.UTC(2026, 10, 3, 4, 30, 0),
    updatedAt: Date.UTC(2026, 10, 3, 4, 35, 12, 999),
    completedAt: null,
    recoveryUrl: 'https://hill-coffee.myshopify.com/62000001/checkouts/ac/hc-1/recover?key=a-made-up-key&locale=en-IN',
    currency: 'INR',
    totals: { lineItems: '1895.00', discounts: '0.00', subtotal: '1895.00', total: '1955.00' },
    taxesIncluded: true,
    taxLines: [aTaxLine()],
    lineItems: [aLineItem()],
    discountCodes: [],
    email: 'asha.rao@mail.example',
    phone: '+919090909090',
    smsMarketing: { accepted: false, phone: null },
    attributes: [],
    test: false,
    customer: {
      id: '7700110022003300',
      firstName: 'Asha',
      lastName: 'Rao',
      email: null,
      phone: null,
      defaultAddress: null,
    },
    shippingAddress: anAddress(),
    billingAddress: null,
    ...overrides,
  };
}

/** Where Asha's parcels go; no phone. */
export function anAddress(overrides: Partial<Address> = {}): Address {
  return {
    firstName: 'Asha',
    lastName: 'Rao',
    name: 'Asha Rao',
    address1: '7 Cubbon Road',
    address2: null,
    city: 'Bengaluru',
    province: 'Karnataka',
    provinceCode: 'KA',
    country: 'India',
    countryCode: 'IN',
    zip: '560001',
    phone: null,
    ...overrides,
  };
}

export function aLineItem(overrides: Partial<LineItem> = {}): LineItem {
  return {
    title: 'Monsooned Malabar, 1 kg',
    quantity: 1,
    variantId: '45500011122233',
    variantTitle: 'Whole bean',
    price: '1895.00',
    ...overrides,
  };
}

export function aTaxLine(overrides: Partial<TaxLine> = {}): TaxLine {
  return { rate: 0.05, title: 'IGST', price: '90.24', source: null, ...overrides };
}
