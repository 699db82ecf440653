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
  readonly arm: string | null;
}

/** The earnings report, as far as the demo reads it. */
export interface SeenReport {
  readonly total: {
    readonly seen: number;
    readonly called: number;
    readonly answered: number;
    readonly heldOut: number;
    readonly recovered: { readonly orders: number };
    readonly revenue: Readonly<Record<string, string>>;
    readonly creditsUsed: number | null;
  };
}

export interface OpsApi {
  /**
   * The recovery of a checkout; null when the service knows none yet.
   *
   * @param by - the checkout's token or id: something that no other recovery has. @throws {Error} on any answer but 200.
   */
  find(by: string): Promise<SeenRecovery | null>;
  /** @throws {Error} on any answer but 200. */
  report(): Promise<SeenReport>;
}

export function opsApi(url: string, username: string, password: string): OpsApi {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const get = async (path: string): Promise<unknown> => {
    const address = `${url}/ops/api/${path}`;
    const response = await fetch(address, { headers: { authorization }, signal: AbortSignal.timeout(5_000) });
    if (response.status !== 200) throw new Error(`GET ${path.split('?')[0]} answered ${response.status}`);
    return response.json();
  };
  return {
    async find(by) {
      const page = await get(`recoveries?query=${encodeURIComponent(by)}`);
      const [found] = (page as { recoveries: Record<string, unknown>[] }).recoveries;
      return found ? seen(found) : null;
    },
    report: async () => (await get('report')) as SeenReport,
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
    arm: text(recovery.arm),
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
