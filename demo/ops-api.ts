/** The operator's JSON, as far as the demo reads it: the truth about a recovery, seen the way an operator sees it. */

/** The fields the demo shows; there are more. */
export interface SeenRecovery {
  readonly id: string;
  readonly checkoutToken: string;
  readonly state: string;
  readonly reason: string | null;
  /** Epoch milliseconds, UTC. */
  readonly dueAt: number | null;
  readonly callId: string | null;
  readonly callStatus: string | null;
}

export interface OpsApi {
  /** The recovery of this checkout; null when the service knows none yet. @throws {Error} on any answer but 200. */
  find(checkoutToken: string): Promise<SeenRecovery | null>;
}

export function opsApi(url: string, username: string, password: string): OpsApi {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return {
    async find(checkoutToken) {
      const address = `${url}/ops/api/recoveries?query=${encodeURIComponent(checkoutToken)}`;
      const response = await fetch(address, { headers: { authorization }, signal: AbortSignal.timeout(5_000) });
      if (response.status !== 200) throw new Error(`GET /ops/api/recoveries answered ${response.status}`);
      const { recoveries } = (await response.json()) as { recoveries: Record<string, unknown>[] };
      const found = recoveries.find((recovery) => recovery.checkoutToken === checkoutToken);
      return found ? seen(found) : null;
    },
  };
}

function seen(recovery: Record<string, unknown>): SeenRecovery {
  return {
    id: String(recovery.id),
    checkoutToken: String(recovery.checkoutToken),
    state: String(recovery.state),
    reason: text(recovery.reason),
    dueAt: instant(recovery.dueAt),
    callId: text(recovery.callId),
    callStatus: text(recovery.callStatus),
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Epoch milliseconds or RFC 3339: both are instants. */
function instant(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? Date.parse(value) : null;
}
