import { describe, expect, it } from 'vitest';
import { askedIn, isReading, isRequestId } from '../../../src/http/ops/access-entry.ts';

const ID = 'hill-coffee.0123456789abcdefghjkmnpqrs';

const ask = (changes: Record<string, unknown>) =>
  askedIn({
    method: 'GET',
    routeOptions: { url: '/ops/x' },
    params: {},
    query: {},
    body: undefined,
    ...changes,
  } as unknown as Parameters<typeof askedIn>[0]);

describe('what a request is called', () => {
  it('is its method and route, never its path', () => {
    expect(ask({ method: 'POST', routeOptions: { url: '/ops/api/recoveries/:id/cancel' } }).what).toBe(
      'POST /ops/api/recoveries/:id/cancel',
    );
    expect(ask({ routeOptions: {} }).what).toBe('GET (nothing there)');
  });
});

describe('what a request is about', () => {
  it.each<[Record<string, unknown>, string | null]>([
    [{ id: ID }, ID],
    [{ id: 'data-4711' }, 'data-4711'],
    [{ id: 'AbCdEfGh_-012345' }, 'AbCdEfGh_-012345'],
    [{ id: ID, key: 'abort' }, `${ID}#abort`],
    [{ id: ID, key: `forward:action:send_whatsapp:${ID}.1` }, `${ID}#forward:action:send_whatsapp:${ID}.1`],
    [{ id: ID, key: 'forward:action:+14155550142' }, `${ID}#forward`],
    [{ id: ID, key: 'abort:asha rao' }, `${ID}#abort`],
    [{ id: ID, key: '4155550142' }, `${ID}#none`],
    [{ queueName: 'dial', jobId: `rec-${ID}-12` }, ID],
    [{ queueName: 'errands', jobId: `err-${ID}-7` }, ID],
    [{ queueName: 'errands', jobId: `err-${ID}-reminder` }, ID],
    [{ jobId: 'rec-+14155550142-1' }, null],
    [{ jobId: '14155550142' }, null],
    [{ id: '+14155550142' }, null],
    [{ id: 'asha.rao@mail.example' }, null],
    [{ id: '14155550142' }, null],
    [{ '*': 'asha.rao@mail.example' }, null],
    [{}, null],
  ])('by the parameters %j is %s', (params, about) => {
    expect(ask({ params }).about).toBe(about);
  });

  it.each(['data-', 'data-1 ', 'data-x', 'short', 'a'.repeat(17), `data-${'1'.repeat(21)}`])(
    'is no request of Shopify’s when it looks like “%s”',
    (id) => {
      expect(isRequestId(id)).toBe(false);
    },
  );
});

describe('what more is said of a request', () => {
  it.each<[Record<string, unknown>, string | null]>([
    [{ query: { query: ' +1 (415) 555-0142 ' } }, 'search by number'],
    [{ query: { query: 'Asha.Rao@mail.example' } }, 'search by e-mail'],
    [{ query: { query: ID } }, 'search by recovery id'],
    [{ query: { query: '#1017' } }, 'search by number'],
    [{ query: { query: 'Asha' } }, 'search by name or token'],
    [{ query: { query: '  ' } }, null],
    [{ query: { query: ['Asha', 'Rao'] } }, null],
    [{ query: { state: 'called' } }, null],
    [{ body: { paused: true } }, 'paused: true'],
    [{ body: { paused: 'Asha' } }, null],
    [{ body: { contact: '+14155550142' } }, null],
    [{ body: 'Asha' }, null],
  ])('of %j is %s', (changes, detail) => {
    expect(ask(changes).detail).toBe(detail);
  });
});

it.each([
  ['GET', true],
  ['HEAD', true],
  ['OPTIONS', true],
  ['POST', false],
  ['PUT', false],
  ['PATCH', false],
  ['DELETE', false],
])('%s only looks: %s', (method, reading) => {
  expect(isReading(method)).toBe(reading);
});
