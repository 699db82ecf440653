/** What the operator is told who asks for a call at once that cannot come at once. */
import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { opsApi } from '../../../src/http/ops/recoveries-api.ts';
import { aWorld, ID } from '../../support/a-recovery-world.ts';

async function callNow(options: { readonly paused?: boolean; readonly decent?: boolean }) {
  const world = aWorld({ record: {} });
  if (options.paused) await world.dialSwitch.pause('operator');
  const app = Fastify();
  await app.register(opsApi, {
    ...{
      ...world,
      shop: 'hill-coffee.myshopify.com',
      find: null as never,
      parked: null as never,
      replay: null as never,
    },
    isDecentHour: () => options.decent ?? true,
  });
  return (await app.inject({ method: 'POST', url: `/recoveries/${ID}/call-now` })).json();
}

describe('call-now', () => {
  it('has nothing to add where the call comes at once', async () => {
    expect(await callNow({})).toEqual({ status: 'done', state: 'scheduled' });
  });

  it.each([
    ['while dialling is paused', { paused: true }, /^Dialling is paused \(operator\)/],
    ['out of hours', { decent: false }, /^It is no hour at which/],
  ])('%s says what keeps the call waiting', async (_when, options, note) => {
    expect(await callNow(options)).toEqual({ status: 'done', state: 'scheduled', note: expect.stringMatching(note) });
  });
});
