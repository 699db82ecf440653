/** What an operator looks through: recoveries with errands that failed, or that are still to be done. */
import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/domain/duration.ts';
import type { Errands } from '../../../src/domain/errand.ts';
import { recoveryIdOf } from '../../../src/domain/recovery-id.ts';
import { StoreUnavailableError } from '../../../src/errors.ts';
import { listErrands } from '../../../src/recovery/list-errands.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { SHOP } from '../../support/a-recovery-world.ts';
import { anErrand } from '../../support/an-errand.ts';
import { fakeStore } from '../../support/fake-store.ts';

const NOW = ELEVEN_IN_BENGALURU;
const failed = anErrand({ state: 'failed', tries: 30 });
const idOf = (token: string) => recoveryIdOf(SHOP, token);

function recoveries(errands: Readonly<Record<string, Errands>>) {
  const store = fakeStore();
  for (const [n, [token, own]] of Object.entries(errands).entries()) {
    store.put(aRecord({ id: idOf(token), checkoutToken: token, changedAt: NOW + n, errands: own }));
  }
  const list = listErrands(store, SHOP);
  const keys = async (state: 'failed' | 'open', limit = 10) =>
    (await list(state, limit)).map(({ record, errands: some }) => [record.id, some.map(({ key }) => key)]);
  return { store, keys };
}

describe('the list', () => {
  const world = () =>
    recoveries({
      both: { abort: failed, forward: anErrand({ dueAt: NOW + HOUR }), over: anErrand({ state: 'done' }) },
      busy: { abort: anErrand({ state: 'doing', doingAt: NOW }) },
      broken: { abort: failed },
      quiet: { abort: anErrand({ state: 'done' }) },
    });

  it('of failed ones has the newest failure first, and nothing else of its recovery', async () => {
    expect(await world().keys('failed')).toEqual([
      [idOf('broken'), ['abort']],
      [idOf('both'), ['abort']],
    ]);
  });

  it('of those still to be done has those being done, too, by what must be looked at first', async () => {
    expect(await world().keys('open')).toEqual([
      [idOf('busy'), ['abort']],
      [idOf('both'), ['forward']],
    ]);
  });

  it('is no longer than asked', async () => {
    expect(await world().keys('failed', 1)).toEqual([[idOf('broken'), ['abort']]]);
  });

  it('leaves out what was mended since its index was read, and what is gone', async () => {
    const { store, keys } = world();
    store.before('load', () => store.put({ ...store.record(idOf('broken')), errands: {} }));
    expect(await keys('failed')).toEqual([[idOf('both'), ['abort']]]);
  });

  it('leaves out what cannot be read', async () => {
    const { store, keys } = world();
    store.before('load', () => {
      throw new SyntaxError('Unexpected token');
    });
    expect(await keys('failed')).toEqual([[idOf('both'), ['abort']]]);
  });

  it('is none while the store is away', async () => {
    const { store, keys } = world();
    store.before('load', () => {
      throw new StoreUnavailableError(new Error('connection lost'));
    });
    await expect(keys('failed')).rejects.toThrow(StoreUnavailableError);
  });
});
