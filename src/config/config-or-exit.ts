/** For the entries: a configuration that cannot be used is told on standard error, all faults at once, and ends the process with 1. */
import { ConfigError } from '../errors.ts';
import { type Config, loadConfig } from './load.ts';

export function configOrExit(env: Readonly<Record<string, string | undefined>>): Config {
  try {
    return loadConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
