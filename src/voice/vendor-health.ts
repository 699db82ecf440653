/**
 * What an exchange with `GET /health` tells. Documented as `{status_code, message, data: {underMaintenance, status}}`; only
 * `underMaintenance` is read, wherever it stands. Source: the vendor's API pages as read in November 2026.
 */
import { z } from 'zod';
import type { VoiceHealth } from '../domain/voice-calls.ts';
import type { Exchange } from './exchange.ts';
import { parsed } from './parsed.ts';

const underMaintenance = z.object({ underMaintenance: z.literal([true, 'true']) });
const maintenanceSchema = z.union([z.object({ data: underMaintenance }), underMaintenance]);

/** Maintenance counts under any status: which one goes with it is not documented. */
export function vendorHealth(exchange: Exchange): VoiceHealth {
  if (exchange.kind !== 'answered') return 'away';
  if (maintenanceSchema.safeParse(parsed(exchange.body)).success) return 'maintenance';
  return exchange.status >= 200 && exchange.status < 300 ? 'up' : 'away';
}
