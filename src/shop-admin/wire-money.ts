/** Amounts as the Admin API gives them: in two currencies, of which the shop's is ours. */
import { z } from 'zod';
import { readAmount, readText, scalar } from '../shopify/wire-scalars.ts';

/** The part of a query that asks for one. */
export const MONEY = '{ shopMoney { amount currencyCode } }';

export const MoneyBag = z
  .object({ shopMoney: z.object({ amount: scalar(readAmount), currencyCode: scalar(readText) }) })
  .nullable();

/** The decimal string. GraphQL drops the last zero (`1895.0`) that webhooks keep (`1895.00`); it is put back, so that both agree. */
export function amountOf(money: z.output<typeof MoneyBag>): string | null {
  return money?.shopMoney.amount?.replace(/^(-?\d+\.\d)$/, '$10') ?? null;
}
