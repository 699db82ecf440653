import { describe, expect, it } from 'vitest';
import { toRecoveryUrl } from '../../../src/domain/recovery-url.ts';

const url = 'https://hill-coffee.myshopify.com/62000001/checkouts/ac/hc-1/recover?key=k%20e~y&locale=en-IN';

describe('a recovery URL', () => {
  it('is passed on as Shopify wrote it', () => {
    expect(toRecoveryUrl(url)).toBe(url);
    expect(toRecoveryUrl(`  ${url}\n`)).toBe(url);
    expect(toRecoveryUrl('http://localhost:3000/checkouts/1/recover')).toBe(
      'http://localhost:3000/checkouts/1/recover',
    );
  });

  it('is percent-encoded when it is not plain ASCII', () => {
    expect(toRecoveryUrl('https://hügel.example/kasse?name=Ähre')).toBe(
      'https://xn--hgel-0ra.example/kasse?name=%C3%84hre',
    );
  });

  it.each([
    ['missing', null],
    ['withheld by Shopify', ''],
    ['relative', '/checkouts/1/recover'],
    ['not a web address', 'javascript:alert(1)'],
    ['a file', 'file:///etc/passwd'],
    ['without a host', 'https://'],
    ['two words', 'https://hill coffee.example/'],
    ['broken across lines', 'https://hill-coffee.example/re\ncover'],
    ['longer than 2,048 characters', `https://hill-coffee.example/${'a'.repeat(2_048)}`],
    ['short only until it is encoded', `https://hill-coffee.example/${'ä'.repeat(1_000)}`],
  ])('that is %s is none', (_what, text) => {
    expect(toRecoveryUrl(text)).toBeNull();
  });
});
