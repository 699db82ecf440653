/** Arming: makes sure that a scheduled recovery has an alarm that rings no later than it is due. */
import type { AlarmState, Alarms, RecoveryStore } from '../domain/ports.ts';

/**
 * Does nothing in the common case, where an alarm is set already: one that rings early snoozes. Setting the same number
 * twice is harmless, so a crash between the two writes is mended by the sender's next delivery, or else by the sweep.
 *
 * @param label - shown on the queue board; nothing personal.
 */
export async function arm(
  store: RecoveryStore,
  alarms: Alarms,
  recovery: { readonly id: string; readonly dueAt: number; readonly alarm: AlarmState; readonly label: string },
): Promise<void> {
  const { id, dueAt, alarm, label } = recovery;
  if (alarm.number !== null && alarm.at !== null && alarm.at <= dueAt) return;
  const next = Math.max(alarm.last, alarm.number ?? 0) + 1;
  await alarms.set(id, next, dueAt, label);
  await store.alarmSet(id, next, dueAt);
  if (alarm.number !== null) await alarms.remove(id, alarm.number);
}
