/** What Shopify asks for on behalf of people and of the shop: taken on at once, carried out step by step, and whole in the end whatever happens in between. */
import { describe, expect, it } from 'vitest';
import { SECOND } from '../../../src/domain/duration.ts';
import type { NamedPerson } from '../../../src/domain/named-person.ts';
import type { ParkedDelivery, ParkedStore } from '../../../src/domain/parked.ts';
import type { RecoveryRecord } from '../../../src/domain/recovery.ts';
import { RecordContendedError, StoreUnavailableError } from '../../../src/errors.ts';
import { findParkedBy } from '../../../src/intake/parked-traces.ts';
import { privacyTopics } from '../../../src/intake/privacy-topics.ts';
import { answerDataRequests } from '../../../src/recovery/requests/answer-data-request.ts';
import { carryOutRequest } from '../../../src/recovery/requests/carry-out-request.ts';
import { findPerson, findPersonSurely } from '../../../src/recovery/requests/find-person.ts';
import { remindOfRequests } from '../../../src/recovery/requests/remind-of-requests.ts';
import { takeRequests } from '../../../src/recovery/requests/take-requests.ts';
import { withdrawConsent } from '../../../src/recovery/requests/withdraw-consent.ts';
import { aRecord } from '../../support/a-record.ts';
import { aWorld, SHOP } from '../../support/a-recovery-world.ts';
import { fakeAccessLog, fakeDataRequests, fakeRequests } from '../../support/fake-requests.ts';

const ASHA: NamedPerson = { customerId: '7700', email: 'asha.rao@mail.example', phone: '+919090909090', orderIds: [] };
/** As the fake stores write them. */
const digest = (text: string): string => `digest of ${text}`;
const undigested = (text: string): string => text.replace('digest of ', '');

function fakeParked(bodies: Readonly<Record<string, string>> = {}): ParkedStore & { readonly left: () => string[] } {
  const kept = new Map(Object.entries(bodies));
  const rowOf = (id: string) => ({
    id,
    source: 'shopify' as const,
    topic: 't',
    apiVersion: null,
    receivedAt: 0,
    field: 'f',
  });
  return {
    left: () => [...kept.keys()],
    park: async () => ({ id: 'x', dropped: 0 }),
    list: async () => [...kept.keys()].map(rowOf),
    read: async (_shop, id): Promise<ParkedDelivery | null> => {
      const body = kept.get(id);
      return body === undefined ? null : { ...rowOf(id), body };
    },
    ids: async () => [...kept.keys()],
    remove: async (_shop, id) => void kept.delete(id),
    removeAll: async () => kept.clear(),
    count: async () => kept.size,
    expire: async () => 0,
  };
}

/** `count` recoveries of Asha's, `r0` the first; all of them scheduled unless said otherwise. */
function aShop(
  count: number,
  options: { readonly records?: Partial<RecoveryRecord>; readonly parked?: Record<string, string> } = {},
) {
  const world = aWorld();
  const wiped: string[] = [];
  const ids = Array.from({ length: count }, (_, n) => `r${n}`);
  for (const [n, id] of ids.entries()) {
    world.store.put(aRecord({ id, checkoutToken: `token-number-${n}`, createdAt: n, ...options.records }));
  }
  const requests = fakeRequests();
  const dataRequests = fakeDataRequests();
  const accessLog = fakeAccessLog();
  const parked = fakeParked(options.parked);
  const woken: string[] = [];
  const withdrawn: { contacts: readonly string[]; at: number }[] = [];
  let made = 0;
  const alarms = { wake: async (id: string) => void woken.push(id) };
  const deps = {
    ...{
      ...world,
      shop: SHOP,
      requests,
      dataRequests,
      accessLog,
      parked,
      alarms,
      digest,
      digests: (text: string) => [digest(text)],
    },
    findPerson: findPerson(world.store, SHOP),
    findPersonSurely: findPersonSurely(world.store, SHOP),
    newId: () => `request-${++made}`,
    onError: () => {},
    onForgotten: async () => void wiped.push('wiped'),
    async noteConsentWithdrawn(contacts: readonly string[], at: number) {
      withdrawn.push({ contacts, at });
    },
  };
  const recoveriesOf = (of: string, contact: string) =>
    world.store.find(of, { kind: 'contact', value: undigested(contact) });
  const findParked = findParkedBy(deps);
  const take = takeRequests(deps);
  const withdraw = withdrawConsent(deps);
  return {
    ...{ ...world, ids, requests, dataRequests, accessLog, parked, woken, wiped, withdrawn, take, withdraw, alarms },
    carryOut: carryOutRequest({ ...deps, findParked }),
    answers: answerDataRequests({ ...deps, findParked, recoveriesOf }),
    topics: privacyTopics({ shop: SHOP, requests: take, withdrawConsent: withdraw }),
    /** Points the customer's id at the recoveries, as their webhooks do. */
    async knowCustomer(some: readonly string[] = ids) {
      for (const id of some) {
        const record = world.store.record(id);
        await world.store.commit({ record, patch: {}, at: 0, lookups: [{ kind: 'customer', value: '7700' }] });
      }
    },
    async wholly(id: string) {
      for (let turns = 0; turns < 50; turns++) if ((await this.carryOut(id)) === 'done') return turns + 1;
      throw new Error('it has no end');
    },
    isBlank: (id: string) => world.store.record(id).payload === null && world.store.record(id).phone === null,
  };
}

