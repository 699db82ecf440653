/** The report as JSON and as a page: the same figures, and a clear no to days that are none. */
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completeDays } from '../../../src/domain/days.ts';
import { earningsOf } from '../../../src/domain/earnings.ts';
import type { EarningsFacts } from '../../../src/domain/earnings-facts.ts';
import { reportApi } from '../../../src/http/ops/report-api.ts';
import { reportPage } from '../../../src/http/ops/report-page.ts';
import type { ReportEarnings } from '../../../src/recovery/report-earnings.ts';
import { anOrder, aRecoveryFact } from '../../support/earnings-facts.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
let app: FastifyInstance;
let facts: EarningsFacts[];
let unreadable: number;

beforeEach(async () => {
  facts = [];
  unreadable = 0;
  const reportEarnings: ReportEarnings = async (asked) => {
    const range = completeDays(asked, NOW);
    if (!range.ok) return range;
    return {
      ok: true,
      report: {
        ...range.days,
        shop: 'acme.myshopify.com',
        completeSince: '2026-11-01',
        unreadable,
        ...earningsOf(facts),
      },
    };
  };
  app = Fastify();
  await app.register(reportApi, { reportEarnings, prefix: '/api' });
  await app.register(reportPage, { reportEarnings });
});
afterEach(() => app.close());

const get = (url: string) => app.inject({ url });
/** As a reader sees it: no tags, and one blank between words. */
const read = (page: string) => page.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

/** Forty were called and thirty held out; of the called thirty ordered, of the others three. */
function aClearCase(): EarningsFacts[] {
  const called = Array.from({ length: 40 }, (_, n) =>
    aRecoveryFact({
      arm: 'call',
      order: n < 30 ? anOrder({ match: n === 0 ? 'person' : 'checkout' }) : null,
      creditsUsed: 1,
    }),
  );
  const heldOut = Array.from({ length: 30 }, (_, n) =>
    aRecoveryFact({
      ...{ arm: 'holdout', state: 'skipped', reason: 'holdout', called: false, answered: false },
      order: n < 3 ? anOrder() : null,
    }),
  );
  return [...called, ...heldOut];
}

describe('the page of the report', () => {
  it('tells totals, days, reasons, and what the calls made of it', async () => {
    facts = aClearCase();
    const { statusCode, payload } = await get('/report?from=2026-11-01&to=2026-11-05');
    const text = read(payload);
    expect(statusCode).toBe(200);
    for (const part of [
      'checkouts seen 70',
      'held out 30',
      'called 40',
      'orders after a call 30 (29 from the checkout itself, 1 by another way)',
      'their revenue EUR 3870.00',
      'credits used 40',
      'credits per order 1.33',
      'called 30 of 40 ordered (75.0 %)',
      'held out 3 of 30 ordered (10.0 %)',
      'difference +65.0 percentage points (95 % interval +43.2 to +77.6)',
      'orders that the calls brought 26.0 (17.3 to 31.1)',
      'The calls bring orders: the whole interval lies above 0.',
      'skipped: holdout 30',
      '2026-11-03 70 70 30 40 40 0 30 40 EUR 3870.00',
    ]) {
      expect(text).toContain(part);
    }
    expect(payload).toContain('<title>Ringback · What the calls earned</title>');
    expect(payload).toContain('name="from" type="date" value="2026-11-01"');
  });

  it('says so when there is too little to compare, and when there is nothing at all', async () => {
    const text = read((await get('/report')).payload);
    expect(text).toContain('Too few recoveries to judge');
    expect(text).toContain('called nobody');
    expect(text).toContain('Nothing was seen on these days.');
  });

  it('says which days are not complete, and what could not be read', async () => {
    unreadable = 2;
    expect(read((await get('/report?from=2026-10-31')).payload)).toMatch(/before 2026-11-01 are forgotten.*2 records/);
    unreadable = 0;
    expect(read((await get('/report?from=2026-11-01')).payload)).not.toMatch(/forgotten|could not be read/);
  });

  it('takes reasons and currencies for text', async () => {
    const hostile = '<img src=x onerror=alert(1)>';
    facts = [
      aRecoveryFact({ called: false, reason: hostile }),
      aRecoveryFact({ order: anOrder({ currency: hostile }) }),
    ];
    const { payload } = await get('/report');
    expect(payload).not.toContain('<img');
    expect(payload).toContain('&lt;img');
  });
});

describe('the days of the report', () => {
  it('are the last thirty when none are given, also as a form gives none', async () => {
    for (const query of ['', '?from=&to=']) {
      expect((await get(`/api/report${query}`)).json()).toMatchObject({ from: '2026-10-25', to: '2026-11-23' });
    }
  });

  it.each([
    ['from=2026-02-30', 'from', 'from must be a day such as 2026-11-01'],
    ['from=yesterday', 'from', 'from must be a day such as 2026-11-01'],
    ['to=2026-11-1', 'to', 'to must be a day such as 2026-11-01'],
    ['to=2026-11-01T00:00:00Z', 'to', 'to must be a day such as 2026-11-01'],
    ['from=2026-11-02&to=2026-11-01', 'from', 'from must not be later than to'],
    ['from=2025-11-01&to=2026-11-02', 'from', 'from and to must not span more than 366 days'],
    ['from=2026-11-01&from=2026-11-02', 'from', 'from must be a day such as 2026-11-01'],
  ])('are refused as %s', async (query, field, message) => {
    const answer = await get(`/api/report?${query}`);
    expect({ status: answer.statusCode, json: answer.json() }).toEqual({
      status: 400,
      json: { error: 'bad_request', fields: [field], message },
    });
    const page = await get(`/report?${query}`);
    expect({ status: page.statusCode, says: read(page.payload).includes(message) }).toEqual({
      status: 400,
      says: true,
    });
  });

  it('are escaped when they are shown again', async () => {
    const { payload } = await get(`/report?from=${encodeURIComponent('"><script>')}`);
    expect(payload).not.toContain('"><script>');
  });
});
