/** The types of call event that the vendor documents (its webhook pages, November 2026). The set is open: others come, and are counted as one. */
export const DOCUMENTED_EVENT_TYPES: ReadonlySet<string> = new Set([
  'call.initiate',
  'call.in-progress',
  'call.ended',
  'call.completed',
  'call.timeout',
  'end-of-call',
  'call.failed',
  'call.busy',
  'call.no-answer',
  'call.validation-failed',
  'call.skip',
  'call.rescheduled',
  'call.aborted',
  'call.lifecycle-ended',
  'action',
]);
