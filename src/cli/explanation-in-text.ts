/** An explanation for a terminal: the state, the timeline, the sentences of the gates. Of the record only what is not personal. */
import type { Recovery, TimelineEntry } from '../domain/recovery.ts';

/**
 * @param notes - sentences on what stands above all gates. @param sentences - of the gates, in their order; empty where nothing is left
 * to decide on.
 */
export function explanationInText(
  { record, timeline }: Recovery,
  notes: readonly string[],
  sentences: readonly string[],
): string {
  const { id, state, reason, attempts, callId, attemptConsent: consent } = record;
  const due = state === 'scheduled' && record.dueAt !== null ? `, due ${instant(record.dueAt)}` : '';
  return [
    `${id}: ${state}${reason === null ? '' : ` (${reason})`}${due}`,
    `  ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}${callId === null ? '' : `, call ${callId}`}`,
    ...(consent === null
      ? []
      : [`  dialled on ${consent.source} = ${consent.value}, seen ${instant(consent.at)} [${consent.version}]`]),
    ...notes.map((note) => `  ${note}`),
    '',
    'What happened',
    ...timeline.map((entry) => `  ${lineOf(entry)}`),
    '',
    'What the gates would say now',
    ...(sentences.length === 0 ? ['nothing: there is no checkout to decide on (any more)'] : sentences).map(
      (sentence) => `  ${sentence}`,
    ),
  ].join('\n');
}

function lineOf({ at, event, state, reason, rule, detail, times, lastAt }: TimelineEntry): string {
  const verdict = [state, reason && `(${reason})`].filter(Boolean).join(' ');
  const again = times === undefined ? '' : `${times} times${lastAt === undefined ? '' : `, last ${instant(lastAt)}`}`;
  return [instant(at), event, verdict, rule && `[${rule}]`, detail, again].filter(Boolean).join('  ');
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