const away = () => {
  throw new StoreUnavailableError(new Error('Redis is away'));
};

describe('a redaction', () => {
  it('is carried out in turns, so that others have theirs', async () => {
    const shop = aShop(1_250);
    await shop.knowCustomer();
    await shop.take.redactCustomer(ASHA);
    expect(shop.woken).toEqual(['request-1']);
    expect(await shop.wholly('request-1')).toBe(2);
    expect(shop.ids.filter((id) => !shop.isBlank(id))).toEqual([]);
    expect(await shop.carryOut('request-1')).toBe('done');
    // Where the store keeps its past, the person is to go, too.
    expect(shop.wiped).toHaveLength(1);
    expect(shop.accessLog.entries.map(({ what, outcome, detail }) => [what, outcome, detail])).toEqual([
      ['customers/redact', 'taken', undefined],
      ['customer_redact', 'done', 'recoveries: 1250, parked: 0'],
    ]);
  });

  it.each(['load', 'commit', 'unlink'] as const)(
    'that the store fails at %s is whole when it is carried on',
    async (method) => {
      const shop = aShop(30);
      await shop.knowCustomer();
      await shop.take.redactCustomer(ASHA);
      for (let n = 0; n < 12; n++) shop.store.before(method, n === 11 ? away : () => {});
      await expect(shop.carryOut('request-1')).rejects.toThrow(StoreUnavailableError);
      expect(await shop.requests.openIds(SHOP)).toEqual(['request-1']);
      await shop.wholly('request-1');
      expect(shop.ids.filter((id) => !shop.isBlank(id))).toEqual([]);
      for (const id of shop.ids) {
        expect(shop.store.record(id)).toMatchObject({ state: 'cancelled', reason: 'redacted' });
        expect(shop.store.timeline(id).filter(({ event }) => event === 'erased')).toHaveLength(1);
      }
    },
  );

  it('waits for a record that others keep changing: it is taken away only when nobody can read it', async () => {
    const shop = aShop(2);
    await shop.knowCustomer();
    await shop.take.redactCustomer(ASHA);
    shop.store.before('load', () => {
      throw new RecordContendedError();
    });
    await expect(shop.carryOut('request-1')).rejects.toThrow(RecordContendedError);
    shop.store.before('load', () => {
      throw new SyntaxError('not what was written');
    });
    await shop.wholly('request-1');
    const left = await Promise.all(shop.ids.map((id) => shop.store.load(id)));
    expect(left.filter((recovery) => recovery !== null)).toHaveLength(1);
    expect(shop.journal.alarms()).toContain('record_unreadable');
  });

  it('takes along what nobody could read, by every name that the recoveries told', async () => {
    const parked = {
      mail: '{"email":"Asha.Rao@mail.example"}',
      phone: '{"phone":"090909 09090"}',
      id: '{"customer":{"id":7700}}',
      longId: '{"customer":{"id":918273645546372819}}',
      token: '{"checkout":"token-number-0"}',
      attempt: '{"metadata":{"attemptId":"hill-coffee.0123456789abcdefghjkmnpqrs.1"}}',
      notJson: 'asha.rao@mail.example {',
      other: '{"email":"other@mail.example","phone":"+919090909099"}',
    };
    const shop = aShop(1, { parked, records: { id: 'hill-coffee.0123456789abcdefghjkmnpqrs' } });
    await shop.knowCustomer(['hill-coffee.0123456789abcdefghjkmnpqrs']);
    // By the id alone: the contacts are what the recovery told.
    await shop.take.redactCustomer({ customerId: '7700', email: null, phone: null, orderIds: ['918273645546372819'] });
    await shop.wholly('request-1');
    // An id of four digits is no trace: it stands in every other amount.
    expect(shop.parked.left()).toEqual(['id', 'other']);
    expect(shop.accessLog.entries.at(-1)?.detail).toBe('recoveries: 1, parked: 6');
  });

  it('is found by its list when its wake was lost', async () => {
    const shop = aShop(1);
    shop.alarms.wake = async () => away();
    await shop.take.redactCustomer(ASHA);
    shop.alarms.wake = async (id) => void shop.woken.push(id);
    const remind = remindOfRequests(SHOP, shop.requests, shop.alarms);
    expect(await remind()).toBe(1);
    expect(shop.woken).toEqual(['request-1']);
    await shop.wholly('request-1');
    expect(await remind()).toBe(0);
  });

  it('is not answered before it is written down', async () => {
    const shop = aShop(1);
    shop.accessLog.append = async () => away();
    await expect(shop.take.redactCustomer(ASHA)).rejects.toThrow(StoreUnavailableError);
    await expect(shop.take.redactShop()).rejects.toThrow(StoreUnavailableError);
    expect(shop.woken).toEqual([]);
  });
});

