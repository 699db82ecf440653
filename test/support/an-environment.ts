/** An environment for the configuration: everything that has no default, and nothing else. */
import { ConfigError } from '../../src/errors.ts';

export type Env = Readonly<Record<string, string | undefined>>;

export const NEEDED: Env = {
  PUBLIC_URL: 'https://ringback.example',
  REDIS_URL: 'redis://127.0.0.1:6379',
  SHOPIFY_SHOP: 'hill-coffee.myshopify.com',
  SHOPIFY_CLIENT_SECRET: 'a-client-key-of-hill-coffee',
  VOICE_PUBLIC_KEY: 'pk_made_up',
  VOICE_PRIVATE_KEY: 'sk_made_up',
  VOICE_WORKSPACE: '64b0c0ffee00000000000001',
  VOICE_ASSISTANT: '64b0c0ffee00000000000002',
  CALL_CONSENT: 'sms_marketing',
};

/** What is wrong with a configuration, in the order in which it is told; empty: nothing is. */
export function faultsIn(load: () => unknown): readonly string[] {
  try {
    load();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults;
  }
}
