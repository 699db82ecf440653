/** The page of one recovery: all that is known stands on it as text, and no word of a stranger becomes markup, a link or a title. */
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecoveryRecord } from '../../../src/domain/recovery.ts';
import { recoveryPage } from '../../../src/http/ops/recovery-page.ts';
import { aCalledRecord, anErrand, SAID } from '../../support/a-called-recovery.ts';
import { aRecord } from '../../support/a-record.ts';
import { aWorld } from '../../support/a-recovery-world.ts';

let app: FastifyInstance;
let world: ReturnType<typeof aWorld>;

beforeEach(async () => {
  world = aWorld();
  app = Fastify();
  await app.register(recoveryPage, world);
});
afterEach(() => app.close());

async function pageOf(record: RecoveryRecord): Promise<string> {
  world.store.put(record);
  const { statusCode, payload } = await app.inject({ url: `/recoveries/${record.id}` });
  expect(statusCode).toBe(200);
  return payload;
}

/** What a reader sees of a table's row. */
function factIn(page: string, name: string): string | null {
  const cell = new RegExp(`<th>${name}</th><td[^>]*>(.*?)</td></tr>`, 's').exec(page)?.[1] ?? null;
  return cell === null ? null : cell.replaceAll('</div><div>', ' | ').replace(/<[^>]+>/g, '');
}

describe('the page of a recovery', () => {
  it('says in a sentence per gate what would be decided now, and by which rule', async () => {
    const page = await pageOf(aRecord({ state: 'scheduled' }));
    const sentences = [...page.matchAll(/<li>(.*?)<\/li>/gs)].map(([, sentence]) => sentence ?? '');
    expect(sentences).toHaveLength(14);
    expect(sentences.find((sentence) => sentence.startsWith('suppression'))).toBe(
      'suppression passed: not on the list [do-not-call-list@2026-11]',
    );
  });

  it('says that dialling is paused, and that nothing is left to decide on', async () => {
    await world.dialSwitch.pause('operator');
    const page = await pageOf(aRecord({ candidate: null }));
    expect(page).toContain('Dialling is paused (operator)');
    expect(page).toContain('there is no checkout to decide on (any more)');
  });

  it.each([
    ['answered', 'yes'],
    ['success', 'yes'],
    ['outcome', 'intent: will_purchase'],
    ['insights', 'reason: price | budget: {&quot;upTo&quot;:1500}'],
    ['required actions', 'send_whatsapp'],
    ['what the agent did', '2026-11-03 05:31:32 create_order, missing_address'],
    ['started \\(UTC\\)', '2026-11-03 05:30:22'],
    ['duration, seconds', '96'],
    ['credits used', '1.5'],
    ['credits left then', '4200'],
    ['repeats by the vendor', '1'],
    ['moved by the shopper', '0'],
    [
      'statuses',
      '2026-11-03 05:30:22 in-progress, by call.in-progress | 2026-11-03 05:31:58 completed, by call.completed',
    ],
    ['unknown events', 'call.transferred'],
    ['orderTotal', '1955.00'],
    ['orderCurrency', 'INR'],
    ['orderMatch', 'person'],
    ['attributed', 'yes'],
    ['arm', 'call'],
    ['discount', 'RBKEEPSAKE, minted, valid until 2026-11-03 05:30:02 UTC'],
  ])('says %s: %s', async (name, value) => {
    expect(factIn(await pageOf(aCalledRecord()), name)).toBe(value);
  });

  it('leaves out what is not known', async () => {
    const page = await pageOf(aRecord());
    for (const name of ['orderTotal', 'attributed', 'arm', 'discount']) expect(factIn(page, name)).toBeNull();
    expect(page).not.toMatch(/The call|Errands/);
  });

  it('shows the vendor’s words as text', async () => {
    const page = await pageOf(aCalledRecord());
    expect(page).toContain('Asha asked for &lt;b&gt;two&lt;/b&gt; packets &amp; a call to +919840012345');
    expect(page).not.toContain(SAID);
    const hostile = '</td><script>alert(1)</script>';
    const { call } = aCalledRecord();
    if (!call) throw new Error('the called record has no call');
    const everywhere = await pageOf(
      aCalledRecord({
        vendorMessage: hostile,
        orderName: hostile,
        callStatus: hostile,
        call: {
          ...call,
          summary: hostile,
          insights: { [hostile]: hostile },
          outcome: { list: [hostile] },
          requiredActions: [hostile],
          statuses: [{ status: hostile, type: hostile, at: 0 }],
          actions: [{ name: hostile, reason: hostile, at: 0 }],
          unknownTypes: [hostile],
        },
        errands: { [hostile]: anErrand({ state: 'failed', note: hostile }) },
      }),
    );
    expect(everywhere).not.toContain('<script');
    expect(everywhere.match(/&lt;script&gt;/g)?.length).toBeGreaterThan(10);
  });

  it('keeps the words on the call out of the title and the headings', async () => {
    const page = await pageOf(aCalledRecord());
    const titles = [...page.matchAll(/<(title|h\d)>(.*?)<\/\1>/gs)].map(([, , text]) => text);
    expect(titles).toEqual([
      'Ringback · Recovery',
      'Ringback · Recovery',
      'ended',
      'Errands',
      'What happened',
      'What the gates would say now',
      'The call',
      'What is known',
    ]);
  });

  it('links to the recording and to the vendor’s own page, without telling them from where', async () => {
    const page = await pageOf(aCalledRecord());
    const links = [...page.matchAll(/<a href="(https:[^"]*)" rel="([^"]*)"/g)].map(([, href, rel]) => [href, rel]);
    expect(links).toEqual([
      ['https://media.vendor.example/r/1.mp3?sig=a&amp;b', 'noreferrer noopener'],
      ['https://app.vendor.example/calls/1', 'noreferrer noopener'],
    ]);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', '//elsewhere.example/x', 'nonsense'])(
    'makes no link of %s',
    async (recordingUrl) => {
      const { call } = aCalledRecord();
      const page = await pageOf(aCalledRecord({ call: call && { ...call, recordingUrl } }));
      expect(factIn(page, 'recording')).toBe(recordingUrl);
      expect(page).not.toContain(`href="${recordingUrl}`);
    },
  );

  it('has a button for the errand that failed, and for no other', async () => {
    const page = await pageOf(aCalledRecord());
    const { id } = aRecord();
    const actions = [...page.matchAll(/<form method="post" action="([^"]*)">/g)].map(([, action]) => action);
    expect(actions).toEqual([`/ops/recoveries/${id}/errands/forward%3Aoutcome%3A${id}.1/retry`]);
    expect(page).toContain('agent_order');
  });

  it.each(['nobody', 'hill-coffee.00000000000000000000000000'])('is not there for %s', async (id) => {
    const { statusCode, payload } = await app.inject({ url: `/recoveries/${id}` });
    expect(statusCode).toBe(404);
    expect(payload).toContain('<title>Ringback · Not found</title>');
  });
});
