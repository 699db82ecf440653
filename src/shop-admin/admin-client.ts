/**
 * One GraphQL question to the shop and its answer, over `@shopify/shopify-api`: which token, what became of it, what of a partial
 * answer can be used. Never repeats a question by itself, but for one with a token that had just expired.
 */
import { ApiVersion, LogSeverity, Session, shopifyApi } from '@shopify/shopify-api';
import type { Clock } from '../domain/ports.ts';
import type { Answer } from '../domain/shop-admin.ts';
import { answerOf, type Question } from './admin-answer.ts';
import { denied, statusFault, unavailable } from './admin-faults.ts';
import { type AdminTokens, type FetchedToken, renewedToken, staticToken } from './admin-token.ts';
import { passThrough, type Route } from './passage.ts';

export type AdminCredentials =
  | { readonly kind: 'static'; readonly value: string }
  | { readonly kind: 'client_credentials'; readonly clientId: string; readonly clientSecret: string };

export interface AdminClient {
  /** Never throws. */
  ask<T>(question: Question<T>): Promise<Answer<T>>;
}

/** @param timeoutMs - for a whole question, and for the fetching of a token. */
export function adminClient(route: Route, credentials: AdminCredentials, timeoutMs: number, clock: Clock): AdminClient {
  const library = libraryFor(credentials);
  const tokens: AdminTokens =
    credentials.kind === 'static' ? staticToken(credentials.value) : renewedToken(fetchToken, clock);

  return {
    async ask(question) {
      const endsAt = performance.now() + (question.timeoutMs ?? timeoutMs);
      for (let first = true; ; first = false) {
        const token = await tokens.current(endsAt - performance.now());
        if (!token.ok) return token;
        const { passed, value } = await send(question, token.value, endsAt - performance.now());
        if (passed.kind === 'no_answer') return { ok: false, fault: unavailable(passed.cause) };
        if (passed.status === 401 && tokens.refused(token.value) && first) continue;
        const fault = statusFault(passed.status, passed.retryAfter);
        return fault === null ? answerOf(question, value) : { ok: false, fault };
      }
    },
  };

  function send({ query, variables }: Question<unknown>, accessToken: string, withinMs: number) {
    return passThrough(route, withinMs, async () => {
      const session = new Session({ id: route.shop, shop: route.shop, state: '', isOnline: false, accessToken });
      // The client inside gives data and errors side by side; the `request` around it throws the data away with the first error.
      const { data, errors, extensions } = await new library.clients.Graphql({ session }).client.request(query, {
        variables: { ...variables },
      });
      return { data, errors: errors?.graphQLErrors, extensions };
    });
  }

  async function fetchToken(): Promise<Answer<FetchedToken>> {
    const request = () => library.auth.clientCredentials({ shop: route.shop });
    const { passed, value } = await passThrough(route, timeoutMs, request);
    if (passed.kind === 'no_answer') return { ok: false, fault: unavailable(passed.cause) };
    const fault = statusFault(passed.status, passed.retryAfter);
    // Wrong credentials, an app that is not installed, a shop outside its organisation: all are told with a 4xx.
    if (fault?.kind === 'refused') return { ok: false, fault: denied(`credentials_refused_${passed.status}`) };
    if (fault !== null) return { ok: false, fault };
    const { accessToken, expires } = value?.session ?? {};
    if (accessToken === undefined || accessToken === '') return { ok: false, fault: unavailable('answer_unreadable') };
    // The library counts the life from the system's clock.
    return { ok: true, value: { token: accessToken, livesMs: expires ? expires.getTime() - Date.now() : null } };
  }
}

/** The library insists on an app's key, secret and host; without client credentials they are never used. It stays silent. */
function libraryFor(credentials: AdminCredentials) {
  const { clientId, clientSecret } =
    credentials.kind === 'static' ? { clientId: 'none', clientSecret: 'none' } : credentials;
  return shopifyApi({
    apiKey: clientId,
    apiSecretKey: clientSecret,
    hostName: 'localhost',
    apiVersion: ApiVersion.October26,
    isEmbeddedApp: false,
    logger: { level: LogSeverity.Error, httpRequests: false, log: () => {} },
  });
}
