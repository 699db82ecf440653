/** The play: which shoppers enter when, and when it is over. */
import { setTimeout as pause } from 'node:timers/promises';
import { SESSION_KINDS, type SessionKind } from '../stand-ins/shop/sessions.ts';
import type { Board } from './board.ts';
import type { Played } from './closing-words.ts';
import { openScene, playScene, type Scene } from './scene.ts';
import { CALL_DELAY_MS, type Stage } from './stage.ts';
import { differencesOf, type Evidence, strayDifferences } from './verdict.ts';
import type { Watch } from './watch.ts';

export interface Theatre {
  readonly stage: Stage;
  readonly board: Board;
  readonly watch: Watch;
  /** Aborted by Ctrl-C, or because the service ended by itself. */
  readonly stopping: AbortSignal;
}

/** Between two shoppers who enter. */
const STAGGER_MS = 120;
const NEXT_SHOPPER_MS = 20_000;
/** From the first shopper on; however it goes, it is judged by then. */
const JUDGED_WITHIN_MS = 40_000;
/** After the last webhook: long enough for a call that must not come to come. The service counts from a second's end. */
const AFTERMATH_MS = CALL_DELAY_MS + 1_000 + 1_000;

/** Plays every session once, waits until all have ended as they must (or time is up), and compares. */
export async function playOnce(theatre: Theatre): Promise<Played> {
  const { stage, watch, stopping } = theatre;
  const deadline = Date.now() + JUDGED_WITHIN_MS;
  const scenes = await playAll(theatre);
  const aftermath = Date.now() + AFTERMATH_MS;
  const judge = () => [
    ...scenes.flatMap((scene) => differencesOf(scene, evidenceOf(stage), CALL_DELAY_MS)),
    ...strayDifferences(scenes, stage.vendor),
  ];
  while (!stopping.aborted && Date.now() < deadline && !(Date.now() > aftermath && judge().length === 0)) {
    await rest(100, stopping);
  }
  await watch.look();
  const report = await stage.ops.report().catch(() => null);
  const early = { who: 'the play', what: 'end', expected: 'by itself', found: 'stopped early' };
  return { scenes, differences: [...judge(), ...(stopping.aborted ? [early] : [])], report };
}

function evidenceOf({ vendor, admin }: Stage): Evidence {
  const { calls, aborts, replacements } = vendor;
  return { calls, aborts, replacements, drafts: admin.shelves.drafts };
}

/** Plays every session, then one more every 20 s, in turn, until it is stopped. */
export async function playOn(theatre: Theatre): Promise<void> {
  const { stopping } = theatre;
  await playAll(theatre);
  for (let turn = 0; !stopping.aborted; turn += 1) {
    await rest(NEXT_SHOPPER_MS, stopping);
    if (!stopping.aborted) await enter(theatre, SESSION_KINDS[turn % SESSION_KINDS.length] ?? 'us').played;
  }
}

async function playAll(theatre: Theatre): Promise<readonly Scene[]> {
  const entered: ReturnType<typeof enter>[] = [];
  for (const kind of SESSION_KINDS) {
    if (theatre.stopping.aborted) break;
    entered.push(enter(theatre, kind));
    await rest(STAGGER_MS, theatre.stopping);
  }
  await Promise.all(entered.map(({ played }) => played));
  return entered.map(({ scene }) => scene);
}

function enter({ stage, board, watch, stopping }: Theatre, kind: SessionKind): { scene: Scene; played: Promise<void> } {
  const scene = openScene(kind, stage.shop.domain);
  board.add(scene);
  watch.add(scene);
  const played = playScene(scene, stage, stopping, () => board.changed(scene)).catch((fault: unknown) => {
    if (!stopping.aborted) throw fault;
  });
  return { scene, played };
}

/** Resolves after `ms`, or earlier when it is time to stop. */
async function rest(ms: number, stopping: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal: stopping }).catch(() => {});
}
