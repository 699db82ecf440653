/** The command line's part for the do-not-call list. What it prints is for a person at a terminal, and holds no contact. */
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import type { Core } from '../core.ts';
import { isKnownRegion } from '../domain/e164.ts';
import {
  isReasonCode,
  isSuppressionId,
  readContact,
  type Suppression,
  type Suppressions,
} from '../domain/suppression.ts';
import { EXPORT_HEADER, exportLine } from '../domain/suppression-csv.ts';
import type { ImportProgress } from '../recovery/import-suppressions.ts';

export const SUPPRESSIONS_HELP = `  npm run cli -- suppressions add <phone or e-mail> [--region US] [--reason code]
  npm run cli -- suppressions remove <phone or e-mail or digest> [--region US]
  npm run cli -- suppressions check <phone or e-mail> [--region US]
  npm run cli -- suppressions list        the do-not-call list: since when, by whom, why, digest
  npm run cli -- suppressions import <file.csv> [--region US]     columns: contact, or digest and key; reason, at
  npm run cli -- suppressions export [file.csv]                   digests, which only this installation can import again
                                  --region: the country in which numbers without + are read`;

export interface Terminal {
  out(line: string): void;
  err(line: string): void;
  /** Where an export without a file goes. */
  readonly stdout: NodeJS.WritableStream;
}

/** @returns whether it was done. */
export type SuppressionsCommand = (core: SuppressionsCore, terminal: Terminal) => Promise<boolean>;
export type SuppressionsCore = Pick<Core, 'suppressions' | 'doNotCall' | 'importSuppressions'>;

interface Words {
  /** The contact, the digest or the file. */
  readonly subject: string | null;
  readonly region: string | null;
  readonly reason: string | null;
}

/** Progress is told about so often. Rows. */
const TELL_EVERY = 10_000;
const PAGE = 1_000;

const VERBS: Readonly<
  Record<string, { readonly needsSubject: boolean | null; readonly run: (words: Words) => SuppressionsCommand }>
> = {
  add: {
    needsSubject: true,
    run: (words) =>
      withContact(words, async ({ doNotCall }, { out, err }, contact) => {
        if (words.reason !== null && !isReasonCode(words.reason)) {
          err('A reason is a short code, such as asked_by_mail.');
          return false;
        }
        const { added, stopped } = await doNotCall.suppress([contact], 'operator', words.reason);
        out(`${added > 0 ? 'added' : 'was on the list already'}; recoveries stopped: ${stopped}`);
        return true;
      }),
  },
  remove: {
    needsSubject: true,
    run: (words) => {
      const tell = async ({ out, err }: Terminal, lifting: Promise<boolean>) => {
        const removed = await lifting;
        (removed ? out : err)(removed ? 'removed' : 'was not on the list');
        return removed;
      };
      const { subject } = words;
      if (subject !== null && isSuppressionId(subject)) {
        return ({ doNotCall }, terminal) => tell(terminal, doNotCall.lift(subject, 'operator'));
      }
      return withContact(words, ({ doNotCall }, terminal, contact) =>
        tell(terminal, doNotCall.liftContact(contact, 'operator')),
      );
    },
  },
  check: {
    needsSubject: true,
    run: (words) =>
      withContact(words, async ({ suppressions }, { out }, contact) => {
        const found = (await suppressions.find(suppressions.idsOf(contact))).find((one) => one !== null);
        out(found ? `on the list: ${lineOf(found)}` : 'not on the list');
        return true;
      }),
  },
  list: {
    needsSubject: false,
    run:
      () =>
      async ({ suppressions }, { out }) => {
        for await (const page of pagesOf(suppressions)) for (const one of page) out(lineOf(one));
        out(`${await suppressions.count()} on the list`);
        return true;
      },
  },
  import: { needsSubject: true, run: importFile },
  export: { needsSubject: null, run: exportFile },
};

/** @param words - what follows `suppressions`. @returns null when they are not a command. */
export function suppressionsCommand(words: readonly string[]): SuppressionsCommand | null {
  const [name = '', ...rest] = words;
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  const read = verb && readWords(rest);
  if (!verb || !read) return null;
  if (verb.needsSubject !== null && verb.needsSubject !== (read.subject !== null)) return null;
  return verb.run(read);
}

