/** What every route with keys does first: who asks, and whether the body is one the vendor reads. Refusals are thrown. */
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { faultsOf } from './payload-schema.ts';
import type { VendorKeys } from './signature.ts';

/** An error as the vendor sends it: flat `{code, message}`. */
export class VendorError extends Error {
  override readonly name = 'VendorError';
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** @throws {VendorError} 401 for other keys, 404 for another workspace. */
export function authenticate({ headers }: FastifyRequest, keys: VendorKeys): void {
  if (headers['x-public-key'] !== keys.publicKey || headers['x-private-key'] !== keys.privateKey) {
    throw new VendorError(401, 'Invalid API keys');
  }
  if (headers.workspace !== keys.workspace) throw new VendorError(404, 'Workspace not found');
}

/** @throws {VendorError} 400 that names the fields, never their values. */
export function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new VendorError(400, `Validation failed: ${faultsOf(parsed.error)}`);
  return parsed.data;
}
