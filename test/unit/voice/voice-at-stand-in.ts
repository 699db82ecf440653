/** The adapter under test on a stand-in of its own; for these tests only. */
import type { AbandonedCartPayload } from '../../../src/domain/abandoned-cart-payload.ts';
import type { VoiceCalls } from '../../../src/domain/voice-calls.ts';
import { voiceCalls } from '../../../src/voice/voice-calls.ts';
import { startVoiceVendor, type VoiceVendor } from '../../../stand-ins/voice-vendor/server.ts';
import { aRecord } from '../../support/a-record.ts';

type VendorCall = VoiceVendor['calls'][number];

/** Where the adapter's clock stands. */
export const NOW = Date.UTC(2026, 10, 3, 5, 30);

const { payload, phone } = aRecord();
export const PAYLOAD = payload as AbandonedCartPayload;
export const OTHER_PAYLOAD: AbandonedCartPayload = {
  ...PAYLOAD,
  discountCodes: ['ANOTHER'],
  totalPriceSet: { shopMoney: { amount: '1500.00' } },
};

/** In what an adapter may differ from one that is set up well. */
export interface Misfit {
  readonly url?: string;
  readonly privateKey?: string;
  readonly workspace?: string;
  readonly timeoutMs?: number;
}

export async function openVoice() {
  const vendor = await startVoiceVendor({ scenario: 'silent', stepMs: 0, abortShape: 'alternate' });
  const as = ({ url, ...account }: Misfit): VoiceCalls =>
    voiceCalls(
      { ...vendor.keys, baseUrl: new URL(url ?? vendor.url), timeoutMs: 5_000, ...account },
      new URL('http://127.0.0.1:9'),
      { now: () => NOW },
    );
  const voice = as({});

  /** A call that the vendor holds in this status; null: queued. */
  async function aCall(status: VendorCall['status'] = null): Promise<VendorCall> {
    const request = { phoneNumber: phone ?? '', payload: PAYLOAD, priority: false, metadata: {}, attemptId: 'a-1' };
    const result = await voice.initiate(request);
    const call = vendor.calls.at(-1);
    if (result.kind !== 'placed' || !call) throw new Error(`the stand-in placed no call: ${JSON.stringify(result)}`);
    call.status = status;
    return call;
  }

  return { vendor, voice, as, aCall };
}

export type VoiceAtStandIn = Awaited<ReturnType<typeof openVoice>>;
