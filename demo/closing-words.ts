/** What is said at the end of a play: a line for each shopper, what the service itself counted, and whether all is well. */
import { EXPECTED } from './cast.ts';
import type { SeenReport } from './ops-api.ts';
import type { Scene } from './scene.ts';
import type { Difference } from './verdict.ts';

/** How the play went, as far as it came. */
export interface Played {
  readonly scenes: readonly Scene[];
  readonly differences: readonly Difference[];
  /** null: the service did not answer. */
  readonly report: SeenReport | null;
}

const TITLE_WIDTH = 37;

/** One line for each shopper: as they must be treated, or not. */
export function verdictLines({ scenes, differences }: Pick<Played, 'scenes' | 'differences'>): string[] {
  return scenes.map(({ session }) => {
    const isWell = differences.every(({ who }) => who !== session.title);
    const { deed, reason } = EXPECTED[session.kind];
    return `  ${isWell ? 'ok ' : 'NOT'}  ${session.title.padEnd(TITLE_WIDTH)}  ${deed}${reason ? `: ${reason}` : ''}`;
  });
}

/** What `/ops/report` says, in a line. */
export function reportLine({ total }: SeenReport): string {
  const { seen, called, answered, heldOut, recovered, creditsUsed } = total;
  const counts = `${seen} seen, ${called} called, ${answered} answered, ${heldOut} held out`;
  return `  The service’s own report: ${counts}; orders after a call: ${recovered.orders}; credits: ${creditsUsed ?? 0}.`;
}
