// The decisions of prepare.mjs as pure functions: what is out of date, which Node is enough, where Redis comes from.
// Nothing here reads a file, starts a process or looks at the environment; prepare.mjs does.

/** The Node major from which TypeScript files run without a build step. */
export const NODE_MAJOR = 24;

/**
 * Compares the lockfile with npm's own record of what it installed (`node_modules/.package-lock.json`).
 * Contents are compared, not times: a fresh clone, a branch switch and a copied folder all disturb times.
 *
 * A package that is optional, or a development one where `needsDev` is false, may be absent: whoever left it out with
 * `npm ci --omit=…` meant to, and installing again would leave it out again. What is present must match.
 *
 * @returns why an install is due, or undefined when everything fits.
 */
export function staleReason(lockfile, installed, { needsDev }) {
  if (!installed) return 'nothing is installed yet';
  for (const [path, wanted] of Object.entries(lockfile.packages ?? {})) {
    if (path === '' || wanted.link) continue;
    const found = installed.packages?.[path];
    if (!found) {
      const dispensable = wanted.optional || wanted.devOptional || (wanted.dev && !needsDev);
      if (!dispensable) return `${path} is missing`;
    } else if (found.version !== wanted.version || differ(found.integrity, wanted.integrity)) {
      return `${path} is not the locked version`;
    }
  }
  return undefined;
}

const differ = (a, b) => a !== undefined && b !== undefined && a !== b;

/**
 * Whether the command at hand uses development packages. `start` and `cli` never do; for the rest npm's own rule
 * applies (NODE_ENV=production and omit=dev leave them out), because `npm ci` would follow it as well.
 */
export function needsDevPackages(env) {
  if (env.npm_lifecycle_event === 'start' || env.npm_lifecycle_event === 'cli') return false;
  const omitted = (env.npm_config_omit ?? '').split(/[\s,]+/);
  return env.NODE_ENV !== 'production' && !omitted.includes('dev');
}

/**
 * Judges the answer of `node --version`.
 * @param version - such as `v24.21.0`, or undefined when that Node could not be run at all.
 * @param bundled - whether it is the one that came with the dependencies.
 * @returns one line of advice, or undefined when it is new enough.
 */
export function nodeFault(version, { bundled }) {
  const major = Number(/^v(\d+)\./.exec(version ?? '')?.[1] ?? 0);
  if (major >= NODE_MAJOR) return undefined;
  if (bundled) {
    return `the Node in node_modules does not run on this system: install Node ${NODE_MAJOR}, then run npm ci --omit=optional`;
  }
  return `Node ${NODE_MAJOR} or newer is needed, this is ${version ?? 'none'}: install it (nodejs.org, or nvm install); on Linux x64 a plain npm ci brings it along`;
}

/**
 * Where this command's Redis comes from. A private server is started later by whoever needs one; this only makes
 * sure that there is a program to start, and never touches a server that already runs.
 *
 * @returns `ready`; or `install`, with the packages to try in order; or `missing`, with one line of advice.
 */
export function redisPlan({ redisUrl, hasProgram, isRoot }) {
  if (redisUrl) return { kind: 'ready' };
  if (hasProgram('redis-server') || hasProgram('valkey-server')) return { kind: 'ready' };
  if (isRoot && hasProgram('apt-get')) return { kind: 'install', packages: ['redis-server', 'valkey-server'] };
  return {
    kind: 'missing',
    advice:
      'Redis is needed: install redis-server 7 or newer, or valkey-server (apt, dnf, brew), or set REDIS_URL to a spare one, such as redis://127.0.0.1:6379/9',
  };
}
