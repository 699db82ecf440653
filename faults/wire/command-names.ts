/** Names for what goes by: which command or script, of which family of keys. Names only, never values. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OURS = fileURLToPath(new URL('../../src/store/scripts/', import.meta.url));

/** Digest of a script's text → its name: the ones of BullMQ's package, and ours as they stand in this tree. */
function knownScripts(): Map<string, string> {
  const names = new Map<string, string>();
  const require = createRequire(import.meta.url);
  const below = join(dirname(require.resolve('bullmq')), 'scripts', 'index.js');
  const theirs = require(below) as Record<string, { readonly name: string; readonly content: string }>;
  for (const { name, content } of Object.values(theirs)) if (content) names.set(sha1(content), name);
  const timeline = readFileSync(join(OURS, 'timeline.lua'), 'utf8');
  for (const file of readdirSync(OURS)) {
    const text = `${timeline}\n${readFileSync(join(OURS, file), 'utf8')}`;
    names.set(sha1(text), file.replace(/\.lua$/, ''));
  }
  return names;
}

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

let scripts: Map<string, string> | null = null;

/**
 * `commit recovery`, `moveToActive dial`, `hgetall recovery`: a command or script, and the part of the key after the prefix.
 *
 * @param prefix - REDIS_PREFIX.
 */
export function nameOf(words: readonly string[], prefix: string): string {
  scripts ??= knownScripts();
  const [verb = '', second = ''] = words;
  if (verb === 'evalsha') return `${scripts.get(second) ?? second.slice(0, 8)} ${familyOf(words[3], prefix)}`;
  if (verb === 'eval') return `${scripts.get(sha1(second)) ?? 'script'} ${familyOf(words[3], prefix)}`;
  return `${verb} ${familyOf(second, prefix)}`.trim();
}

/** `dial`, `errands`, `upkeep` of BullMQ's; `recovery`, `state`, `find`, `person`, `claim` … of ours; '' for anything else. */
function familyOf(key: string | undefined, prefix: string): string {
  if (!key?.startsWith(`${prefix}:`)) return '';
  const [first = '', , third = ''] = key.slice(prefix.length + 1).split(':');
  return first === 'shop' ? third : first;
}

/** What a process does without being asked: its pulse. Not numbered: how often it beats is a matter of time, and a MULTI does nothing before its EXEC. */
const PULSE = new Set([
  'bzpopmin',
  'ping',
  'hello',
  'client',
  'info',
  'select',
  'subscribe',
  'extendLocks',
  'extendLock',
  'moveStalledJobsToWait',
  'multi',
  'quit',
  'getRateLimitTtl',
  'pttl',
  'time',
  'waitaof',
]);

/** @param name - as {@link nameOf} gives it. */
export function isPulse(name: string): boolean {
  return PULSE.has(name.split(' ')[0] ?? '');
}
