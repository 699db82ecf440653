/**
 * Imports point one way: domain ← adapters and use cases ← edges ← the composition root ← the entries. The map of src/ in
 * the README is true because these tests say so.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What each folder of src/ may import, beside itself: folders, and single files. A file in src/ itself may import anything in src/. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  config: ['domain', 'errors.ts'],
  shopify: ['domain'],
  'shop-admin': ['domain', 'shopify'],
  voice: ['domain'],
  forward: ['domain', 'voice/exchange.ts', 'voice/retry-after.ts'],
  store: ['domain', 'errors.ts'],
  queue: ['domain', 'errors.ts'],
  observe: ['domain'],
  recovery: ['domain', 'errors.ts'],
  intake: ['domain', 'recovery', 'shopify', 'voice', 'errors.ts'],
  worker: ['domain', 'recovery', 'queue'],
  http: ['domain', 'recovery', 'intake', 'observe', 'shopify/verify-webhook.ts', 'errors.ts'],
  // Commands are entries: they take from the composition root what they need.
  cli: [
    ...['domain', 'recovery', 'config', 'observe/logger.ts', 'shop-admin/shop-admin.ts', 'core.ts', 'workers.ts'],
    ...['errors.ts', 'shopify/checkout-body.ts', 'shopify/lossless-json.ts'],
  ],
};

/** Libraries that speak to the world, and the only folders that may know them. */
const HOME_OF: Readonly<Record<string, readonly string[]>> = {
  ioredis: ['store', 'queue', 'worker', '.'],
  bullmq: ['queue', 'worker', 'http', '.'],
  fastify: ['http', '.'],
  pino: ['observe', 'http', '.'],
  'prom-client': ['observe', 'http'],
  standardwebhooks: ['forward'],
  '@shopify/shopify-api': ['shop-admin'],
  zod: ['config', 'domain', 'shopify', 'shop-admin', 'voice', 'store', 'queue', 'http'],
};

interface Import {
  readonly from: string;
  /** A path below the root for our own files, else the specifier. */
  readonly to: string;
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

function importsOf(file: string): Import[] {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const specifiers = source.matchAll(
    /^(?:import|export)\b[^'";]*?from '([^']+)';|^import '([^']+)';|\bimport\('([^']+)'\)/gms,
  );
  return [...specifiers].map(([, from, bare, dynamic]) => {
    const specifier = from ?? bare ?? dynamic ?? '';
    const to = specifier.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), specifier)) : specifier;
    return { from: file, to };
  });
}

const folderOf = (file: string): string => (file.split('/').length > 2 ? (file.split('/')[1] ?? '') : '.');
const imports = filesBelow('src').flatMap(importsOf);
const own = imports.filter(({ to }) => to.startsWith('src/'));

describe('imports', () => {
  it('are found at all, in every folder', () => {
    expect(new Set(own.map(({ from }) => folderOf(from)))).toEqual(new Set([...Object.keys(MAY_IMPORT), '.']));
  });

  it.each(Object.entries(MAY_IMPORT))('of src/%s stay inside what it may know', (folder, allowed) => {
    const strays = own
      .filter(({ from }) => folderOf(from) === folder)
      .filter(
        ({ to }) => ![folder, ...allowed].some((place) => to === `src/${place}` || to.startsWith(`src/${place}/`)),
      );
    expect(strays).toEqual([]);
  });

  it('never lead from src/ to what surrounds it', () => {
    expect(imports.filter(({ to }) => /^(test|demo|stand-ins|bench|scripts)\//.test(to))).toEqual([]);
  });

  it.each(Object.entries(HOME_OF))('of %s stay where it belongs', (library, homes) => {
    const users = imports.filter(({ to }) => to === library || to.startsWith(`${library}/`));
    expect(users.filter(({ from }) => !homes.includes(folderOf(from)))).toEqual([]);
  });

  it('give the domain no way to the world: no node module but hashing', () => {
    const core = imports.filter(({ from, to }) => from.startsWith('src/domain/') && to.startsWith('node:'));
    expect(core.filter(({ to }) => to !== 'node:crypto')).toEqual([]);
  });

  it('give the domain no clock, zone, chance or environment of its own', () => {
    const ambient = /\bDate\.now\(|new Date\(\)|\bMath\.random\(|\bprocess\.|DateTime\.(now|local)\(/;
    const users = filesBelow('src/domain').filter((file) => ambient.test(readFileSync(join(ROOT, file), 'utf8')));
    expect(users).toEqual([]);
  });

  it('keep the stand-ins independent: what tests src/ must not share its mistakes', () => {
    const strays = filesBelow('stand-ins')
      .flatMap(importsOf)
      .filter(({ to }) => to.startsWith('src/'));
    expect(strays).toEqual([]);
  });

  it('form no circle', () => {
    const next = new Map<string, string[]>();
    for (const { from, to } of own) next.set(from, [...(next.get(from) ?? []), to]);
    const circles: string[] = [];
    const done = new Set<string>();
    const walk = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      else if (!done.has(file)) for (const each of next.get(file) ?? []) walk(each, [...path, file]);
      done.add(file);
    };
    for (const file of next.keys()) walk(file, []);
    expect(circles).toEqual([]);
  });
});
