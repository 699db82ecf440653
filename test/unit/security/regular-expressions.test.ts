/** No text makes a regular expression of ours think for long: none nests what repeats, and each is quick on a hundred thousand letters made to hurt it. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { nestsRepetition, regexesIn, type SourceRegex } from '../../support/source-regexes.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const files = globSync('src/**/*.ts', { cwd: ROOT });
const regexes = files.flatMap((file) => regexesIn(file, readFileSync(join(ROOT, file), 'utf8')));
const rows = regexes.map((each): [string, SourceRegex] => [`${each.file}: ${each.literal}`, each]);

/** Nests, and is bounded otherwise: what it is given has a limit, or what repeats cannot be cut in two ways. */
const ALLOWED = new Set<string>([]);

const LENGTH = 100_000;
/** On a busy machine; most take less than one. */
const MOST_MS = 50;
/** What takes steps with the square of the length shows it already here, and the linear takes a hundredth of a millisecond. */
const FIRST_LENGTH = 1_500;
const SUSPICIOUS_MS = 0.5;

interface Hurtful {
  readonly unit: string;
  readonly end: string;
}

/** Repetitions of what the expression itself speaks of, alone and in pairs, that end in what it cannot match. */
function hurtful({ regex }: SourceRegex): { readonly alone: Hurtful[]; readonly pairs: Hurtful[] } {
  const spoken = [...regex.source.replace(/\\[dwsSDWbBpPu](?:\{[^}]*\})?/g, '')].filter((sign) =>
    /[\x20-\x7e]/.test(sign),
  );
  const signs = [...new Set(['a', '0', ' ', ...spoken, '\n', '-', '.', '"'])].slice(0, 12);
  const some = signs.slice(0, 8);
  const withEnds = (units: string[]) => units.flatMap((unit) => ['', '\u0000'].map((end) => ({ unit, end })));
  return { alone: withEnds(signs), pairs: withEnds(some.flatMap((one) => some.map((other) => one + other))) };
}

/** The best of two, milliseconds. */
function timeOf(regex: RegExp, { unit, end }: Hurtful, length: number): number {
  const text = unit.repeat(length / unit.length) + end;
  let ms = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 2 && ms > SUSPICIOUS_MS / 2; n++) {
    regex.lastIndex = 0;
    const startedAt = performance.now();
    regex.test(text);
    ms = Math.min(ms, performance.now() - startedAt);
  }
  return ms;
}

function slowest({ regex, ...rest }: SourceRegex): { ms: number; input: string } {
  const { alone, pairs } = hurtful({ regex, ...rest });
  const suspects = [...alone, ...pairs].filter((each) => timeOf(regex, each, FIRST_LENGTH) > SUSPICIOUS_MS);
  let worst = { ms: 0, input: '' };
  for (const each of [...suspects, ...alone.slice(0, 6)]) {
    const early = timeOf(regex, each, LENGTH / 5);
    const ms = early > MOST_MS ? early : timeOf(regex, each, LENGTH);
    if (ms > worst.ms)
      worst = { ms, input: `${JSON.stringify(each.unit)} over ${LENGTH} letters, then ${JSON.stringify(each.end)}` };
    if (ms > MOST_MS) break;
  }
  return worst;
}

describe('the regular expressions of the source', () => {
  it('are found', () => {
    expect(regexes.length).toBeGreaterThan(60);
  });

  it('nest no repetition in another', () => {
    const nested = rows.filter(([, { regex }]) => nestsRepetition(regex.source)).map(([name]) => name);
    expect(nested.filter((name) => !ALLOWED.has(name))).toEqual([]);
  });

  it.each(rows)('answer soon whatever they are asked: %s', (_name, each) => {
    const { ms, input } = slowest(each);
    expect(ms, input).toBeLessThan(MOST_MS);
  });
});

describe('the search for what is slow', () => {
  it.each(['(a+)+$', '^(\\d+,?)*$', '((x|y)*z?)+', '(?:a{2,})*'])('finds the shape of %s', (pattern) => {
    expect(nestsRepetition(pattern)).toBe(true);
  });

  it.each(['a+b+', '(ab)+', '[(a+)+]+', '\\(a+\\)+', '(a{1,9}b)*'])('leaves %s alone', (pattern) => {
    expect(nestsRepetition(pattern)).toBe(false);
  });

  it('finds one that is slow without that shape', () => {
    const [each] = regexesIn('x', 'const slow = /b+c/;');
    expect(each && slowest(each).ms).toBeGreaterThan(MOST_MS);
  });
});
