/**
 * /ops: the operator's pages, all behind Basic auth. The check stands before everything else in this scope, Bull Board's
 * static files and API included; requests that change something must also come from the pages themselves or a script.
 */
import { timingSafeEqual } from 'node:crypto';
import basicAuth from '@fastify/basic-auth';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AccessLogPagesDeps, accessLogApi, accessLogPage } from './access-log-pages.ts';
import { type DataRequestsDeps, dataRequestsApi, dataRequestsPage } from './data-requests-pages.ts';
import { errandButtons } from './errand-table.ts';
import { type ErrandsApiDeps, errandsApi } from './errands-api.ts';
import { withErrorInWords } from './errors-in-words.ts';
import { listPages } from './list-pages.ts';
import { type BoardDeps, queueBoard } from './queue-board.ts';
import { type OpsApiDeps, opsApi } from './recoveries-api.ts';
import { recoveryPage } from './recovery-page.ts';
import { type ReportDeps, reportApi } from './report-api.ts';
import { reportPage } from './report-page.ts';
import { suppressionPages } from './suppression-pages.ts';
import { type SuppressionDeps, suppressionsApi } from './suppressions-api.ts';
import { tellOfUnreadableStore, type UnreadableStoreDeps } from './unreadable-store.ts';
import { type AccessDeps, watchAccess } from './watch-access.ts';

export interface OpsDeps
  extends OpsApiDeps,
    ErrandsApiDeps,
    ReportDeps,
    SuppressionDeps,
    BoardDeps,
    AccessDeps,
    AccessLogPagesDeps,
    DataRequestsDeps,
    UnreadableStoreDeps {
  readonly username: string;
  readonly password: string;
}

/** Requests per minute and address, before the password is looked at: ample for pages that refresh, hopeless for guessing. */
const REQUESTS_PER_MINUTE = 600;

export async function opsPages(app: FastifyInstance, deps: OpsDeps): Promise<void> {
  watchAccess(app, deps);
  // A hook of the whole scope: those that the plugin gives to routes run after the password was looked at.
  await app.register(rateLimit, { global: false, max: REQUESTS_PER_MINUTE, timeWindow: '1 minute' });
  app.addHook('onRequest', app.rateLimit());
  await app.register(basicAuth, {
    authenticate: { realm: 'ringback' },
    validate: async (username: string, password: string, request: FastifyRequest) => {
      // Both are compared, always: the time taken does not tell which one was wrong.
      const nameIsRight = isSame(username, deps.username);
      const passwordIsRight = isSame(password, deps.password);
      if (!(nameIsRight && passwordIsRight)) throw Object.assign(new Error('wrong credentials'), { statusCode: 401 });
      request.operator = deps.username;
    },
  });
  app.addHook('onRequest', app.basicAuth);
  app.addHook('onRequest', refuseOtherSites);
  tellOfUnreadableStore(app, deps);
  // Behind the same door, so that what is asked for in vain is seen, too.
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'not_found' }));
  app.addHook('preSerialization', async (_request, _reply, payload) => withErrorInWords(payload));
  app.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // Bull Board sets styles from script and brings its fonts as data.
        styleSrc: ["'self'", "'unsafe-inline'"],
        fontSrc: ["'self'", 'data:'],
        imgSrc: ["'self'", 'data:'],
        formAction: ["'self'"],
        baseUri: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false,
    // Without any, a browser names no origin with the pages' own forms, and they would be refused as another site's.
    referrerPolicy: { policy: 'same-origin' },
  });
  await app.register(opsApi, { ...deps, prefix: '/api' });
  await app.register(errandsApi, { ...deps, prefix: '/api' });
  await app.register(reportApi, { ...deps, prefix: '/api' });
  await app.register(dataRequestsApi, { ...deps, prefix: '/api' });
  await app.register(accessLogApi, { ...deps, prefix: '/api' });
  await app.register(listPages, { ...deps, prefix: '' });
  await app.register(recoveryPage, { ...deps, prefix: '' });
  await app.register(errandButtons, { ...deps, prefix: '' });
  await app.register(reportPage, { ...deps, prefix: '' });
  await app.register(suppressionsApi, { ...deps, prefix: '/api' });
  await app.register(suppressionPages, { ...deps, prefix: '' });
  await app.register(dataRequestsPage, { ...deps, prefix: '' });
  await app.register(accessLogPage, { ...deps, prefix: '' });
  await app.register(queueBoard, { ...deps, prefix: '/queues' });
}

/**
 * A browser sends the saved password along with whatever another site makes it send. It names the relation only to https and
 * loopback (W3C Fetch Metadata); else the origin, with every POST and PUT, tells. Scripts send neither header.
 */
async function refuseOtherSites(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const { origin, host, 'sec-fetch-site': site } = request.headers;
  const other = site === undefined ? origin !== undefined && !isAt(origin, host) : !OWN_SITES.has(`${site}`);
  if (other) await reply.code(403).send({ error: 'other_site' });
}

const OWN_SITES = new Set(['same-origin', 'none']);

/** Also when one of the two writes out the scheme's own port. The origin `null`, of a page that hides its own, is nowhere. */
function isAt(origin: string, host = ''): boolean {
  const from = URL.parse(origin);
  return from !== null && from.host !== '' && URL.parse(`//${host}`, origin)?.host === from.host;
}

function isSame(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  const sameLength = a.length === b.length;
  return timingSafeEqual(sameLength ? a : b, b) && sameLength;
}
