/** The Lua scripts as typed calls. They are the only writers of records; the text of each says what it guarantees. */
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { orUnavailable } from '../errors.ts';

const SCRIPT_NAMES = [
  'receive-checkouts',
  'commit',
  'note',
  'alarm-set',
  'alarm-spent',
  'lock',
  'unlock',
  'person-histories',
  'claim-call',
  'claim-shop-call',
  'suppress',
  'unsuppress',
  'reseal',
  'reseal-text',
  'carry-over',
  'carry-over-suppressions',
] as const;
export type ScriptName = (typeof SCRIPT_NAMES)[number];

type ScriptCall = (keyCount: number, ...keysAndArguments: (string | number)[]) => Promise<unknown>;
export type RunScript = (
  name: ScriptName,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<unknown>;

/** Under which name a script is registered on a connection. */
export function commandOf(name: ScriptName): string {
  return `ringback_${name.replaceAll('-', '_')}`;
}

const sourceOf = (file: string): string => readFileSync(new URL(`./scripts/${file}.lua`, import.meta.url), 'utf8');

/** Registers the scripts on a connection; they are sent once by text and from then on by digest. */
export function scriptsOn(redis: Redis): RunScript {
  const timeline = sourceOf('timeline');
  const calls = new Map<ScriptName, ScriptCall>();
  for (const name of SCRIPT_NAMES) {
    const command = commandOf(name);
    redis.defineCommand(command, { lua: `${timeline}\n${sourceOf(name)}` });
    calls.set(name, (redis as unknown as Record<string, ScriptCall>)[command]?.bind(redis) as ScriptCall);
  }
  return (name, keys, args) => orUnavailable(() => (calls.get(name) as ScriptCall)(keys.length, ...keys, ...args));
}
