/** Arming: makes sure that a scheduled recovery has an alarm that rings no later than it is due. */
import type { AlarmState, Alarms, RecoveryStore } from '../domain/ports.ts';

/**
 * Does nothing in the common case, where an alarm is set already: one that rings early snoozes. A crash between the
 * writes is mended by the sender's next delivery, or else by the sweep; an alarm too many rings for nothing.
 *
 * @param label - shown on the queue board; nothing personal.
 */
export async function arm(
  store: RecoveryStore,
  alarms: Alarms,
  recovery: {
    readonly id: string;
    readonly dueAt: number;
    readonly alarm: AlarmState;
    readonly nextAlarm?: number | null;
    readonly label: string;
  },
): Promise<void> {
  const { id, dueAt, alarm, label } = recovery;
  if (alarm.number !== null && alarm.at !== null && alarm.at <= dueAt) return;
  const next = recovery.nextAlarm ?? (await store.alarmNumber(id));
  await alarms.set(id, next, dueAt, label);
  await store.alarmSet(id, next, dueAt);
  if (alarm.number !== null) await alarms.remove(id, alarm.number);
}
