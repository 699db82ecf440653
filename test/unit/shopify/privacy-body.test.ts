import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/shopify/lossless-json.ts';
import {
  type PrivacyTopic,
  readConsentBody,
  readPrivacyBody,
  readUninstalledBody,
} from '../../../src/shopify/privacy-body.ts';
import { shopifyBody } from '../../support/shopify-body.ts';

const NOBODY = { customerId: null, email: null, phone: null, orderIds: [] };

const read = (body: unknown, topic: PrivacyTopic = 'customers/redact') => readPrivacyBody(body, topic);

describe('a request about a customer', () => {
  it('names them by id, address and number, with every digit, and their orders', () => {
    expect(read(shopifyBody('customers-redact.all-names'))).toEqual({
      person: {
        customerId: '713851970716743426',
        email: 'Meera.Iyer@mail.example',
        phone: '+919090909090',
        orderIds: ['5530220110033', '918273645546372825'],
      },
      shopDomain: 'tea-garden.myshopify.com',
      dataRequestId: null,
      foreign: null,
      fault: null,
    });
  });

  it('may name them by one of these alone', () => {
    const { person, fault } = read(shopifyBody('customers-redact.number-as-typed'));
    expect({ person, fault }).toEqual({ person: { ...NOBODY, phone: '030-23125-042' }, fault: null });
  });

  it('to know has a number of Shopify’s', () => {
    expect(read(shopifyBody('customers-data-request.with-orders'), 'customers/data_request')).toMatchObject({
      person: {
        customerId: '8812345670091',
        email: 'jonas.huber@mail.example',
        phone: null,
        orderIds: ['5530220110033'],
      },
      dataRequestId: '442211',
      foreign: null,
      fault: null,
    });
  });

  it.each([[undefined], [null], [''], [[]]])('in which everything is %j names nobody, and has no fault', (nothing) => {
    for (const body of [
      nothing,
      { customer: nothing, orders_to_redact: nothing, shop_domain: nothing },
      { customer: { id: nothing, email: nothing, phone: nothing }, data_request: nothing },
      { customer: {}, orders_to_redact: [nothing, nothing] },
    ]) {
      expect(read(body)).toMatchObject({ person: NOBODY, shopDomain: null, dataRequestId: null, fault: null });
    }
  });

  it.each<[string, unknown]>([
    ['7', 7],
    ['"7"', '7'],
    ['a gid', 'gid://shopify/Customer/7'],
  ])('takes an id written as %s', (_how, id) => {
    expect(read({ customer: { id } }).person.customerId).toBe('7');
  });

  it('takes an id that a parser has rounded for nobody’s', () => {
    expect(read(JSON.parse('{"customer":{"id":713851970716743426}}')).person.customerId).toBeNull();
    const exact = parseJson('{"customer":{"id":713851970716743426}}');
    expect(read(exact.ok ? exact.value : null).person.customerId).toBe('713851970716743426');
  });

  it.each<[string, unknown]>([
    ['body', 'text'],
    ['body', 7],
    ['body', [1]],
    ['customer', { customer: 'Meera' }],
    ['customer.id', { customer: { id: {} } }],
    ['customer.email', { customer: { id: 1, email: 7 } }],
    ['customer.phone', { customer: { id: 1, phone: ['+1'] } }],
    ['orders_to_redact', { customer: { id: 1 }, orders_to_redact: 'all' }],
    ['orders_to_redact.1', { customer: { id: 1 }, orders_to_redact: [1, 'first', 3] }],
    ['shop_domain', { customer: { id: 1 }, shop_domain: 7 }],
    ['data_request', { customer: { id: 1 }, data_request: 'x' }],
    ['data_request.id', { customer: { id: 1 }, data_request: { id: 'x' } }],
  ])('says that it cannot read %s', (field, body) => {
    expect(read(body).fault).toBe(field);
  });

  it('is read as far as it can be: what is strange hides nothing else', () => {
    const body = { customer: { id: 7, email: { at: 1 }, phone: '+14155550142' }, orders_to_redact: [1, {}, 3] };
    expect(read(body)).toMatchObject({
      person: { customerId: '7', email: null, phone: '+14155550142', orderIds: ['1', '3'] },
      fault: 'customer.email',
    });
  });

  it.each<[PrivacyTopic, string, string | null]>([
    ['customers/redact', 'customers-redact.all-names', null],
    ['customers/redact', 'customers-data-request.with-orders', 'data_request'],
    ['customers/redact', 'shop-redact.by-domain', null],
    ['customers/data_request', 'customers-data-request.with-orders', null],
    ['customers/data_request', 'customers-redact.all-names', 'orders_to_redact'],
    ['shop/redact', 'shop-redact.by-domain', null],
    ['shop/redact', 'customers-redact.all-names', 'customer'],
    ['shop/redact', 'customers-data-request.with-orders', 'customer'],
  ])('sent as %s, %s shows what it is by %s', (topic, name, foreign) => {
    expect(read(shopifyBody(name), topic).foreign).toBe(foreign);
  });
});