describe('an uninstallation', () => {
  it('stops a dial that came back while the recoveries were walked through', async () => {
    const shop = aShop(1, { records: { state: 'scheduled', attempts: 1, attemptId: 'r0.1', dialingAt: 0 } });
    const [id = ''] = shop.ids;
    await shop.take.uninstall();
    // Seen by neither list: it is being dialled when the scheduled are looked at, and back when the dialled are.
    shop.store.before('ids', () => {});
    shop.store.before('ids', () => {});
    shop.store.before('ids', () => {});
    shop.store.before('ids', () => {});
    shop.store.before('ids', async () => {
      await shop.store.commit({ record: shop.store.record(id), patch: { state: 'dialing' }, at: 0 });
    });
    shop.store.before('ids', async () => {
      await shop.store.commit({ record: shop.store.record(id), patch: { state: 'scheduled' }, at: 0 });
    });
    await shop.wholly('request-1');
    expect(shop.store.record(id)).toMatchObject({ state: 'cancelled', reason: 'uninstalled' });
  });

  it.each([
    ['waiting', null, 'cancelled'],
    ['scheduled', null, 'cancelled'],
    ['skipped', 'no_consent', 'skipped'],
    ['skipped', 'frequency_cap', 'skipped'],
    ['skipped', 'holdout', 'skipped'],
    ['skipped', 'dry_run', 'skipped'],
    ['dialing', null, 'dialing'],
    ['called', null, 'called'],
    ['unknown', null, 'unknown'],
    ['ended', null, 'ended'],
    ['rejected', null, 'rejected'],
  ] as const)('leaves what is %s (%s) %s', async (state, reason, after) => {
    const shop = aShop(1, { records: { state, reason, attempts: 1, attemptId: 'r0.1' } });
    await shop.take.uninstall();
    await shop.wholly('request-1');
    const live = ['dialing', 'called', 'unknown'].includes(state);
    expect(shop.store.record('r0')).toMatchObject({ state: after, stopReason: live ? 'uninstalled' : null });
    expect(Object.keys(shop.store.record('r0').errands)).toEqual(live ? ['abort'] : []);
    expect(shop.dialSwitch).toMatchObject({ reason: 'uninstalled', isShut: true });
  });

  it('is not kept from the others by a record that nobody can read', async () => {
    const shop = aShop(3);
    await shop.take.uninstall();
    shop.store.before('load', () => {
      throw new SyntaxError('not what was written');
    });
    await shop.wholly('request-1');
    expect(shop.ids.filter((id) => shop.store.record(id).state === 'cancelled').length).toBeGreaterThanOrEqual(2);
    expect(shop.journal.alarms()).toEqual(expect.arrayContaining(['shop_uninstalled', 'record_unreadable']));
  });
});

