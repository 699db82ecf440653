import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html } from '../../../src/http/ops/html.ts';

/** What a browser reads where a text stands. */
function read(text: string): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&(#?\w+);/g, (_entity, name: string) => characters[name] ?? '?');
}

describe('a template', () => {
  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['"><img src=x onerror=alert(1)>', '&quot;&gt;&lt;img src=x onerror=alert(1)&gt;'],
    ["' onmouseover='alert(1)", '&#39; onmouseover=&#39;alert(1)'],
    ['Tea & cake', 'Tea &amp; cake'],
    ['&amp;', '&amp;amp;'],
    ['', ''],
  ])('takes %j for text', (text, expected) => {
    expect(html`<p title="${text}">${text}</p>`.html).toBe(`<p title="${expected}">${expected}</p>`);
  });

  it('shows any text as it is, and lets none of it be markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = html`${text}`.html;
        expect(shown).not.toMatch(/[<>"']/);
        expect(read(shown)).toBe(text);
      }),
    );
  });

  it.each([
    [0, '0'],
    [12.5, '12.5'],
    [null, ''],
  ])('shows %j as %j', (value, expected) => {
    expect(html`${value}`.html).toBe(expected);
  });

  it('takes what another template made for what it is, alone or in a list', () => {
    const item = (text: string) => html`<li>${text}</li>`;
    expect(html`<ul>${['<b>', 'tea'].map(item)}</ul>${item('&')}`.html).toBe(
      '<ul><li>&lt;b&gt;</li><li>tea</li></ul><li>&amp;</li>',
    );
  });

  it('shows nothing for an empty list', () => {
    expect(html`<ul>${[]}</ul>`.html).toBe('<ul></ul>');
  });
});
