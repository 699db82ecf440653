import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { answerOf } from '../../../src/shop-admin/admin-answer.ts';

const Customer = z.object({ name: z.string() }).nullable();
const answer = z.object({
  needed: z.object({ nodes: z.array(z.object({ customer: Customer }).nullable()) }).nullable(),
  welcome: z.object({}).nullish(),
});
const asked = { answer, variables: {} };
const lost = (...path: (string | number)[]) => ({
  message: 'lost',
  path,
  extensions: { code: 'INTERNAL_SERVER_ERROR' },
});
const denied = (...path: (string | number)[]) => ({ ...lost(...path), extensions: { code: 'ACCESS_DENIED' } });
const nodes = (...customers: unknown[]) => ({ needed: { nodes: customers.map((customer) => ({ customer })) } });

describe('an answer of the shop', () => {
  it('without errors is its data, null where the shop has nothing', () => {
    const data = { needed: null, welcome: null };
    expect(answerOf(asked, { data })).toEqual({ ok: true, value: data });
  });

  it('does not pass off as nothing what was lost to an error', () => {
    const data = { needed: null, welcome: null };
    expect(answerOf(asked, { data, errors: [lost('needed')] })).toEqual({
      ok: false,
      fault: { kind: 'unavailable', cause: 'internal_server_error', retryAfterMs: null },
    });
  });

  it('finds the loss further up, where GraphQL moved it', () => {
    const data = { needed: null };
    expect(answerOf(asked, { data, errors: [lost('needed', 'nodes', 0, 'customer', 'name')] }).ok).toBe(false);
  });

  it('takes any null for a loss when an error does not say where it was', () => {
    expect(answerOf(asked, { data: { needed: null }, errors: [lost()] }).ok).toBe(false);
  });

  it('is used when the loss was welcome and not needed', () => {
    const data = { ...nodes({ name: 'x' }), welcome: null };
    expect(answerOf(asked, { data, errors: [denied('welcome')] })).toMatchObject({ ok: true });
  });

  it('is a fault when every field was wanted and one is denied', () => {
    const data = { ...nodes({ name: 'x' }), welcome: null };
    expect(answerOf({ ...asked, everyField: true }, { data, errors: [denied('welcome')] })).toEqual({
      ok: false,
      fault: { kind: 'denied', cause: 'access_denied.welcome' },
    });
  });

  it('loses a field of one item and keeps the others', () => {
    const items = z.object({ needed: z.object({ nodes: z.array(z.unknown()) }) });
    const data = nodes({ name: 'x' }, null, null);
    const read = answerOf({ ...asked, answer: items }, { data, errors: [lost('needed', 'nodes', 1, 'customer')] });
    expect(read).toEqual({
      ok: true,
      value: { needed: { nodes: [{ customer: { name: 'x' } }, {}, { customer: null }] } },
    });
  });

  it('keeps the place of a lost item', () => {
    const data = { needed: { nodes: [null, { customer: { name: 'x' } }] } };
    expect(answerOf(asked, { data, errors: [lost('needed', 'nodes', 0)] })).toMatchObject({ ok: true, value: data });
  });

  it.each([
    ['nothing', null],
    ['no data', {}],
    ['data of another shape', { data: { needed: 'x' } }],
    ['data that is a text', { data: 'x' }],
  ])('that is %s is unreadable', (_what, body) => {
    expect(answerOf(asked, body)).toEqual({
      ok: false,
      fault: { kind: 'unavailable', cause: 'answer_unreadable', retryAfterMs: null },
    });
  });
});
