/** `npm run voice-vendor`: the stand-in of the voice vendor on its own, with live lines of what it sees. */
import { parseArgs } from 'node:util';
import type { ResponseShape } from './initiate-route.ts';
import { SCENARIOS, type Scenario } from './lifecycle.ts';
import type { AbortShape } from './placed-call-routes.ts';
import { startVoiceVendor } from './server.ts';
import type { VendorKeys } from './signature.ts';

const DEFAULT_PORT = 4010;
const SHAPES = ['flat', 'wrapped', 'alternate'];
const ABORT_SHAPES = ['message', 'call', 'alternate'];

const HELP = `A stand-in of the voice vendor: accepts calls as documented, phones nobody, sends signed call events. A call can be
aborted until it is answered and between two tries, and its payload replaced until the first.

  npm run voice-vendor -- [options]

  --port <n>            where it listens (default: the port of VOICE_API_URL when that is on this machine, else ${DEFAULT_PORT})
  --host <address>      default 127.0.0.1
  --scenario <name>     the life of every call (default answered): ${SCENARIOS.join(', ')}
  --step-ms <n>         milliseconds between two events of a call (default 2000)
  --shape <name>        of the initiate response (default flat): ${SHAPES.join(', ')}
  --abort-shape <name>  of the response to an abort (default message): ${ABORT_SHAPES.join(', ')}
  --maintenance         GET /health says so; all else goes on
  --help

Keys are read from VOICE_PUBLIC_KEY, VOICE_PRIVATE_KEY, VOICE_WORKSPACE and VOICE_ASSISTANT; those not given are made up
and printed for your .env. PORT and HOST are not read: in .env they are the service's own.`;

/** A stand-in in the vendor's place listens where the service will look for the vendor. */
function defaultPort(): number {
  const url = URL.parse(process.env.VOICE_API_URL ?? '');
  const here = url && /^(127\.[\d.]+|localhost|\[::1\])$/.test(url.hostname);
  return here && url.port ? Number(url.port) : DEFAULT_PORT;
}

function keysFromEnvironment(): Partial<VendorKeys> {
  const { VOICE_PUBLIC_KEY, VOICE_PRIVATE_KEY, VOICE_WORKSPACE, VOICE_ASSISTANT } = process.env;
  return {
    ...(VOICE_PUBLIC_KEY ? { publicKey: VOICE_PUBLIC_KEY } : {}),
    ...(VOICE_PRIVATE_KEY ? { privateKey: VOICE_PRIVATE_KEY } : {}),
    ...(VOICE_WORKSPACE ? { workspace: VOICE_WORKSPACE } : {}),
    ...(VOICE_ASSISTANT ? { assistant: VOICE_ASSISTANT } : {}),
  };
}

function say(line: string): void {
  console.log(`${new Date().toISOString().slice(11, 23)} ${line}`);
}

function usageFault(text: string): never {
  console.error(`${text}\nSee npm run voice-vendor -- --help`);
  process.exit(2);
}

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string' },
        host: { type: 'string', default: '127.0.0.1' },
        scenario: { type: 'string', default: 'answered' },
        'step-ms': { type: 'string', default: '2000' },
        shape: { type: 'string', default: 'flat' },
        'abort-shape': { type: 'string', default: 'message' },
        maintenance: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (fault) {
    return usageFault(fault instanceof Error ? fault.message : String(fault));
  }
}

const flags = readFlags();
if (flags.help) {
  console.log(HELP);
  process.exit(0);
}
if (!SCENARIOS.some((name) => name === flags.scenario)) usageFault(`There is no scenario "${flags.scenario}"`);
if (!SHAPES.includes(flags.shape)) usageFault(`There is no response shape "${flags.shape}"`);
if (!ABORT_SHAPES.includes(flags['abort-shape'])) usageFault(`There is no abort shape "${flags['abort-shape']}"`);
const port = flags.port === undefined ? defaultPort() : Number(flags.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) usageFault('--port must be a number from 0 to 65535');
const stepMs = Number(flags['step-ms']);
if (!(stepMs >= 0 && stepMs <= 3_600_000)) usageFault('--step-ms must be a number of milliseconds, at most an hour');

const given = keysFromEnvironment();
const vendor = await startVoiceVendor({
  host: flags.host,
  port,
  keys: given,
  scenario: flags.scenario as Scenario,
  shape: flags.shape as ResponseShape,
  abortShape: flags['abort-shape'] as AbortShape,
  underMaintenance: flags.maintenance,
  stepMs,
  log: say,
}).catch((fault: unknown) => {
  console.error(
    `The stand-in cannot listen on ${flags.host}:${port}: ${fault instanceof Error ? fault.message : fault}`,
  );
  process.exit(1);
});

// Before it says that it listens: who reads that may end it at once.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void vendor.close().then(() => process.exit(0)));
}

say(`the voice vendor's stand-in listens on ${vendor.url}, every call is "${flags.scenario}"`);
const lines = [
  ['VOICE_API_URL', process.env.VOICE_API_URL === vendor.url, vendor.url],
  ['VOICE_PUBLIC_KEY', given.publicKey !== undefined, vendor.keys.publicKey],
  ['VOICE_PRIVATE_KEY', given.privateKey !== undefined, vendor.keys.privateKey],
  ['VOICE_WORKSPACE', given.workspace !== undefined, vendor.keys.workspace],
  ['VOICE_ASSISTANT', given.assistant !== undefined, vendor.keys.assistant],
] as const;
const missing = lines.filter(([, known]) => !known);
if (missing.length > 0) {
  console.log('\nFor the .env of the service:\n');
  for (const [name, , value] of missing) console.log(`${name}=${value}`);
  console.log('');
}
