/** The stand-in of the shop's Admin API as one object: start it, fill it, script it, read what it was asked, close it. */
import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { execute, type ShopMoods } from './operations.ts';
import { answerWithTrouble, executes, type Trouble, withoutLost } from './scripted-trouble.ts';
import { GraphqlFault, type Operation, parseOperation, pick } from './selection.ts';
import { Shelves } from './shelves.ts';
import { type AppCredentials, Tokens } from './tokens.ts';

/** The version this stand-in speaks, in the path of every request. */
export const API_VERSION = '2026-10';

/** A request to the GraphQL endpoint, whatever became of it. */
export interface AskedQuestion {
  /** Its name; `''` when the text could not be read. */
  readonly operation: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** As sent; `''` when none was. */
  readonly token: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request to the token endpoint. */
export interface TokenFetch {
  readonly clientId: string;
  readonly grantType: string;
  /** Whether the credentials were right. */
  readonly right: boolean;
}

export interface ShopAdminStandInOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default: fresh ones. */
  readonly credentials?: AppCredentials;
}

export interface ShopAdminStandIn {
  /** `http://127.0.0.1:<port>`, for SHOPIFY_ADMIN_URL. */
  readonly url: string;
  readonly port: number;
  readonly credentials: AppCredentials;
  readonly tokens: Tokens;
  readonly shelves: Shelves;
  readonly moods: ShopMoods;
  /** Every request, oldest first. Live: it grows. */
  readonly asked: readonly AskedQuestion[];
  readonly tokenFetches: readonly TokenFetch[];
  /** The next questions are answered with these, first come first served; also before the token is looked at. Push to it. */
  readonly nextAnswers: Trouble[];
  /** The same for the token endpoint. */
  readonly nextTokenAnswers: Trouble[];
  /** Closes every connection, also hanging ones. */
  close(): Promise<void>;
}

/** Starts the stand-in; resolves when it listens. */
export async function startShopAdmin(options: ShopAdminStandInOptions = {}): Promise<ShopAdminStandIn> {
  const credentials = options.credentials ?? {
    clientId: randomBytes(16).toString('hex'),
    clientSecret: `shpss_${randomBytes(16).toString('hex')}`,
  };
  const state = {
    credentials,
    tokens: new Tokens(),
    shelves: new Shelves(),
    moods: { draftsHidden: false, draftsUnready: false, searchIgnored: false, withheldScopes: [] },
    asked: [] as AskedQuestion[],
    tokenFetches: [] as TokenFetch[],
    nextAnswers: [] as Trouble[],
    nextTokenAnswers: [] as Trouble[],
  };
  const app = Fastify({ logger: false, forceCloseConnections: true });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ errors: 'Not Found' }));
  addTokenRoute(app, state);
  addGraphqlRoute(app, state);
  await app.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in listens on no port');
  return {
    ...state,
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    port: address.port,
    close: () => app.close(),
  };
}

type State = Omit<ShopAdminStandIn, 'url' | 'port' | 'close' | 'asked' | 'tokenFetches'> & {
  readonly asked: AskedQuestion[];
  readonly tokenFetches: TokenFetch[];
};

function addTokenRoute(app: FastifyInstance, { credentials, tokens, tokenFetches, nextTokenAnswers }: State): void {
  app.post('/admin/oauth/access_token', async (request, reply) => {
    const { client_id, client_secret, grant_type } = (request.body ?? {}) as Record<string, unknown>;
    const right =
      client_id === credentials.clientId &&
      client_secret === credentials.clientSecret &&
      grant_type === 'client_credentials';
    tokenFetches.push({ clientId: String(client_id), grantType: String(grant_type), right });
    const trouble = nextTokenAnswers.shift();
    if (trouble && (await answerWithTrouble(trouble, request, reply))) return reply;
    if (right) return reply.send(tokens.issue());
    return reply.code(400).send({ error: 'application_cannot_be_found', error_description: 'No such application.' });
  });
}

function addGraphqlRoute(app: FastifyInstance, state: State): void {
  const { tokens, asked, nextAnswers } = state;
  app.post(`/admin/api/${API_VERSION}/graphql.json`, async (request, reply) => {
    const question = questionOf(request);
    asked.push(question);
    const trouble = nextAnswers.shift();
    const isAllowed = tokens.isValid(question.token);
    const answer = isAllowed && executes(trouble) ? answerTo(question, state) : null;
    if (trouble && (await answerWithTrouble(trouble, request, reply))) return reply;
    if (!isAllowed) return refuseToken(reply);
    const lost = trouble && 'lost' in trouble ? withoutLost(answer?.data, trouble.lost) : {};
    return reply.send({ ...answer, ...lost });
  });
}

function questionOf({ body, headers }: FastifyRequest): AskedQuestion {
  const { query, variables } = (body ?? {}) as Record<string, unknown>;
  const text = typeof query === 'string' ? query : '';
  return {
    operation: /^\s*(?:query|mutation)\s+(\w+)/.exec(text)?.[1] ?? '',
    query: text,
    variables: (variables ?? {}) as Record<string, unknown>,
    token: String(headers['x-shopify-access-token'] ?? ''),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
  };
}

function refuseToken(reply: FastifyReply): FastifyReply {
  const errors = '[API] Invalid API key or access token (unrecognized login or wrong password)';
  return reply.code(401).send({ errors });
}

/** The whole body of an ordinary answer. */
function answerTo({ query, variables }: AskedQuestion, { shelves, moods }: State): Record<string, unknown> {
  const throttleStatus = { maximumAvailable: 2_000, currentlyAvailable: 1_990, restoreRate: 100 };
  const extensions = { cost: { requestedQueryCost: 10, actualQueryCost: 10, throttleStatus } };
  try {
    const operation: Operation = parseOperation(query);
    const data = execute(operation.name, variables, query, shelves, moods);
    return { data: pick(operation.selection, data), extensions };
  } catch (fault) {
    if (!(fault instanceof GraphqlFault)) throw fault;
    return { errors: [{ message: fault.message, extensions: { code: fault.code } }] };
  }
}
