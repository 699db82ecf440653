/** Rules that decide beside the gates, by the name and version that a timeline tells. */

/** By which a call that nothing puts off is due. */
export const DELAY_RULE = 'CALL_DELAY@2026-11';

/** What the shop itself says right before the dial. */
export const LAST_LOOK_RULE = 'LAST_LOOK@2026-11';

/** Of several recoveries of one checkout, one is dialled. */
export const ONE_CALL_RULE = 'one-call-per-checkout@2026-11';
