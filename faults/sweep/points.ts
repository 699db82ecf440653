/** Crash points: numbered in the order in which a run without faults meets them, named so that another run finds the same one. */

import type { Actor, Layout, Role, Stage } from '../stage/stage.ts';
import type { After, Before, Judge } from '../wire/judge.ts';

/**
 * `a`: the process dies when it has asked, and nobody heard it. `b`: it dies when it was heard and obeyed, and the answer has not
 * arrived. What happens between two requests is `b` of the one or `a` of the other.
 */
export type Side = 'a' | 'b';
export const SIDES: readonly Side[] = ['a', 'b'];

export interface Point {
  /** From 1, over all scenarios of a layout. */
  readonly number: number;
  readonly layout: Layout;
  readonly scenario: string;
  readonly role: Role;
  /** What was asked, and for the how manieth time in the run: `commit recovery #3`. */
  readonly name: string;
}

/** `17b` → its parts; null when it is not the name of a point. */
export function parsePoint(text: string): { readonly number: number; readonly side: Side | null } | null {
  const [, number, side] = /^(\d+)([ab]?)$/.exec(text) ?? [];
  return number === undefined ? null : { number: Number(number), side: (side || null) as Side | null };
}

/** Counts what goes by, so that the third of a kind is the third in every run. */
export class Tally {
  readonly #counts = new Map<string, number>();

  /** @returns `<name> #<n>` */
  count(name: string): string {
    const n = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, n);
    return `${name} #${n}`;
  }
}

/** Hears of every request of a process, in order, by its counted name. */
export type Listener = (name: string) => Before;

/** Puts one listener before all the proxies of a process. */
export function listenTo(actor: Actor, onRequest: Listener, onWatchedAnswer: () => After): void {
  const tally = new Tally();
  const judgeOf = (prefix: string): Judge => ({
    before: (name) => onRequest(tally.count(`${prefix}${name}`)),
    after: onWatchedAnswer,
  });
  actor.redis.judge = judgeOf('');
  actor.vendor.judge = judgeOf('vendor ');
  actor.merchant.judge = judgeOf('merchant ');
}

/** Writes down every request of every process. Call it before the run; what it returns grows. */
export function recordPoints(stage: Stage): readonly { readonly role: Role; readonly name: string }[] {
  const seen: { role: Role; name: string }[] = [];
  for (const actor of stage.actors) {
    listenTo(
      actor,
      (name) => {
        seen.push({ role: actor.role, name });
        return 'pass';
      },
      () => 'pass',
    );
  }
  return seen;
}

/** Kills the process when it comes to the point, once. @returns whether it has. */
export function killAt(stage: Stage, point: Point, side: Side): () => boolean {
  let killed = false;
  for (const actor of stage.actors) {
    const kill = (): 'cut' => {
      killed = true;
      actor.service.kill();
      return 'cut';
    };
    const isThere = (name: string) => !killed && actor.role === point.role && name === point.name;
    listenTo(
      actor,
      (name) => {
        if (!isThere(name)) return 'pass';
        return side === 'a' ? kill() : 'watch';
      },
      () => (killed ? 'pass' : kill()),
    );
  }
  return () => killed;
}
