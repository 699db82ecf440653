/**
 * Watching: the service's log lines say that something happened, the operator's API says what is true now. Each scene is
 * asked about at most once at a time, and once more when a line came in between.
 */
import type { OpsApi } from './ops-api.ts';
import { nameOf, type Scene } from './scene.ts';
import type { LogLine } from './service.ts';

/** Lines of these events move a recovery. */
const MOVING = new Set(['decision', 'dial', 'call_event', 'errand']);
/** A line that got lost must not hide a change for longer than this. */
const LOOK_AGAIN_MS = 1_000;

export interface Watch {
  add(scene: Scene): void;
  /** A line of the service's log came. */
  lineCame(line: LogLine): void;
  /** Asks about every scene now; resolves when all answers are in. */
  look(): Promise<void>;
  stop(): void;
}

/** @param changed - called when a scene's recovery differs from what was known. */
export function watchScenes(ops: OpsApi, changed: (scene: Scene) => void): Watch {
  const scenes = new Set<Scene>();
  const asking = new Map<Scene, { again: boolean }>();
  const timer = setInterval(() => void look(), LOOK_AGAIN_MS);

  async function ask(scene: Scene): Promise<void> {
    const running = asking.get(scene);
    if (running) {
      running.again = true;
      return;
    }
    const turn = { again: false };
    asking.set(scene, turn);
    do {
      turn.again = false;
      // A service that does not answer is noticed by the verdict, or by its exit.
      const seen = await ops.find(nameOf(scene)).catch(() => scene.seen);
      const before = JSON.stringify(scene.seen);
      scene.seen = seen;
      if (JSON.stringify(seen) !== before) changed(scene);
    } while (turn.again);
    asking.delete(scene);
  }

  async function look(): Promise<void> {
    await Promise.all([...scenes].map(ask));
  }

  return {
    add: (scene) => void scenes.add(scene),
    lineCame({ event, recoveryId }) {
      if (typeof event !== 'string' || !MOVING.has(event)) return;
      for (const scene of scenes) {
        if (scene.seen === null || scene.seen.id === recoveryId) void ask(scene);
      }
    },
    look,
    stop: () => clearInterval(timer),
  };
}
