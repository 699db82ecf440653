/** What the vendor says about a refusal, fit for the record and the log. */
import { z } from 'zod';
import { parsed } from './parsed.ts';

const refusalSchema = z.object({ message: z.string() });

/** The vendor's words, without what it may have quoted of the shopper: numbers of more than four digits, and addresses. */
export function messageOf(body: string): string {
  const refusal = refusalSchema.safeParse(parsed(body));
  if (!refusal.success) return '';
  return whole(refusal.data.message, 500)
    .replace(/(?<!\S)\S+@\S+/g, '…')
    .replace(/https?:\/\/\S+/g, '…')
    .replace(/\+?\d[\d\s().-]{3,}\d/g, '…');
}

/** At most so many characters, without a word that the cut went through: half an address would pass for a plain word. */
function whole(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).replace(/\S*$/, '…');
}
