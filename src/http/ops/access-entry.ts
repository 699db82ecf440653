/**
 * What a request below /ops is called in the access log. Nothing that somebody typed goes in: ids only in the form of ours, of a
 * search only by what was searched, and no text of a path that leads nowhere.
 */
import type { FastifyRequest } from 'fastify';
import { ERRAND_KINDS } from '../../domain/errand.ts';
import { isRecoveryId } from '../../domain/recovery-id.ts';
import { kindOfSearch } from '../../recovery/find-recoveries.ts';

export interface Asked {
  readonly what: string;
  readonly about: string | null;
  readonly detail: string | null;
}

export function askedIn(request: Pick<FastifyRequest, 'method' | 'routeOptions' | 'params' | 'query' | 'body'>): Asked {
  const { method, routeOptions, params, query, body } = request;
  return {
    what: `${method} ${routeOptions.url ?? '(nothing there)'}`,
    about: aboutOf(fieldsOf(params)),
    detail: searchIn(fieldsOf(query)) ?? switchIn(fieldsOf(body)),
  };
}

/** Looking changes nothing. */
export function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** A recovery, `<recovery>#<errand>`, a request's id; of a job on the board the recovery it is about. */
function aboutOf({ id, key, jobId }: Fields): string | null {
  if (typeof id === 'string' && isRecoveryId(id)) return typeof key === 'string' ? `${id}#${errandIn(key)}` : id;
  if (typeof id === 'string' && isRequestId(id)) return id;
  return typeof jobId === 'string' ? recoveryInJob(jobId) : null;
}

/** As they are made for requests of Shopify's. */
export function isRequestId(text: string): boolean {
  return /^(?:data-\d{1,20}|[A-Za-z0-9_-]{16})$/.test(text);
}

const KINDS: ReadonlySet<string> = new Set(ERRAND_KINDS);

/** Keys are made of words of ours and the vendor's; a path may hold anything in their place. */
function errandIn(key: string): string {
  const [kind = '', ...rest] = key.split(':');
  if (!KINDS.has(kind)) return 'none';
  return rest.every((word) => /^[a-z][a-z0-9_.-]{0,150}$/i.test(word)) ? key : kind;
}

function recoveryInJob(jobId: string): string | null {
  const [, id = ''] = /^(?:rec|err)-(.+)-(?:\d{1,9}|reminder)$/.exec(jobId) ?? [];
  return isRecoveryId(id) ? id : null;
}

function searchIn({ query }: Fields): string | null {
  return typeof query === 'string' && query.trim() !== '' ? `search by ${kindOfSearch(query.trim())}` : null;
}

function switchIn({ paused }: Fields): string | null {
  return typeof paused === 'boolean' ? `paused: ${paused}` : null;
}
