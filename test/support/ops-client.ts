/** The operator's side of a service under test: JSON below /ops/api, with the right password unless a test says otherwise. */

export const OPS_USERNAME = 'ops';
export const OPS_PASSWORD = 'a-long-made-up-password';

export interface OpsAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is something else. */
  // biome-ignore lint/suspicious/noExplicitAny: the tests say what they expect to find in it
  readonly json: any;
}

export interface OpsClient {
  get(path: string, headers?: Record<string, string>): Promise<OpsAnswer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<OpsAnswer>;
  put(path: string, body: unknown): Promise<OpsAnswer>;
  /** Any method on any path; `login` null sends no credentials. */
  ask(method: string, path: string, options?: AskOptions): Promise<OpsAnswer>;
}

export interface AskOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly login?: string | null;
}

/** @param url - base of the service. Paths are given from `/ops` on. */
export function opsClient(url: string): OpsClient {
  const ask = async (method: string, path: string, options: AskOptions = {}): Promise<OpsAnswer> => {
    const { body, headers = {}, login = `${OPS_USERNAME}:${OPS_PASSWORD}` } = options;
    const response = await fetch(new URL(path, url), {
      method,
      redirect: 'manual',
      headers: {
        ...(login === null ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: jsonOrNothing(text) };
  };
  return {
    ask,
    get: (path, headers = {}) => ask('GET', path, { headers }),
    post: (path, body, headers = {}) => ask('POST', path, { body, headers }),
    put: (path, body) => ask('PUT', path, { body }),
  };
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
