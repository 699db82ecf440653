/** The errand `discount_delete`: a code that was minted for a call and not used is not left lying about. */
import type { RecoveryRecord } from '../../domain/recovery.ts';
import type { ShopAdmin } from '../../domain/shop-admin.ts';
import type { RunErrand } from '../see-to-errands.ts';
import { resultOfFault } from './ask-shop.ts';

/** @param admin - null: there is no Admin token any more. */
export function takeBackDiscount(admin: ShopAdmin | null): RunErrand {
  return async ({ discount, state }) => {
    if (discount === null || discount.state === 'fixed' || discount.state === 'deleted') {
      return { result: { kind: 'done', note: 'not_needed' } };
    }
    // A webhook opened the recovery again meanwhile: the code is still to be offered.
    if (state === 'scheduled' || state === 'dialing' || state === 'called') {
      return { result: { kind: 'done', note: 'still_offered' } };
    }
    if (!admin) return { result: { kind: 'failed', note: 'not_configured' } };
    const found = await admin.findDiscount(discount.code);
    if (!found.ok) return { result: resultOfFault(found.fault, false) };
    if (found.value === null) return { result: { kind: 'done', note: 'no_such_code' }, patch: markDeleted };
    if (found.value.uses > 0) return { result: { kind: 'done', note: 'used' } };
    const deleted = await admin.deleteDiscount(found.value.id);
    if (!deleted.ok) return { result: resultOfFault(deleted.fault, false) };
    return { result: { kind: 'done', note: 'deleted' }, patch: markDeleted };
  };
}

function markDeleted({ discount }: RecoveryRecord): Partial<RecoveryRecord> {
  return discount === null ? {} : { discount: { ...discount, state: 'deleted' } };
}
