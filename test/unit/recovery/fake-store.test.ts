/** The store the use cases are tested on keeps the same promises as the one on Redis (test/integration/store-contract.test.ts). */
import { describe } from 'vitest';
import { fakeHistories, fakeSuppressions } from '../../support/fake-people-memory.ts';
import { fakeStore } from '../../support/fake-store.ts';
import { fakePeople } from '../../support/fakes.ts';
import { recoveryStoreContract } from '../../support/recovery-store-contract.ts';

describe('the fake store', () => {
  recoveryStoreContract(async () => {
    const store = fakeStore();
    const [people, suppressions] = [fakePeople(), fakeSuppressions(store)];
    const histories = fakeHistories({ people, suppressions });
    store.remembers(histories);
    const memory = { histories, people, suppressions };
    return { store, memory, shut: async (reason) => store.shut(reason), close: async () => {} };
  });
});
