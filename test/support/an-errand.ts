/** An errand for tests that care about one thing in it: name that thing in the overrides. */
import type { Errand } from '../../src/domain/errand.ts';

/** To abort a call, open and due since ever. */
export function anErrand(overrides: Partial<Errand> = {}): Errand {
  return {
    kind: 'abort',
    state: 'open',
    dueAt: 0,
    doingAt: null,
    tries: 0,
    doubtful: false,
    note: null,
    ref: null,
    about: null,
    ...overrides,
  };
}
