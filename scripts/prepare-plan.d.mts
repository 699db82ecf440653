// Types of prepare-plan.mjs, which is plain JavaScript because it must run before Node 24 is there.

interface LockedPackage {
  version?: string;
  integrity?: string;
  link?: boolean;
  dev?: boolean;
  optional?: boolean;
  devOptional?: boolean;
}

interface Lockfile {
  packages?: Record<string, LockedPackage>;
}

export const NODE_MAJOR: number;

export function staleReason(
  lockfile: Lockfile,
  installed: Lockfile | undefined,
  options: { needsDev: boolean },
): string | undefined;

export function needsDevPackages(env: Record<string, string | undefined>): boolean;

export function nodeFault(version: string | undefined, options: { bundled: boolean }): string | undefined;

export type RedisPlan =
  | { kind: 'ready' }
  | { kind: 'install'; packages: string[] }
  | { kind: 'missing'; advice: string };

export function redisPlan(machine: {
  redisUrl: string | undefined;
  hasProgram: (name: string) => boolean;
  isRoot: boolean;
}): RedisPlan;