describe('a change of consent', () => {
  it('tells whose it is, what it became, and when', () => {
    expect(readConsentBody(shopifyBody('customers-marketing-consent-update.withdrawn'))).toEqual({
      person: { ...NOBODY, customerId: '713851970716743426', phone: '+919090909090' },
      state: 'unsubscribed',
      updatedAt: Date.parse('2026-11-20T14:15:00Z'),
      fault: null,
    });
  });

  it('may tell of a customer without any', () => {
    expect(readConsentBody(shopifyBody('customers-marketing-consent-update.without-any'))).toEqual({
      person: { ...NOBODY, customerId: '713851970716743426' },
      ...{ state: null, updatedAt: null, fault: null },
    });
  });

  it.each([[null], [''], [[]], [{}]])('with %j in the place of the consent is one without a state', (consent) => {
    expect(readConsentBody({ id: 7, sms_marketing_consent: consent })).toMatchObject({ state: null, fault: null });
  });

  it('is read in either case, and by the names that the e-mail topic has', () => {
    const body = { customer_id: 7, email_address: 'a@b.example', sms_marketing_consent: { state: 'UNSUBSCRIBED' } };
    expect(readConsentBody(body)).toMatchObject({
      person: { customerId: '7', email: 'a@b.example' },
      state: 'unsubscribed',
    });
  });

  it.each<[string, unknown]>([
    ['sms_marketing_consent', {}],
    ['sms_marketing_consent', { id: 7 }],
    ['sms_marketing_consent', { id: 7, sms_marketing_consent: 'no' }],
    ['sms_marketing_consent.state', { id: 7, sms_marketing_consent: { state: 7 } }],
    ['sms_marketing_consent.consent_updated_at', { sms_marketing_consent: { consent_updated_at: 'soon' } }],
    ['id', { id: {}, sms_marketing_consent: {} }],
    ['phone', { phone: {}, sms_marketing_consent: {} }],
    ['body', 'text'],
  ])('says that it cannot read %s', (field, body) => {
    expect(readConsentBody(body).fault).toBe(field);
  });
});

describe('a shop that uninstalled the app', () => {
  it.each<[string, unknown, string | null, string | null]>([
    ['its permanent domain', shopifyBody('app-uninstalled.shop'), 'tea-garden.myshopify.com', null],
    ['the same in capitals', { myshopify_domain: ' Tea-Garden.myshopify.com' }, 'tea-garden.myshopify.com', null],
    ['no domain', { myshopify_domain: null }, null, null],
    ['nothing', {}, null, 'myshopify_domain'],
    ['something else', { myshopify_domain: 7 }, null, 'myshopify_domain'],
    ['another body', shopifyBody('checkouts-update.completed'), null, 'myshopify_domain'],
    ['no object', 'text', null, 'body'],
  ])('that tells %s', (_what, body, shopDomain, fault) => {
    expect(readUninstalledBody(body)).toEqual({ shopDomain, fault });
  });
});

describe('any body whatsoever', () => {
  it('is read without a fault of ours, and a fault is a path and never a value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (customer, consent) => {
        const body = { customer, orders_to_redact: consent, sms_marketing_consent: consent, id: customer };
        for (const one of [body, customer]) {
          for (const { fault } of [read(one), readConsentBody(one), readUninstalledBody(one)]) {
            expect(fault ?? 'none').toMatch(/^[a-z_]+(\.[a-z_0-9]+)*$/);
          }
        }
      }),
    );
  });
});
