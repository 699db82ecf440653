/** The terminal: a table that is drawn over and over on a screen, or one plain line per change anywhere else. */
import { styleText } from 'node:util';
import type { Scene } from './scene.ts';

export interface Board {
  add(scene: Scene): void;
  /** Something about this scene is new. */
  changed(scene: Scene): void;
  /** A line above the table, or between the plain lines. */
  say(text: string): void;
  /** Draws for the last time. */
  stop(): void;
}

const ROWS = 16;
const REDRAW_MS = 250;
/** The longest title; what is left of 80 columns holds the longest state. */
const TITLE_WIDTH = 37;
const COLOURS = {
  waiting: 'gray',
  scheduled: 'yellow',
  dialing: 'cyan',
  called: 'cyan',
  ended: 'green',
  skipped: 'gray',
  cancelled: 'magenta',
  rejected: 'red',
  unknown: 'red',
} as const;

export function openBoard(out: NodeJS.WriteStream): Board {
  return out.isTTY ? liveBoard(out) : plainBoard(out);
}

function plainBoard(out: NodeJS.WriteStream): Board {
  const begun = Date.now();
  const last = new Map<Scene, string>();
  return {
    add: (scene) => line(scene, 'enters'),
    changed(scene) {
      const text = wordsFor(scene, null);
      if (text === '' || text === last.get(scene)) return;
      last.set(scene, text);
      line(scene, text);
    },
    say: (text) => void out.write(`${text}\n`),
    stop() {},
  };
  function line(scene: Scene, text: string): void {
    const seconds = ((Date.now() - begun) / 1_000).toFixed(1).padStart(5);
    out.write(`${seconds}s  ${scene.session.title.padEnd(TITLE_WIDTH)} ${text}\n`);
  }
}

function liveBoard(out: NodeJS.WriteStream): Board {
  const scenes: Scene[] = [];
  let drawn = 0;
  const timer = setInterval(draw, REDRAW_MS);

  function erase(): void {
    if (drawn > 0) out.write(`\r\x1b[${drawn}A\x1b[0J`);
    drawn = 0;
  }
  function draw(): void {
    const now = Date.now();
    const lines = scenes.map((scene) => rowOf(scene, now, out.columns || 120));
    erase();
    out.write(lines.map((text) => `${text}\n`).join(''));
    drawn = lines.length;
  }
  return {
    add(scene) {
      scenes.push(scene);
      if (scenes.length > Math.min(ROWS, Math.max(4, (out.rows || 24) - 4))) scenes.shift();
      draw();
    },
    changed: draw,
    say(text) {
      erase();
      out.write(`${text}\n`);
      draw();
    },
    stop() {
      clearInterval(timer);
      draw();
      drawn = 0;
    },
  };
}

/** One row, cut before it wraps; colours do not count as width. */
function rowOf(scene: Scene, now: number, columns: number): string {
  const webhooks = `${scene.sent}/${scene.session.deliveries.length}`.padStart(5);
  const left = ` ${scene.session.title.padEnd(TITLE_WIDTH)} ${webhooks}  `;
  const colour = COLOURS[(scene.seen?.state ?? 'waiting') as keyof typeof COLOURS] ?? 'white';
  const room = columns - 1;
  return left.slice(0, room) + styleText(colour, wordsFor(scene, now).slice(0, Math.max(0, room - left.length)));
}

/** What is known of the recovery, in a few words; with `now`, the seconds that are left until the call. */
function wordsFor({ seen, failures }: Scene, now: number | null): string {
  const trouble = failures.length > 0 ? `  (${failures.length} webhooks failed: ${failures[0]})` : '';
  if (!seen) return trouble;
  const reason = seen.reason ? `: ${seen.reason}` : '';
  const call = seen.callStatus ? ` (vendor: ${seen.callStatus})` : '';
  return `${seen.state}${reason}${dueIn(seen.state, seen.dueAt, now)}${call}${trouble}`;
}

function dueIn(state: string, dueAt: number | null, now: number | null): string {
  if (state !== 'scheduled' || dueAt === null || now === null) return '';
  return `, call in ${Math.max(0, (dueAt - now) / 1_000).toFixed(1)} s`;
}
