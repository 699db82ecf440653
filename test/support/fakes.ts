/** The other ports in memory: what a use case told the world, and what the world says when it is told to. */
import type {
  Alarms,
  Clock,
  DialResult,
  DialSwitch,
  InitiateCall,
  Journal,
  VoiceCalls,
} from '../../src/domain/ports.ts';

/** A clock that stands until it is moved. */
export function fakeClock(at: number): Clock & { at: number } {
  return {
    at,
    now() {
      return this.at;
    },
  };
}

export interface FakeAlarms extends Alarms {
  /** What will ring: `<recovery id>-<number>` and when. */
  readonly pending: ReadonlyMap<string, { readonly at: number; readonly label: string }>;
  /** As when it rings: BullMQ keeps the finished job, and swallows a new one of that number. */
  spend(recoveryId: string, number: number): void;
}

export function fakeAlarms(): FakeAlarms {
  const pending = new Map<string, { at: number; label: string }>();
  const spent = new Set<string>();
  const nameOf = (recoveryId: string, number: number): string => `${recoveryId}-${number}`;
  return {
    pending,
    spend(recoveryId, number) {
      pending.delete(nameOf(recoveryId, number));
      spent.add(nameOf(recoveryId, number));
    },
    async set(recoveryId, number, at, label) {
      const name = nameOf(recoveryId, number);
      if (!spent.has(name) && !pending.has(name)) pending.set(name, { at, label });
    },
    async remove(recoveryId, number) {
      pending.delete(nameOf(recoveryId, number));
    },
    isLive: async (recoveryId, number) => pending.has(nameOf(recoveryId, number)),
  };
}

/** Keeps every business event as `[method, line]`. */
export function fakeJournal(): Journal & { readonly lines: [string, Record<string, unknown>][]; alarms(): string[] } {
  const lines: [string, Record<string, unknown>][] = [];
  return {
    lines,
    alarms: () => lines.flatMap(([method, line]) => (method === 'alarm' ? [String(line.name)] : [])),
    decided: (line) => void lines.push(['decided', line]),
    dialled: (line) => void lines.push(['dialled', line]),
    callEvent: (line) => void lines.push(['callEvent', line]),
    alarm: (name, facts) => void lines.push(['alarm', { name, ...facts }]),
  };
}

export function fakeSwitch(): DialSwitch & { reason: string | null } {
  return {
    reason: null,
    async pause(reason) {
      this.reason = reason;
    },
    async resume() {
      this.reason = null;
    },
    async state() {
      return { paused: this.reason !== null, reason: this.reason, since: null };
    },
  };
}

export interface FakeVoice extends VoiceCalls {
  readonly calls: InitiateCall[];
  result: DialResult;
  /** What happens while the request is on the wire. */
  meanwhile: () => unknown;
}

export function fakeVoice(): FakeVoice {
  return {
    calls: [],
    result: { kind: 'placed', callId: '68f0c0ffee0000000000ca11', vendorStatus: 'initiate' },
    meanwhile: () => {},
    async initiate(call) {
      this.calls.push(call);
      await this.meanwhile();
      return this.result;
    },
  };
}