describe('consent that is withdrawn', () => {
  it('is noted of all the person’s contacts before anything is stopped, as of when it was withdrawn', async () => {
    const shop = aShop(2);
    await shop.knowCustomer();
    const states: string[] = [];
    shop.store.before('commit', () => void states.push(`${shop.withdrawn.length} noted`));
    await shop.withdraw({ customerId: '7700', email: null, phone: null, orderIds: [] }, 12_345);
    expect(states).toEqual(['1 noted']);
    expect(shop.withdrawn).toEqual([
      { contacts: ['customer:7700', '+919090909090', 'asha.rao@mail.example'], at: 12_345 },
    ]);
    expect(shop.ids.map((id) => shop.store.record(id).reason)).toEqual(['opted_out', 'opted_out']);
  });

  it('is not kept from the others by a record that nobody can read', async () => {
    const shop = aShop(3);
    await shop.knowCustomer();
    shop.store.before('load', () => {
      throw new SyntaxError('not what was written');
    });
    await shop.withdraw(ASHA, null);
    expect(shop.ids.map((id) => shop.store.record(id).state)).toEqual(['scheduled', 'cancelled', 'cancelled']);
    expect(shop.journal.alarms()).toEqual(['record_unreadable']);
  });

  it.each([
    // What is changed later repeats the old tick as if it were given then.
    ['frequency_cap', 'cancelled'],
    ['too_old', 'cancelled'],
    ['no_consent', 'skipped'],
    ['consent_withdrawn', 'skipped'],
    ['suppressed', 'skipped'],
    ['holdout', 'skipped'],
  ])('leaves one that is skipped (%s) %s', async (reason, state) => {
    const shop = aShop(1, { records: { state: 'skipped', reason } });
    await shop.knowCustomer();
    await shop.withdraw(ASHA, null);
    expect(shop.store.record('r0').state).toBe(state);
    if (state === 'cancelled') {
      expect(shop.store.timeline('r0').at(-1)).toMatchObject({ detail: `by shopify, was skipped: ${reason}` });
    }
  });

  it('of somebody nobody has seen yet is noted all the same, as of now', async () => {
    const shop = aShop(0);
    await shop.withdraw(ASHA, null);
    const contacts = ['+919090909090', 'asha.rao@mail.example', `customer:${ASHA.customerId}`];
    expect(shop.withdrawn).toEqual([{ contacts, at: shop.clock.now() }]);
  });

  it('is told to come again when it cannot be noted, and nothing is lost by then', async () => {
    const shop = aShop(1);
    await shop.knowCustomer();
    shop.store.before('load', away);
    await expect(shop.withdraw(ASHA, 1 * SECOND)).rejects.toThrow(StoreUnavailableError);
    await shop.withdraw(ASHA, 1 * SECOND);
    expect(shop.store.record('r0')).toMatchObject({ state: 'cancelled', reason: 'opted_out' });
  });
});

describe('a request for data', () => {
  it('gathers what is held when it is asked, and says what it could not read', async () => {
    const shop = aShop(2);
    await shop.knowCustomer();
    await shop.take.askForData(ASHA, '9001');
    shop.store.before('load', () => {
      throw new SyntaxError('not what was written');
    });
    const held = await shop.answers.gather('data-9001');
    expect(held).toMatchObject({ unreadable: ['r0'], recoveries: [{ record: { id: 'r1' } }] });
    expect(await shop.answers.gather('data-9002')).toBeNull();
    shop.store.before('load', away);
    await expect(shop.answers.gather('data-9001')).rejects.toThrow(StoreUnavailableError);
  });
});

describe('a request by a number without its country code', () => {
  /** A number of Chicago, and the mobile of somebody in Italy. */
  const SAM: NamedPerson = { customerId: '991', email: 'sam@mail.example', phone: '(312) 345-6789', orderIds: [] };
  const ITALIAN = '+393123456789';
  const AMERICAN = '+13123456789';

  /** `r0` is a stranger's in Italy, `r1` Sam's by the number, `r2` by the address; the last says which number is Sam's, or does not. */
  async function aShopOfBoth(numberOnSams: string) {
    const parked = {
      theirs: `{"phone":"${ITALIAN}"}`,
      national: '{"phone":"3123456789"}',
      sams: '{"email":"Sam@mail.example"}',
    };
    const shop = aShop(3, { parked });
    const known = [
      ['r0', ITALIAN, [ITALIAN]],
      ['r1', AMERICAN, [AMERICAN]],
      ['r2', numberOnSams, [numberOnSams, 'sam@mail.example']],
    ] as const;
    for (const [id, phone, contacts] of known) {
      shop.store.put({ ...shop.store.record(id), phone, person: [...contacts] });
      const lookups = contacts.map((value) => ({ kind: 'contact', value }) as const);
      await shop.store.commit({ record: shop.store.record(id), patch: {}, at: 0, lookups });
    }
    return shop;
  }

  const toldOf = async (shop: Awaited<ReturnType<typeof aShopOfBoth>>) => {
    await shop.take.askForData(SAM, '9001');
    const held = await shop.answers.gather('data-9001');
    return {
      recoveries: held?.recoveries.map(({ record }) => record.id).toSorted(),
      parked: held?.parked.map(({ id }) => id),
    };
  };

  it('for what is held tells nothing of who has that number in another country', async () => {
    expect(await toldOf(await aShopOfBoth('+447700900123'))).toEqual({ recoveries: ['r2'], parked: ['sams'] });
  });

  it('for what is held is told by the number as well, where a recovery of theirs has it', async () => {
    expect(await toldOf(await aShopOfBoth(AMERICAN))).toEqual({ recoveries: ['r1', 'r2'], parked: ['sams'] });
  });

  it('for what is held is told of what can be read, when something cannot', async () => {
    const shop = await aShopOfBoth(AMERICAN);
    shop.store.before('load', () => {
      throw new SyntaxError('not what was written');
    });
    expect((await toldOf(shop)).recoveries).toEqual(['r2']);
  });

  it('to be forgotten takes everybody along whom it can mean', async () => {
    const shop = await aShopOfBoth('+447700900123');
    await shop.take.redactCustomer(SAM);
    await shop.wholly('request-1');
    expect(shop.ids.filter((id) => !shop.isBlank(id))).toEqual([]);
    expect(shop.parked.left()).toEqual([]);
  });
});

