/** Journal: what the service tells its operators, one method for each kind of event; it becomes log lines and counters. Types only. */
import type { HoldReason } from './reasons.ts';
import type { RecoveryState } from './recovery.ts';
import type { SuppressionSource } from './suppression.ts';
import type { DialResult } from './voice-calls.ts';

/** Business events, one method each: a log line and a counter. Nothing personal goes in. */
export interface Journal {
  decided(line: {
    readonly recoveryId: string;
    readonly shop: string;
    readonly trigger: string;
    readonly state: RecoveryState;
    readonly reason: string | null;
    readonly outcome?: string;
    readonly dueAt?: number | null;
    readonly callId?: string | null;
  }): void;
  dialled(line: {
    readonly recoveryId: string;
    readonly attemptId: string;
    readonly result: DialResult['kind'];
    readonly cause: string | null;
    readonly tookMs: number;
    readonly lateMs: number;
  }): void;
  /** A dial that was due did not begin, for a reason that has nothing to do with the shopper. */
  held(line: { readonly recoveryId: string; readonly reason: HoldReason }): void;
  /** The sweep mended something: how much of each kind. */
  swept(mended: Readonly<Record<string, number>>): void;
  callEvent(line: {
    readonly recoveryId: string | null;
    readonly type: string;
    readonly outcome: 'applied' | 'duplicate' | 'unmatched';
    readonly callStatus: string | null;
  }): void;
  errand(line: {
    readonly recoveryId: string;
    readonly kind: string;
    readonly result: 'done' | 'wait' | 'again' | 'failed';
    readonly note: string;
  }): void;
  /** A pass over the shop's own list ended. `missed`: checkouts, or orders, whose webhook had not come. */
  backfilled(line: {
    readonly what: 'checkouts' | 'orders';
    readonly seen: number;
    readonly missed: number;
    readonly unreadable: number;
    readonly tookMs: number;
  }): void;
  /** Contacts went on the do-not-call list, or came off it. `stopped`: recoveries that this ended, or whose call it aborts. */
  suppression(line: {
    readonly change: 'added' | 'removed';
    readonly source: SuppressionSource;
    readonly reason: string | null;
    readonly contacts: number;
    readonly stopped: number;
  }): void;
  /** A call event said, for the first time, what the shopper thinks of being called. */
  signal(line: {
    readonly recoveryId: string;
    readonly shop: string;
    readonly signal: 'do_not_call' | 'refusal';
  }): void;
  /** A request of Shopify's was carried out. */
  request(line: {
    readonly requestId: string;
    readonly kind: string;
    readonly recoveries: number;
    readonly parked: number;
    readonly tookMs: number;
  }): void;
  /** Something an operator must look at. `name` is the one in docs/runbook.md. */
  alarm(name: string, facts: Readonly<Record<string, string | number | boolean | null>>): void;
}