function readWords(words: readonly string[]): Words | null {
  try {
    // One digest in sixty-four begins like an option.
    const digests = words.filter(isSuppressionId);
    const args = words.filter((word) => !isSuppressionId(word));
    const options = { region: { type: 'string' }, reason: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const subjects = [...digests, ...positionals];
    if (subjects.length > 1) return null;
    return {
      subject: subjects[0] ?? null,
      region: values.region ?? null,
      reason: values.reason?.toLowerCase() ?? null,
    };
  } catch {
    return null;
  }
}

function withContact(
  { subject, region }: Words,
  use: (core: SuppressionsCore, terminal: Terminal, contact: string) => Promise<boolean>,
): SuppressionsCommand {
  return async (core, terminal) => {
    if (!isUsable(region, terminal)) return false;
    const read = readContact(subject ?? '', region);
    if (read.ok) return use(core, terminal, read.contact);
    terminal.err(
      read.reason === 'needs_region'
        ? 'A number without its country’s code needs --region.'
        : 'That is neither a telephone number that exists nor an e-mail address.',
    );
    return false;
  };
}

function isUsable(region: string | null, { err }: Terminal): boolean {
  const usable = region === null || isKnownRegion(region);
  if (!usable) err('There is no such region: --region takes the two letters of a country, such as US or GB.');
  return usable;
}

function importFile({ subject, region }: Words): SuppressionsCommand {
  return async ({ importSuppressions }, terminal) => {
    if (!isUsable(region, terminal)) return false;
    const { out, err } = terminal;
    const file = await open(subject ?? '').catch(() => null);
    if (file === null) {
      err('The file cannot be opened.');
      return false;
    }
    try {
      // One handle for both readings: a file that is replaced meanwhile is not mixed with its successor.
      const bytes = () => file.createReadStream({ start: 0, autoClose: false });
      const report = await importSuppressions(bytes, { region, onProgress: everySoOften(err) });
      if (report.ok) {
        out(`${report.rows} rows, ${report.added} of them new; recoveries stopped: ${report.stopped}`);
      } else {
        for (const { line, reason } of report.faults) err(`line ${line}: ${reason}`);
        if (report.more > 0) err(`and ${report.more} more`);
        err(
          report.applied === 0
            ? 'Nothing was imported.'
            : `The file was written to meanwhile: ${report.applied} rows were imported before that. Import it again.`,
        );
      }
      return report.ok;
    } finally {
      await file.close();
    }
  };
}

function exportFile({ subject }: Words): SuppressionsCommand {
  return async ({ suppressions }, { err, stdout }) => {
    const tell = everySoOften(err);
    const file = subject === null ? null : await open(subject, 'w', 0o600).catch(() => null);
    if (subject !== null && file === null) {
      err('The file cannot be written.');
      return false;
    }
    // The process's own output stays open for others.
    await pipeline(
      Readable.from(exportOf(suppressions, (rows) => tell({ doing: 'exporting', rows }))),
      file?.createWriteStream() ?? stdout,
      { end: file !== null },
    );
    err(`${await suppressions.count()} exported`);
    return true;
  };
}

function everySoOften(
  say: (line: string) => void,
): (progress: { readonly doing: ImportProgress['doing'] | 'exporting'; readonly rows: number }) => void {
  let told = { doing: '', rows: 0 };
  return ({ doing, rows }) => {
    if (doing !== told.doing) told = { doing, rows: 0 };
    if (rows - told.rows < TELL_EVERY) return;
    told = { doing, rows };
    say(`${doing}: ${rows} rows`);
  };
}

async function* exportOf(suppressions: Suppressions, onProgress: (rows: number) => void): AsyncGenerator<string> {
  yield EXPORT_HEADER;
  let rows = 0;
  for await (const page of pagesOf(suppressions)) {
    yield page.map((each) => exportLine(each, suppressions.keyOf)).join('');
    rows += page.length;
    onProgress(rows);
  }
}

async function* pagesOf(suppressions: Suppressions): AsyncGenerator<readonly Suppression[]> {
  let cursor: string | null = null;
  do {
    const page = await suppressions.list({ limit: PAGE, cursor });
    yield page.suppressions;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

function lineOf({ id, source, reason, at }: Suppression): string {
  return [new Date(at).toISOString(), source, reason ?? '-', id].join('  ');
}