describe('the answer to a request for data', () => {
  it('holds what has come since the request: a recovery, a call, an order, a place on the list', async () => {
    const shop = aShop(2);
    await shop.knowCustomer(['r0']);
    await shop.take.askForData(ASHA, '9001');
    expect(await shop.answers.gather('data-9001')).toMatchObject({ recoveries: [{ record: { id: 'r0' } }] });
    const now = shop.clock.now();
    await shop.knowCustomer(['r1']);
    await shop.histories.claimCall(['+919090909090'], 'r0', now, shop.policy.caps);
    await shop.people.note(SHOP, ['asha.rao@mail.example'], 'order', '#1001', now);
    await shop.doNotCall.suppress(['+919090909090'], 'operator', null);
    const held = await shop.answers.gather('data-9001');
    expect(held?.recoveries.map(({ record }) => record.id)).toEqual(['r0', 'r1']);
    expect(held?.history).toMatchObject({ calls: [now], suppressed: { source: 'operator' }, lastOrderAt: now });
    expect(held?.facts).toEqual([{ fact: 'order', name: '#1001', at: now }]);
  });

  it('to somebody named by the customer’s id alone knows them by the contacts of their recoveries', async () => {
    const shop = aShop(1, { records: { contacts: ['digest of +919090909090'] } });
    await shop.knowCustomer();
    await shop.take.askForData({ customerId: '7700', email: null, phone: null, orderIds: [] }, '9001');
    await shop.histories.noteRefusal(['+919090909090'], 'r0.1', 7);
    expect((await shop.answers.gather('data-9001'))?.history.lastRefusalAt).toBe(7);
  });
});

describe('the topics', () => {
  it.each<[string, unknown, string]>([
    ['customers/redact', { shop_domain: SHOP, customer: { id: 7700 } }, 'handled'],
    ['customers/redact', { customer: { id: 7700 } }, 'handled'],
    ['customers/redact', { shop_domain: SHOP.toUpperCase(), customer: { id: 7700 } }, 'handled'],
    ['customers/redact', { shop_domain: 'o.myshopify.com', customer: { id: 7700 } }, 'shop_domain'],
    ['customers/redact', { shop_domain: SHOP, customer: { id: 7700, email: {} } }, 'customer.email'],
    ['customers/redact', { shop_domain: SHOP, customer: null }, 'customer'],
    ['customers/redact', null, 'customer'],
    ['customers/data_request', { shop_domain: SHOP, customer: { id: 7700 }, data_request: {} }, 'handled'],
    ['customers/data_request', {}, 'customer'],
    ['shop/redact', { shop_domain: SHOP, shop_id: 1 }, 'handled'],
    ['shop/redact', { shop_id: 1 }, 'shop_domain'],
    ['shop/redact', 7, 'body'],
    ['app/uninstalled', { myshopify_domain: SHOP }, 'handled'],
    ['app/uninstalled', {}, 'myshopify_domain'],
    ['customers_marketing_consent/update', { id: 7, sms_marketing_consent: { state: 'subscribed' } }, 'ignored'],
    ['customers_marketing_consent/update', { id: 7, sms_marketing_consent: { state: 'unsubscribed' } }, 'handled'],
    ['customers_marketing_consent/update', { id: 7, sms_marketing_consent: null }, 'handled'],
    ['customers_marketing_consent/update', { sms_marketing_consent: null }, 'id'],
  ])('%s with %j: %s', async (topic, body, expected) => {
    const shop = aShop(0);
    const understood = await shop.topics[topic]?.(body);
    expect(understood?.kind === 'unreadable' ? understood.field : understood?.kind).toBe(expected);
  });
});
