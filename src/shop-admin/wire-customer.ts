/** The customer inside the Admin API's answers, as far as they tell whom to call and whether one may. Type `Customer`, version 2026-10. */
import { z } from 'zod';
import type { Checkout, CheckoutCustomer } from '../domain/checkout.ts';
import { readId, readLooseText, readText, scalar } from '../shopify/wire-scalars.ts';
import { ADDRESS, MailingAddress, toAddress } from './wire-address.ts';

/** The part of a query that asks for one. */
export const CUSTOMER = `{
  id firstName lastName
  defaultEmailAddress { emailAddress }
  defaultPhoneNumber { phoneNumber smsMarketingConsent { state } }
  defaultAddress ${ADDRESS}
}`;

const text = scalar(readText);

export const Customer = z
  .object({
    id: scalar(readId),
    firstName: text,
    lastName: text,
    defaultEmailAddress: z.object({ emailAddress: text }).nullable(),
    defaultPhoneNumber: z
      .object({
        phoneNumber: scalar(readLooseText),
        smsMarketingConsent: z.object({ state: z.string() }).nullable(),
      })
      .nullable(),
    defaultAddress: MailingAddress,
  })
  .nullable();

type Customer = z.output<typeof Customer>;

export function toCustomer(customer: Customer): CheckoutCustomer | null {
  if (customer === null) return null;
  return {
    id: customer.id,
    firstName: customer.firstName,
    lastName: customer.lastName,
    email: customer.defaultEmailAddress?.emailAddress ?? null,
    phone: customer.defaultPhoneNumber?.phoneNumber ?? null,
    defaultAddress: toAddress(customer.defaultAddress),
  };
}

/** Only `SUBSCRIBED` is consent: `PENDING` waits for the shopper's confirmation. It was given for this number and no other. */
export function toSmsMarketing(customer: Customer): Checkout['smsMarketing'] {
  const phone = customer?.defaultPhoneNumber ?? null;
  const accepted = phone?.smsMarketingConsent?.state === 'SUBSCRIBED';
  return { accepted, phone: accepted ? phone.phoneNumber : null };
}
