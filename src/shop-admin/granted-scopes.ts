/** The scopes that the shop granted to the app behind the token. Type `AppInstallation`, version 2026-10. */
import { z } from 'zod';
import type { Answer } from '../domain/shop-admin.ts';
import type { AdminClient } from './admin-client.ts';

const QUERY = 'query GrantedScopes { currentAppInstallation { accessScopes { handle } } }';

const Granted = z.object({
  currentAppInstallation: z.object({ accessScopes: z.array(z.object({ handle: z.string() })) }),
});

export async function grantedScopes(client: AdminClient): Promise<Answer<readonly string[]>> {
  const granted = await client.ask({ query: QUERY, variables: {}, answer: Granted });
  if (!granted.ok) return granted;
  return { ok: true, value: granted.value.currentAppInstallation.accessScopes.map(({ handle }) => handle) };
}
