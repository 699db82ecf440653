/** Every regular expression literal of a TypeScript file. A scanner of a hundred lines would be a parser; what tells a regex from a division is what stands before it. */

export interface SourceRegex {
  readonly file: string;
  readonly literal: string;
  readonly regex: RegExp;
}

/** A literal may begin where a value may: after these, or at the start of a line. */
const LITERAL =
  /(?<=(?:^|[(,=:[!&|?{};>]|\breturn|\bcase)[ \t]*)\/(?![*/])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+)\/([dgimsuvy]*)/gm;

export function regexesIn(file: string, source: string): SourceRegex[] {
  const code = source.replace(/^\s*(?:\/\*\*?|\*).*$/gm, '').replace(/\s\/\/ .*$/gm, '');
  return [...code.matchAll(LITERAL)].map(([literal, body = '', flags = '']) => ({
    file,
    literal,
    regex: new RegExp(body, flags),
  }));
}

/** Whether something that repeats without bound stands inside of something else that does: the shape that backtracks without end. */
export function nestsRepetition(pattern: string): boolean {
  const groups: boolean[] = [];
  let repeats: boolean = false;
  for (let at = 0; at < pattern.length; at++) {
    const sign = pattern[at];
    if (sign === '\\') at++;
    else if (sign === '[') at = endOfClass(pattern, at);
    else if (sign === '(') {
      groups.push(repeats);
      repeats = false;
    } else if (sign === ')') {
      const inner: boolean = repeats;
      if (inner && isUnbounded(pattern, at + 1)) return true;
      repeats = (groups.pop() ?? false) || inner;
    } else if (isUnbounded(pattern, at)) repeats = true;
  }
  return false;
}

function isUnbounded(pattern: string, at: number): boolean {
  return /^(?:[*+]|\{\d+,\})/.test(pattern.slice(at, at + 12));
}

function endOfClass(pattern: string, from: number): number {
  let depth = 0;
  for (let at = from; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === '[') depth++;
    else if (pattern[at] === ']' && --depth === 0) return at;
  }
  return pattern.length;
}
