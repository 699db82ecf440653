/** A file of suppressions: what is read from it, and every fault with the line it stands in, without a word of what stands there. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SUPPRESSION_SOURCES } from '../../../src/domain/suppression.ts';
import {
  type CsvFault,
  EXPORT_HEADER,
  exportLine,
  type SuppressionRow,
  suppressionRows,
} from '../../../src/domain/suppression-csv.ts';
import { isKeyedDigest, PLAIN_DIGESTS } from '../../../src/store/contact-digests.ts';

const NOW = Date.UTC(2026, 10, 3, 12);
/** Of a contact of nobody, as an installation without a data key makes it. */
const DIGEST = PLAIN_DIGESTS.of('nobody@example.com');
/** As one with a data key makes them here; its key has a name. */
const KEYED = `k${DIGEST}`;
const keyOf = (digest: string) => (isKeyedDigest(digest) ? 'a-key-12' : PLAIN_DIGESTS.keyOf(digest));

/** What other products export. */
const HEXADECIMAL = createHash('sha256').update('+14155550142').digest('hex');

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(file: string | Uint8Array, { region = null as string | null, pieces = 64 } = {}) {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
  const rows: SuppressionRow[] = [];
  const faults: CsvFault[] = [];
  for await (const item of suppressionRows(inPieces(bytes, pieces), { region, keyOf, now: NOW })) {
    if ('row' in item) rows.push(item.row);
    else faults.push(item.fault);
  }
  return { rows, faults };
}

const row = (changes: Partial<SuppressionRow>): SuppressionRow => ({
  ...{ contact: null, id: null, source: 'import', reason: null, at: NOW },
  ...changes,
});

describe('a file', () => {
  it('of contacts alone is enough', async () => {
    const { rows, faults } = await read('contact\n+14155550142\nOdile.Marrable@Example.com\n');
    expect(faults).toEqual([]);
    expect(rows).toEqual([row({ contact: '+14155550142' }), row({ contact: 'odile.marrable@example.com' })]);
  });

  it.each<[string, string]>([
    ['line ends of Windows', 'contact,reason\r\n+14155550142,asked_by_mail\r\n'],
    ['no line end at the end', 'contact,reason\n+14155550142,asked_by_mail'],
    ['a byte order mark', '\uFEFFcontact,reason\n+14155550142,asked_by_mail\n'],
    ['empty lines', '\ncontact,reason\n\n+14155550142,asked_by_mail\n  \n'],
    ['quotes', '"contact","reason"\n"+1 (415) 555-0142","asked_by_mail"\n'],
    ['semicolons', 'contact;reason\n+14155550142;asked_by_mail\n'],
    ['blanks and capitals', ' Contact , REASON \n +1 415 555 0142 , Asked_By_Mail \n'],
    ['its columns the other way round', 'reason,contact\nasked_by_mail,+14155550142\n'],
    ['a digest column that is not filled in', 'digest,contact,reason\n,+14155550142,asked_by_mail\n'],
  ])('may have %s', async (_what, file) => {
    expect(await read(file)).toEqual({ rows: [row({ contact: '+14155550142', reason: 'asked_by_mail' })], faults: [] });
  });

  it.each<[string, number]>([
    ['2026-11-03', Date.UTC(2026, 10, 3)],
    ['2026-11-03T10:00:00Z', Date.UTC(2026, 10, 3, 10)],
    ['2026-11-03T10:00:00.250Z', Date.UTC(2026, 10, 3, 10, 0, 0, 250)],
    ['2026-11-03T10:00+02:00', Date.UTC(2026, 10, 3, 8)],
    ['1970-01-01', 0],
  ])('may say since when: %s', async (at, instant) => {
    expect((await read(`digest,at\n${DIGEST},${at}\n`)).rows).toEqual([row({ id: DIGEST, at: instant })]);
  });

  it('may name digests with the key that they were made with', async () => {
    expect(await read(`digest,key\n${KEYED},a-key-12\n${DIGEST},\n`)).toEqual({
      rows: [row({ id: KEYED }), row({ id: DIGEST })],
      faults: [],
    });
  });

  it('of national numbers is read in the region that is named', async () => {
    expect((await read('contact\n(415) 555-0142\n', { region: 'us' })).rows).toEqual([
      row({ contact: '+14155550142' }),
    ]);
  });

  it('that is an export comes back as it went', async () => {
    const entry = fc.record({
      id: fc.tuple(fc.constantFrom('', 'k'), fc.string()).map(([k, text]) => k + PLAIN_DIGESTS.of(text)),
      source: fc.constantFrom(...SUPPRESSION_SOURCES),
      reason: fc.option(fc.constantFrom('asked_by_mail', 'call.skip', 'gdpr-17')),
      at: fc.integer({ min: 0, max: NOW }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry), fc.integer({ min: 1, max: 200 }), async (entries, pieces) => {
        const { rows, faults } = await read(EXPORT_HEADER + entries.map((each) => exportLine(each, keyOf)).join(''), {
          pieces,
        });
        expect(faults).toEqual([]);
        expect(rows).toEqual(entries.map((one) => ({ contact: null, ...one })));
      }),
    );
  });
});

