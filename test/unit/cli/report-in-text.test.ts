import { describe, expect, it } from 'vitest';
import { reportInText } from '../../../src/cli/report-in-text.ts';
import { earningsOf } from '../../../src/domain/earnings.ts';
import { anOrder, aRecoveryFact } from '../../support/earnings-facts.ts';

const days = {
  from: '2026-11-01',
  to: '2026-11-05',
  shop: 'acme.myshopify.com',
  completeSince: '2026-10-01',
  unreadable: 0,
};

describe('the report in text', () => {
  it('has its columns one below the other, and says what the comparison is worth', () => {
    const text = reportInText({
      ...days,
      ...earningsOf([
        aRecoveryFact({ order: anOrder(), creditsUsed: 1.5, arm: 'call' }),
        aRecoveryFact({ day: '2026-11-04', state: 'waiting', reason: 'no_phone', called: false, answered: false }),
      ]),
    });
    expect(text).toBe(`What the calls earned, 2026-11-01 to 2026-11-05 (UTC)

day         seen  callable  held out  called  answered  success  orders  credits  revenue
2026-11-03     1         1         0       1         1        0       1      1.5  EUR 129.00
2026-11-04     1         1         0       0         0        0       0        -
in all         2         2         0       1         1        0       1      1.5  EUR 129.00

Of the orders after a call
  from the checkout itself     1
  by another way               0
  of unknown amount            0
  credits per order            1.50
  calls without known credits  0

Why the others were not called
  waiting: no_phone  1

Called against held out
  called    1 of 1 ordered (100.0 %)
  held out  nobody
  Too few recoveries to judge: each of the two groups needs at least 30.`);
  });

  it('warns of days that are not complete, and of what could not be read', () => {
    const text = reportInText({ ...days, completeSince: '2026-11-03', unreadable: 3, ...earningsOf([]) });
    expect(text).toContain('Days before 2026-11-03 are not complete');
    expect(text).toContain('3 records could not be read');
  });
});
