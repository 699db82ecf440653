/** Importing a file: whole or not at all, in batches, telling how far it is. */
import { describe, expect, it } from 'vitest';
import type { SuppressionFacts } from '../../../src/domain/suppression.ts';
import { StoreUnavailableError } from '../../../src/errors.ts';
import { type ImportProgress, importSuppressions } from '../../../src/recovery/import-suppressions.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, ID } from '../../support/a-recovery-world.ts';

const NOW = ELEVEN_IN_BENGALURU;

function importer() {
  const world = aWorld({ record: {} });
  const batches: number[] = [];
  const doNotCall = {
    ...world.doNotCall,
    suppressAll: (entries: Parameters<typeof world.doNotCall.suppressAll>[0]) => {
      batches.push(entries.length);
      return world.doNotCall.suppressAll(entries);
    },
  };
  const run = importSuppressions({ suppressions: world.suppressions, doNotCall, clock: world.clock });
  return { world, batches, run };
}

/** A file that is read piece by piece, as from a disk. */
function fileOf(text: string): () => AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text);
  return async function* () {
    for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
  };
}

const contacts = (count: number): string =>
  Array.from({ length: count }, (_, i) => `shopper-${i}@example.com\n`).join('');

describe('a file', () => {
  it('is taken in batches, and tells how far it is', async () => {
    const { world, batches, run } = importer();
    const progress: ImportProgress[] = [];
    const report = await run(fileOf(`contact\n${contacts(1_201)}`), {
      region: null,
      onProgress: (each) => void progress.push(each),
    });
    expect(report).toEqual({ ok: true, rows: 1_201, added: 1_201, stopped: 0 });
    expect(batches).toEqual([500, 500, 201]);
    expect(progress.map(({ doing, rows }) => `${doing} ${rows}`)).toEqual([
      ...['checking 500', 'checking 1000', 'checking 1201'],
      ...['applying 500', 'applying 1000', 'applying 1201'],
    ]);
    expect(await world.suppressions.count()).toBe(1_201);
  });

  it('keeps what it says of each, and what the list says already', async () => {
    const { world, run } = importer();
    await world.doNotCall.suppress(['known@example.com'], 'call', 'call.skip');
    const file = 'contact,reason,at\nknown@example.com,other,2026-01-01\nnew@example.com,asked_by_mail,2026-01-01\n';
    expect(await run(fileOf(file), { region: null })).toEqual({ ok: true, rows: 2, added: 1, stopped: 0 });
    const facts = (contact: string): SuppressionFacts | null => world.suppressions.listed(contact);
    expect(facts('known@example.com')).toMatchObject({ source: 'call', reason: 'call.skip', at: NOW });
    expect(facts('new@example.com')).toMatchObject({
      source: 'import',
      reason: 'asked_by_mail',
      at: Date.UTC(2026, 0, 1),
    });
  });

  it('with a digest that is nobody’s here is refused whole, and not taken for done', async () => {
    const { world, run } = importer();
    const file = `contact,digest\nnew@example.com,\n,${'0ff1ce00'.repeat(8)}\n`;
    expect(await run(fileOf(file), { region: null })).toEqual({
      ok: false,
      faults: [{ line: 3, reason: expect.stringContaining('none that this installation makes') }],
      more: 0,
      applied: 0,
    });
    expect(await world.suppressions.count()).toBe(0);
  });

  it('stops what is under way to those in it', async () => {
    const { world, run } = importer();
    const { phone } = aRecord();
    const lookups = [{ kind: 'contact', value: phone ?? '' } as const];
    await world.store.commit({ record: world.asha(), patch: {}, at: NOW, lookups });
    expect(await run(fileOf(`contact\n${phone}\n`), { region: null })).toMatchObject({ ok: true, stopped: 1 });
    expect(world.store.record(ID)).toMatchObject({ state: 'cancelled', reason: 'opted_out' });
  });

  it('imported again changes nothing, also after it was broken off', async () => {
    const { world, run } = importer();
    const file = fileOf(`contact\n${contacts(700)}`);
    const add = world.suppressions.add;
    let calls = 0;
    world.suppressions.add = async (entries) => {
      if (++calls === 2) throw new StoreUnavailableError('away');
      return add(entries);
    };
    await expect(run(file, { region: null })).rejects.toThrow(StoreUnavailableError);
    expect(await world.suppressions.count()).toBe(500);
    expect(await run(file, { region: null })).toMatchObject({ ok: true, added: 200 });
    expect(await run(file, { region: null })).toMatchObject({ ok: true, added: 0 });
    expect(await world.suppressions.count()).toBe(700);
  });

  it('with a fault in its last line is refused whole', async () => {
    const { world, batches, run } = importer();
    const report = await run(fileOf(`contact\n${contacts(600)}nobody\n`), { region: null });
    expect(report).toEqual({
      ok: false,
      faults: [{ line: 602, reason: expect.stringMatching(/neither a telephone number/) }],
      more: 0,
      applied: 0,
    });
    expect(batches).toEqual([]);
    expect(await world.suppressions.count()).toBe(0);
  });

  it('with very many faults names the first of them and counts the others', async () => {
    const { run } = importer();
    const report = await run(fileOf(`contact\n${'nobody\n'.repeat(130)}`), { region: null });
    expect(report).toMatchObject({ ok: false, more: 80 });
    expect(report.ok ? [] : report.faults.map(({ line }) => line)).toEqual(Array.from({ length: 50 }, (_, i) => i + 2));
  });

  it('that changes between the two readings ends as a fault, and not as a success', async () => {
    const { run } = importer();
    const versions = ['contact\na@example.com\n', 'contact\nnobody\n'];
    const report = await run(() => fileOf(versions.shift() ?? '')(), { region: null });
    expect(report).toMatchObject({ ok: false, faults: [{ line: 2 }], applied: 0 });
  });

  it('that changes in its later part says how much of it was applied by then', async () => {
    const { run } = importer();
    const versions = [`contact\n${contacts(600)}`, `contact\n${contacts(600)}nobody\n`];
    const report = await run(() => fileOf(versions.shift() ?? '')(), { region: null });
    expect(report).toMatchObject({ ok: false, faults: [{ line: 602 }], applied: 500 });
  });

  it('with a header and nothing else is an empty list', async () => {
    const { run } = importer();
    expect(await run(fileOf('contact\n'), { region: null })).toEqual({ ok: true, rows: 0, added: 0, stopped: 0 });
  });
});