describe('what is wrong', () => {
  it.each<[string, string | Uint8Array, number, RegExp]>([
    ['an empty file', '', 1, /empty/],
    ['empty lines alone', '\n\n', 1, /empty/],
    ['no header', '+14155550142\n+14155550143\n', 1, /name the columns/],
    ['a column nobody knows', 'contact,name\n+14155550142,Odile\n', 1, /name the columns/],
    ['a column twice', 'contact,contact\na@example.com,b@example.com\n', 1, /name the columns/],
    ['neither contact nor digest', 'reason,at\nx,2026-11-03\n', 1, /name the columns/],
    ['a header after an empty line', '\nphone\n', 2, /name the columns/],
    ['a national number', 'contact\n+14155550142\n(415) 555-0142\n', 3, /national number/],
    ['a number that does not exist', 'contact\n+1415\n', 2, /neither a telephone number/],
    ['a name', 'contact\nOdile Marrable\n', 2, /neither a telephone number/],
    ['both', `contact,digest\n+14155550142,${DIGEST}\n`, 2, /either a contact or a digest/],
    ['neither', 'contact,digest\n,\n', 2, /either a contact or a digest/],
    ['a digest that is a number', 'digest\n14155550142\n', 2, /none that this installation makes/],
    ['a digest in hexadecimal', `digest\n${HEXADECIMAL}\n`, 2, /none that this installation makes/],
    ['a token', 'digest\n0ff1ce000ff1ce000ff1ce000ff1ce00\n', 2, /none that this installation makes/],
    ['a word as long as a digest', `digest\n${'x'.repeat(43)}\n`, 2, /none that this installation makes/],
    ['a digest of another installation', `digest,key\n${KEYED},another1\n`, 2, /another key/],
    ['a digest that says of none', `digest\n${KEYED}\n`, 2, /column key of its export is missing/],
    ['a digest without a key that names one', `digest,key\n${DIGEST},a-key-12\n`, 2, /another key/],
    ['a reason in words', 'contact,reason\n+14155550142,Odile asked me\n', 2, /short code/],
    ['a reason with a number in it', 'contact,reason\n+14155550142,from-4155550142\n', 2, /short code/],
    ['an instant without a zone', 'contact,at\n+14155550142,2026-11-03T10:00:00\n', 2, /a date such as/],
    ['a day that no month has', 'contact,at\n+14155550142,2026-02-30\n', 2, /a date such as/],
    ['a date as people write it', 'contact,at\n+14155550142,03/11/2026\n', 2, /a date such as/],
    ['a date before computers', 'contact,at\n+14155550142,1969-12-31\n', 2, /a date such as/],
    ['the future', 'contact,at\n+14155550142,2026-11-03T12:00:00.001Z\n', 2, /future/],
    ['a source of its own', 'contact,source\n+14155550142,crm\n', 2, /source is not one/],
    ['too many fields', 'contact,reason\n+14155550142,x,y\n', 2, /has 3 fields, and the header 2/],
    ['too few fields', 'contact,reason\n+14155550142\n', 2, /has 1 fields, and the header 2/],
    ['an open quote', 'contact\n"+14155550142\n', 2, /quotation mark/],
    ['a quote within a field', 'contact\n+1415"5550142\n', 2, /quotation mark/],
    ['a field over two lines', 'contact,reason\n"+14155550142\n",x\n', 2, /quotation mark/],
    ['a line without an end', `contact\n+14155550142\n${'1'.repeat(2_001)}`, 3, /too long/],
    [
      'another encoding',
      Uint8Array.from(Buffer.from('contact\n+14155550142\nj\xf6rdis@example.de\n', 'latin1')),
      3,
      /UTF-8/,
    ],
    ['two bytes a letter', Uint8Array.from(Buffer.from('\uFEFFcontact\n', 'utf16le')), 1, /UTF-8/],
  ])('is told by its line: %s', async (_what, file, line, reason) => {
    for (const pieces of [1, 7, 100_000]) {
      const { faults } = await read(file, { pieces });
      expect(faults[0]).toEqual({ line, reason: expect.stringMatching(reason) });
    }
  });

  it('is told of every line, and the good ones are read', async () => {
    const { rows, faults } = await read('contact\nnobody\n+14155550142\nno-one\n\n(415) 555-0142\n');
    expect(faults.map(({ line }) => line)).toEqual([2, 4, 6]);
    expect(rows).toHaveLength(1);
  });

  it('is never told in the words of the file', async () => {
    const word = fc.stringMatching(/^[a-z+@.,"0-9]{12,30}$/);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('contact', 'digest', 'contact,reason,at,source'), word, async (header, text) => {
        for (const file of [`${header}\n${text}\n`, `${text}\n`]) {
          for (const { reason } of (await read(file)).faults) expect(reason).not.toContain(text);
        }
      }),
    );
  });

  it('never makes reading fail, whatever the bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 40 }), async (bytes, pieces) => {
        const file = Uint8Array.from([...Buffer.from('contact,reason\n'), ...bytes]);
        for (const { line } of (await read(file, { pieces })).faults) expect(line).toBeGreaterThan(0);
      }),
    );
  });
});
