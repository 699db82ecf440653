/** Makes the shop's words about a request fit for records and logs: without what the request held of a person. */

const LONGEST_MESSAGE = 300;

/**
 * `message` without any text that was sent, and without addresses, quoted text and numbers of more than four digits: a shop may
 * quote what it holds of a person as well as what it was sent. At most 300 characters.
 *
 * @param sent - the variables of the request, of any depth.
 */
export function scrubbed(message: string, sent: unknown): string {
  let text = message;
  // Longest first: a part of a text must not break up the whole before it is found.
  for (const value of textsIn(sent).sort((left, right) => right.length - left.length)) text = withoutWord(text, value);
  text = text
    .replace(/(?<!\S)\S+@\S+/g, '…')
    .replace(/\b[a-z]+:\/\/\S+/gi, '…')
    .replace(/"[^"]*"/g, '…')
    .replace(/(?<![\p{L}\p{N}])'[^']*'(?![\p{L}\p{N}])/gu, '…')
    .replace(/\+?\d[\d\s().-]{3,}\d/g, '…');
  return text.length <= LONGEST_MESSAGE ? text : text.slice(0, LONGEST_MESSAGE).replace(/\S*$/, '…');
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.trim().length > 1 ? [value.trim()] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** Whole words only, in either case: `Ann` goes, `cannot` stays. */
function withoutWord(text: string, word: string): string {
  const literal = word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'giu'), '…');
}
