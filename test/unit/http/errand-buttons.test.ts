/** The button of a failed errand: a form's POST does what the JSON route does, and leads back to the recovery. */
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errandButtons } from '../../../src/http/ops/errand-table.ts';
import { errandsApi } from '../../../src/http/ops/errands-api.ts';
import { listErrands } from '../../../src/recovery/list-errands.ts';
import { aCalledRecord } from '../../support/a-called-recovery.ts';
import { aWorld } from '../../support/a-recovery-world.ts';

let app: FastifyInstance;
let world: ReturnType<typeof aWorld>;
const { id, shop } = aCalledRecord();
const FAILED = `forward:outcome:${id}.1`;

beforeEach(async () => {
  world = aWorld();
  world.store.put(aCalledRecord());
  const { operate, store } = world;
  app = Fastify();
  await app.register(errandButtons, { operate });
  await app.register(errandsApi, { operate, listErrands: listErrands(store, shop), prefix: '/api' });
});
afterEach(() => app.close());

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const press = (recovery: string, key: string) =>
  app.inject({
    method: 'POST',
    url: `/recoveries/${recovery}/errands/${encodeURIComponent(key)}/retry`,
    headers: form,
    payload: '',
  });
const post = (recovery: string, key: string) =>
  app.inject({ method: 'POST', url: `/api/recoveries/${recovery}/errands/${encodeURIComponent(key)}/retry` });

describe('trying an errand again', () => {
  it('opens it anew with all its tries, and leads back to the recovery', async () => {
    const { statusCode, headers } = await press(id, FAILED);
    expect({ statusCode, location: headers.location }).toEqual({ statusCode: 303, location: `/ops/recoveries/${id}` });
    expect(world.store.record(id).errands[FAILED]).toMatchObject({ state: 'open', tries: 0, dueAt: world.clock.now() });
    expect(world.store.timeline(id).at(-1)).toMatchObject({ event: 'operator_retried', detail: FAILED });
  });

  it('does the same as JSON', async () => {
    const answer = await post(id, FAILED);
    expect({ status: answer.statusCode, json: answer.json() }).toEqual({
      status: 200,
      json: { status: 'done', state: 'ended' },
    });
    expect(world.store.record(id).errands[FAILED]?.state).toBe('open');
  });

  it.each([
    ['an errand that is done', `agent_order:${id}.1`],
    ['one that does not exist', 'forward:outcome:nowhere'],
    ['a name that every object has', 'constructor'],
    ['a path', '../../x'],
  ])('refuses %s, and changes nothing', async (_what, key) => {
    const before = world.store.record(id);
    expect((await press(id, key)).statusCode).toBe(409);
    expect((await post(id, key)).statusCode).toBe(409);
    expect(world.store.record(id)).toEqual(before);
  });

  it('finds nothing for a recovery that is not there', async () => {
    for (const nobody of ['nobody', 'hill-coffee.00000000000000000000000000']) {
      expect((await press(nobody, FAILED)).statusCode).toBe(404);
      expect((await post(nobody, FAILED)).statusCode).toBe(404);
    }
  });
});
