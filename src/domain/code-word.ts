/** Words that others send as codes. They are open sets and stand in clear in records, timelines and logs: a sentence may be about somebody. */

/** @returns the text when it is one short word such as `call.in-progress`, or a number too short to be anybody's; else null. */
export function codeWord(text: string | null): string | null {
  return text !== null && /^(?:[a-z][a-z0-9._-]{0,59}|\d{1,4})$/i.test(text) ? text : null;
}
