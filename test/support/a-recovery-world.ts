/** All use cases joined over the fakes, as the service joins them over the world: Asha's recovery, and a clock at eleven. */
import { SECOND } from '../../src/domain/duration.ts';
import type { CallPolicy } from '../../src/domain/policy.ts';
import type { ParkedStore } from '../../src/domain/ports.ts';
import type { RecoveryRecord } from '../../src/domain/recovery.ts';
import { dial } from '../../src/recovery/dial.ts';
import { operate } from '../../src/recovery/operate.ts';
import { receiveCheckout } from '../../src/recovery/receive-checkout.ts';
import { recordCallEvent } from '../../src/recovery/record-call-event.ts';
import { ring } from '../../src/recovery/ring.ts';
import { stopByLookup, stopRecovery } from '../../src/recovery/stop-recovery.ts';
import { sweep } from '../../src/recovery/sweep.ts';
import { aPolicy, aRecord, ELEVEN_IN_BENGALURU } from './a-record.ts';
import { fakeStore } from './fake-store.ts';
import { fakeAlarms, fakeClock, fakeJournal, fakeSwitch, fakeVoice } from './fakes.ts';

export const SHOP = aRecord().shop;
export const TOKEN = aRecord().checkoutToken;
export const ID = aRecord().id;
export const DIAL_TIME_LIMIT_MS = 30 * SECOND;

const noParking: ParkedStore = {
  park: async () => ({ id: 'parked', dropped: 0 }),
  list: async () => [],
  read: async () => null,
  remove: async () => {},
  count: async () => 0,
  expire: async () => 0,
};

export function aWorld(
  options: { readonly record?: Partial<RecoveryRecord>; readonly policy?: Partial<CallPolicy> } = {},
) {
  const store = fakeStore();
  const alarms = fakeAlarms();
  const clock = fakeClock(ELEVEN_IN_BENGALURU);
  const journal = fakeJournal();
  const dialSwitch = fakeSwitch();
  const voice = fakeVoice();
  const policy = aPolicy(options.policy);
  const world = { pauses: [] as number[], pauseBeforeSavingAgain: async (_tries: number) => {} };
  if (options.record) store.put(aRecord(options.record));

  const deps = { store, alarms, clock, journal, policy, dialTimeLimitMs: DIAL_TIME_LIMIT_MS };
  const stop = stopRecovery(deps);
  const dialler = dial({
    ...deps,
    voice,
    dialSwitch,
    random: () => 0,
    pauseBeforeSavingAgain: async (tries) => {
      world.pauses.push(tries);
      await world.pauseBeforeSavingAgain(tries);
    },
  });
  return Object.assign(world, {
    store,
    alarms,
    clock,
    journal,
    dialSwitch,
    voice,
    policy,
    stop,
    stopByLookup: stopByLookup(deps),
    dial: dialler,
    ring: ring({ ...deps, dial: dialler }),
    receive: receiveCheckout({ ...deps, stop }),
    record: recordCallEvent({ ...deps, shop: SHOP }),
    operate: operate({ ...deps, stop }),
    sweep: sweep({ ...deps, parked: noParking, shop: SHOP }),
    /** Asha's recovery as it is now. */
    asha: () => store.record(ID),
  });
}
