/** Who must not be called any more goes on the do-not-call list, and at that moment everything that is under way to them is stopped. */

import type { Journal } from '../domain/journal.ts';
import type { Clock, RecoveryStore } from '../domain/ports.ts';
import type { Suppression, SuppressionSource, Suppressions } from '../domain/suppression.ts';
import { LIVE_STATES } from '../domain/transition/stop.ts';
import { StoreUnavailableError } from '../errors.ts';
import { loadIfReadable } from './load-if-readable.ts';
import { isUnderWay } from './requests/under-way.ts';
import type { StopById } from './stop-recovery.ts';

export interface Suppressed {
  /** Contacts that were not on the list before. */
  readonly added: number;
  /** Recoveries that were not dialled and are cancelled now, or whose call is being aborted. */
  readonly stopped: number;
}

export interface Listing extends Suppression {
  /** Further ids of the contact; see {@link Suppressions.idsOf}. */
  readonly formerly?: readonly string[];
}

export interface DoNotCall {
  /** @param contacts - of one person, normalised. Listed with some of them already, they are with all of them afterwards. */
  suppress(contacts: readonly string[], source: SuppressionSource, reason: string | null): Promise<Suppressed>;
  /** The same for somebody of whom nothing but digests is left. */
  suppressDigests(digests: readonly string[], source: SuppressionSource, reason: string | null): Promise<Suppressed>;
  /** Many at once; the bigger the list, the longer until it returns. Doing it again mends what was broken off. */
  suppressAll(entries: readonly Listing[]): Promise<Suppressed>;
  /** Takes a contact off the list. What was stopped stays so. @returns whether it was listed. */
  lift(id: string, source: SuppressionSource): Promise<boolean>;
  /** The same by the normalised contact, under whatever id it is listed. */
  liftContact(contact: string, source: SuppressionSource): Promise<boolean>;
}

export function doNotCall(deps: {
  readonly suppressions: Suppressions;
  readonly store: RecoveryStore;
  readonly shop: string;
  readonly stop: StopById;
  readonly clock: Clock;
  readonly journal: Journal;
}): DoNotCall {
  const { suppressions, store, shop, stop, clock, journal } = deps;

  return {
    suppress: (contacts, source, reason) => list([...new Set(contacts)].map(idsOf), source, reason),

    suppressDigests: (digests, source, reason) =>
      list(
        digests.map((id) => ({ id })),
        source,
        reason,
      ),

    async suppressAll(entries) {
      const done = await listAndStop(entries, 'import');
      tell('import', null, done);
      return done;
    },

    lift: (id, source) => liftAll([id], source),
    liftContact: (contact, source) => liftAll(suppressions.idsOf(contact), source),
  };

  async function list(
    ids: readonly Pick<Listing, 'id' | 'formerly'>[],
    source: SuppressionSource,
    reason: string | null,
  ): Promise<Suppressed> {
    const at = clock.now();
    const done = await listAndStop(
      ids.map((one) => ({ ...one, source, reason, at })),
      source,
    );
    tell(source, reason, done);
    return done;
  }

  async function liftAll(ids: readonly string[], source: SuppressionSource): Promise<boolean> {
    const removed = await Promise.all(ids.map((id) => suppressions.remove(id)));
    const wasListed = removed.includes(true);
    if (wasListed) journal.suppression({ change: 'removed', source, reason: null, contacts: 1, stopped: 0 });
    return wasListed;
  }

  function idsOf(contact: string): Pick<Listing, 'id' | 'formerly'> {
    return { id: suppressions.idOf(contact), formerly: suppressions.idsOf(contact).slice(1) };
  }

  /** In this order: a checkout that comes in between is stopped by one, or met at its ring by the other. */
  async function listAndStop(entries: readonly Listing[], by: SuppressionSource): Promise<Suppressed> {
    const added = await suppressions.add(await notListedFormerly(entries));
    const ids = entries.flatMap(({ id, formerly = [] }) => [id, ...formerly]);
    const found = await Promise.all(ids.map((id) => suppressions.recoveriesOf(shop, id)));
    let stopped = 0;
    let failed: unknown = null;
    for (const id of new Set(found.flat())) {
      try {
        if (await stopIfUnderWay(id, by)) stopped++;
      } catch (error) {
        if (error instanceof StoreUnavailableError) throw error;
        // The person's other recoveries are stopped all the same.
        failed ??= error;
      }
    }
    if (failed !== null) throw failed;
    return { added, stopped };
  }

  /** Whoever is listed under a former id is listed. */
  async function notListedFormerly(entries: readonly Listing[]): Promise<Suppression[]> {
    const former = await suppressions.find(entries.flatMap(({ formerly = [] }) => formerly));
    const listed = new Set(former.flatMap((entry) => entry?.id ?? []));
    return entries
      .filter(({ formerly = [] }) => !formerly.some((id) => listed.has(id)))
      .map(({ id, source, reason, at }) => ({ id, source, reason, at }));
  }

  /** What is skipped stays so, with its reason: whatever would open it again asks the list first. */
  async function stopIfUnderWay(id: string, by: SuppressionSource): Promise<boolean> {
    const record = await loadIfReadable(store, journal, id);
    if (!record || !isUnderWay(record)) return false;
    // The same stop again is no news.
    if (LIVE_STATES.has(record.state) && record.stopReason !== null) return false;
    await stop(id, 'opted_out', null, by);
    return true;
  }

  function tell(source: SuppressionSource, reason: string | null, { added: contacts, stopped }: Suppressed): void {
    if (contacts + stopped > 0) journal.suppression({ change: 'added', source, reason, contacts, stopped });
  }
}
