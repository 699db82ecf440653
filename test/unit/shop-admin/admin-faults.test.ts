import { describe, expect, it } from 'vitest';
import { graphqlFault, readErrors, retryAfterMs, statusFault } from '../../../src/shop-admin/admin-faults.ts';

describe('the status of an answer', () => {
  it.each([200, 201, 204, 299])('%i is no fault', (status) => {
    expect(statusFault(status, null)).toBeNull();
  });

  it.each([
    [301, { kind: 'denied', cause: 'http_301' }],
    [307, { kind: 'denied', cause: 'http_307' }],
    [401, { kind: 'denied', cause: 'token_refused' }],
    [402, { kind: 'denied', cause: 'http_402' }],
    [403, { kind: 'denied', cause: 'http_403' }],
    [404, { kind: 'denied', cause: 'http_404' }],
    [423, { kind: 'denied', cause: 'http_423' }],
    [400, { kind: 'refused', message: 'HTTP 400' }],
    [422, { kind: 'refused', message: 'HTTP 422' }],
    [408, { kind: 'unavailable', cause: 'http_408', retryAfterMs: 7_000 }],
    [429, { kind: 'unavailable', cause: 'throttled', retryAfterMs: 7_000 }],
    [430, { kind: 'unavailable', cause: 'http_430', retryAfterMs: 7_000 }],
    [500, { kind: 'unavailable', cause: 'http_500', retryAfterMs: 7_000 }],
    [503, { kind: 'unavailable', cause: 'http_503', retryAfterMs: 7_000 }],
    [530, { kind: 'unavailable', cause: 'http_530', retryAfterMs: 7_000 }],
  ])('%i is a fault of its kind', (status, fault) => {
    expect(statusFault(status, '7')).toEqual(fault);
  });

  it('asks for no more than an hour of patience', () => {
    expect(statusFault(503, '99999')).toMatchObject({ retryAfterMs: 3_600_000 });
  });
});

describe('Retry-After', () => {
  it.each([
    ['2', 2_000],
    ['2.0', 2_000],
    ['0.3', 300],
    ['0.0004', 1],
    [' 5 ', 5_000],
    ['0', 0],
    [null, null],
    ['', null],
    ['-1', null],
    ['soon', null],
    ['Fri, 20 Nov 2026 12:00:00 GMT', null],
    ['1e3', null],
    ['99999999', null],
  ])('%s is %s ms', (header, expected) => {
    expect(retryAfterMs(header)).toBe(expected);
  });
});

const error = (code: string, message = 'said so', path: (string | number)[] = []) => ({
  message,
  path,
  extensions: { code },
});
const cost = (requestedQueryCost: number, currentlyAvailable: number, restoreRate: number) => ({
  cost: { requestedQueryCost, actualQueryCost: null, throttleStatus: { currentlyAvailable, restoreRate } },
});
const faultOf = (errors: unknown, extensions: unknown = {}, variables: unknown = {}) =>
  graphqlFault(readErrors(errors), extensions, variables);

describe('GraphQL errors', () => {
  it.each([
    ['until the bucket holds enough', cost(502, 2, 100), 5_000],
    ['a part of a second', cost(110, 100, 100), 100],
    ['not at all when it holds enough by now', cost(10, 900, 100), 0],
    ['an hour at most', cost(1_000_000, 0, 50), 3_600_000],
    ['for an unknown time when nothing restores it', cost(502, 2, 0), null],
    ['for an unknown time when no cost is told', {}, null],
    ['for an unknown time when the cost is nonsense', { cost: 'dear' }, null],
  ])('of a throttled question: wait %s', (_what, extensions, retryAfter) => {
    expect(faultOf([error('THROTTLED')], extensions)).toEqual({
      ...{ kind: 'unavailable', cause: 'throttled', retryAfterMs: retryAfter },
    });
  });

  it('tell which field was denied', () => {
    const denial = error('ACCESS_DENIED', 'Access denied for customer field.', ['orders', 'nodes', 3, 'customer']);
    expect(faultOf([denial])).toEqual({ kind: 'denied', cause: 'access_denied.orders.nodes.customer' });
    expect(faultOf([error('SHOP_INACTIVE')])).toEqual({ kind: 'denied', cause: 'shop_inactive' });
  });

  it('of the shop itself pass by themselves', () => {
    expect(faultOf([error('INTERNAL_SERVER_ERROR', 'Request ID: 7')])).toEqual({
      ...{ kind: 'unavailable', cause: 'internal_server_error', retryAfterMs: null },
    });
  });

  it('of any other kind are a refusal, scrubbed of what was sent', () => {
    const errors = [error('argumentLiteralsIncompatible', 'Odile is no ID'), { message: 'And no more' }];
    expect(faultOf(errors, {}, { name: 'Odile' })).toEqual({
      ...{ kind: 'refused', message: 'argumentLiteralsIncompatible: … is no ID; And no more' },
    });
  });

  it('of several kinds are the one that passes soonest', () => {
    const all = ['UNKNOWN', 'ACCESS_DENIED', 'INTERNAL_SERVER_ERROR', 'THROTTLED'].map((code) => error(code));
    expect(faultOf(all)).toMatchObject({ cause: 'throttled' });
    expect(faultOf(all.slice(0, 3))).toMatchObject({ cause: 'internal_server_error' });
    expect(faultOf(all.slice(0, 2))).toMatchObject({ cause: 'access_denied' });
  });

  it.each([
    ['a text', 'Invalid API key', 'Invalid API key'],
    ['an object', { query: ['Required'] }, ''],
    ['a list of anything', [null, 7, 'x', { message: 8, path: 'x', extensions: [] }], ''],
  ])('that are %s are read as far as they can be', (_what, errors, message) => {
    expect(faultOf(errors)).toMatchObject({ kind: 'refused', message: expect.stringContaining(message) });
  });

  it('are none when there are none', () => {
    expect([readErrors(undefined), readErrors(null), readErrors([])]).toEqual([[], [], []]);
  });
});
