/** The header in which a server says when it wants to be asked again. */

/** All three forms begin with the day of the week; the oldest names no zone and means GMT. RFC 9110 §5.6.7. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*(?:\d| GMT)$/;

/** Seconds or an HTTP date, RFC 9110 §10.2.3. @returns milliseconds from `now`; null when absent or neither. */
export function retryAfterMs(header: string | null, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const date = HTTP_DATE.test(text) ? Date.parse(text.endsWith('GMT') ? text : `${text} GMT`) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
