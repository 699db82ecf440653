/** Measures the three services in turn, in one run and on one Redis, so that the machine's moods meet all of them alike. */
import autocannon from 'autocannon';
import { startPrivateRedis } from '../../stand-ins/private-redis.ts';
import { type Change, type SignedRequest, signedRequests } from './bodies.ts';
import { type Contender, startContender } from './contender.ts';
import { cpuMicroseconds } from './cpu.ts';
import { type Results, reportOf } from './report.ts';

export interface IngestOptions {
  readonly rounds: number;
  readonly connections: number;
  readonly logLevel: 'info' | 'warn';
  readonly change: Change;
}

/** Checkouts per measurement; with eight webhooks each, a measurement takes one to three seconds. */
const CHECKOUTS = 1_500;

export async function benchIngest({ rounds, connections, logLevel, change }: IngestOptions): Promise<void> {
  const redis = await startPrivateRedis({ appendonly: 'everysec' });
  const contenders: Contender[] = [];
  try {
    for (const name of ['bare', 'naive', 'ringback'] as const) {
      contenders.push(await startContender(name, redis.url, logLevel));
    }
    const bytes = signedRequests(1, change)[0]?.body.length ?? 0;
    console.log(
      `${CHECKOUTS * 8} webhooks of ${bytes} bytes per measurement, each with another ${change}, ${connections} senders, log level ${logLevel}`,
    );
    const results: Results = {};
    // The first round warms up: code is compiled, connections and scripts are in place. It is not counted.
    for (let round = 0; round <= rounds; round++) {
      for (const { name, url, pid } of contenders) {
        const requests = signedRequests(CHECKOUTS, change);
        const before = { service: cpuMicroseconds(pid), redis: cpuMicroseconds(redis.pid) };
        const perSecond = await measure(url, requests, connections);
        if (round === 0) continue;
        const serviceCpu = (cpuMicroseconds(pid) - before.service) / requests.length;
        const redisCpu = (cpuMicroseconds(redis.pid) - before.redis) / requests.length;
        results[name] = [...(results[name] ?? []), { perSecond, serviceCpu, redisCpu }];
        console.log(`round ${round}/${rounds}  ${name.padEnd(8)}  ${Math.round(perSecond)} webhooks/s`);
      }
    }
    console.log(reportOf(results));
  } finally {
    await Promise.all(contenders.map((contender) => contender.stop()));
    await redis.stop();
  }
}

/** @returns webhooks per second. @throws {Error} when any was not answered 200: a fast refusal is not a measurement. */
async function measure(url: string, requests: readonly SignedRequest[], connections: number): Promise<number> {
  let next = 0;
  let lastAnswerAt = 0;
  const begun = performance.now();
  const result = await autocannon({
    url,
    connections,
    amount: requests.length,
    // Each sender has a share of its own, so that no webhook is sent twice.
    setupClient: (client) => {
      const share = requests.filter((_request, i) => i % connections === next % connections);
      next++;
      client.setRequests(share as unknown as autocannon.Request[]);
      // The generator itself notices its end only once a second.
      client.on('response', () => {
        lastAnswerAt = performance.now();
      });
    },
  });
  const answered = result['2xx'];
  if (answered !== requests.length) throw new Error(`${requests.length - answered} webhooks were not answered 200`);
  return answered / ((lastAnswerAt - begun) / 1_000);
}
