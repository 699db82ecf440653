/** The store the use cases are tested on keeps the same promises as the one on Redis (test/integration/store-contract.test.ts). */
import { describe } from 'vitest';
import { fakeStore } from '../../support/fake-store.ts';
import { recoveryStoreContract } from '../../support/recovery-store-contract.ts';

describe('the fake store', () => {
  recoveryStoreContract(async () => {
    const store = fakeStore();
    return { store, shut: async (reason) => store.shut(reason), close: async () => {} };
  });
});
