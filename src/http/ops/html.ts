/** HTML by template, escaped by default: what is interpolated is text unless it was made here. */
export interface Html {
  readonly html: string;
}

type Part = string | number | null | Html | readonly Html[];

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = strings.reduce(
    (all, string, i) => all + string + (i < parts.length ? render(parts[i] ?? null) : ''),
    '',
  );
  return { html: text };
}

function render(part: Part): string {
  if (part === null) return '';
  if (Array.isArray(part)) return part.map((one: Html) => one.html).join('');
  return typeof part === 'object' ? (part as Html).html : escaped(String(part));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
