/** Names and values below each other: the part of a page that shows what is known of something. */
import { type Html, html } from './html.ts';

export type Fact = readonly [name: string, value: Html | string | number | boolean | null];

/** What is not known is left out. */
export function factTable(facts: readonly Fact[]): Html {
  return html`<table>${facts.filter(([, value]) => value !== null && value !== '').map(row)}</table>`;
}

function row([name, value]: Fact): Html {
  const shown = typeof value === 'boolean' ? (value ? 'yes' : 'no') : value;
  return html`<tr><th>${name}</th><td class="words">${shown}</td></tr>`;
}

/** One below the other; null when there is none. */
export function inLines(texts: readonly string[]): Html | null {
  return texts.length === 0 ? null : html`${texts.map((text) => html`<div>${text}</div>`)}`;
}

/** The members of an object from a stranger. */
export function membersOf(object: Readonly<Record<string, unknown>> | null): Html | null {
  return inLines(Object.entries(object ?? {}).map(([name, value]) => `${name}: ${inText(value)}`));
}

/** A link where a browser would follow it to the web and nowhere else; of another address the text alone. */
export function linkTo(url: string | null): Html | string | null {
  const protocol = url === null ? undefined : URL.parse(url)?.protocol;
  if (protocol !== 'https:' && protocol !== 'http:') return url;
  return html`<a href="${url}" rel="noreferrer noopener">${url}</a>`;
}

function inText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
