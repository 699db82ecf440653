/**
 * A file of suppressions: read through once for faults, and only one without any is read again and applied, in batches. So a file is taken
 * whole or not at all; one that was broken off by an outage is simply imported again. What is held at a time is one batch.
 */
import type { Clock } from '../domain/ports.ts';
import type { Suppressions } from '../domain/suppression.ts';
import { type CsvFault, type SuppressionRow, suppressionRows } from '../domain/suppression-csv.ts';
import type { DoNotCall, Listing } from './suppress.ts';

/** The bytes of the file, from the start at every call: UTF-8. */
export type OpenFile = () => AsyncIterable<Uint8Array>;

export interface ImportProgress {
  readonly doing: 'checking' | 'applying';
  /** So far. */
  readonly rows: number;
}

export type ImportReport =
  | { readonly ok: true; readonly rows: number; readonly added: number; readonly stopped: number }
  /**
   * `faults` holds the first of them; `more` says how many others there are. `applied` rows came before: none, unless somebody wrote to
   * the file between the two readings.
   */
  | { readonly ok: false; readonly faults: readonly CsvFault[]; readonly more: number; readonly applied: number };

export type ImportSuppressions = (
  open: OpenFile,
  options: { readonly region: string | null; readonly onProgress?: (progress: ImportProgress) => void },
) => Promise<ImportReport>;

const BATCH = 500;
const MOST_FAULTS = 50;

export function importSuppressions(deps: {
  readonly suppressions: Suppressions;
  readonly doNotCall: DoNotCall;
  readonly clock: Clock;
}): ImportSuppressions {
  const { suppressions, doNotCall, clock } = deps;

  return async (open, { region, onProgress = () => {} }) => {
    const reading = { region, keyOf: suppressions.keyOf, now: clock.now() };
    const faults: CsvFault[] = [];
    let faulty = 0;
    for await (const { rows, fault } of batchesOf(open, reading)) {
      onProgress({ doing: 'checking', rows });
      if (fault && faults.length < MOST_FAULTS) faults.push(fault);
      if (fault) faulty++;
      // Reading numbers is work for the processor alone, and others wait for it.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (faulty > 0) return { ok: false, faults, more: faulty - faults.length, applied: 0 };

    let [applied, added, stopped] = [0, 0, 0];
    for await (const { batch, rows, fault } of batchesOf(open, reading)) {
      // Somebody wrote to the file meanwhile.
      if (fault) return { ok: false, faults: [fault], more: 0, applied };
      const done = await doNotCall.suppressAll(batch.map(entryOf));
      [applied, added, stopped] = [rows, added + done.added, stopped + done.stopped];
      onProgress({ doing: 'applying', rows });
    }
    return { ok: true, rows: applied, added, stopped };
  };

  function entryOf({ contact, id, source, reason, at }: SuppressionRow): Listing {
    const formerly = contact === null ? [] : suppressions.idsOf(contact).slice(1);
    return { id: id ?? suppressions.idOf(contact ?? ''), formerly, source, reason, at };
  }
}

/** Rows by the batch, and each fault by itself. `rows`: how many came so far. */
async function* batchesOf(open: OpenFile, reading: Parameters<typeof suppressionRows>[1]) {
  let batch: SuppressionRow[] = [];
  let rows = 0;
  for await (const item of suppressionRows(open(), reading)) {
    if ('fault' in item) {
      yield { batch: [], rows, fault: item.fault };
      continue;
    }
    batch.push(item.row);
    rows++;
    if (batch.length < BATCH) continue;
    yield { batch, rows, fault: null };
    batch = [];
  }
  if (batch.length > 0) yield { batch, rows, fault: null };
}
