/** What is kept of an event as it was sent stays on the record, so it is bounded: far above anything the vendor documents. */
import { z } from 'zod';
import type { JsonObject } from '../domain/call-event.ts';

const MOST_OUTCOME_BYTES = 64 * 1024;
const MOST_SUMMARY_CHARACTERS = 2_000;

/** Walks no deeper than it must: safe on a value of any depth. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}

const short = z
  .union([z.string().max(MOST_SUMMARY_CHARACTERS), z.boolean(), z.number()])
  .optional()
  .catch(undefined);
const verdict = { action: short, reason: short, success: short, summary: short };
const part = (shape: z.ZodRawShape) => z.object(shape).optional().catch(undefined);
const shortened = z.object({
  ...verdict,
  analysis: part(verdict),
  credits: part({ used: short, available: short }),
  report: part({ reAttemptCount: short, rescheduledCount: short, finalStatus: short }),
});

/** The data; or, when it is longer than anybody talks, what can be told of it in short: the action, the verdict, the figures. */
export function inShort(data: JsonObject): JsonObject {
  if (Buffer.byteLength(JSON.stringify(data)) <= MOST_OUTCOME_BYTES) return data;
  return { truncated: true, ...shortened.parse(data) };
}
