/** What happens in a run. Each scenario is one whole recovery, or two, and touches the writes that a crash could tear apart. */
import { SMALL_CART } from '../../stand-ins/shop/cart.ts';
import { PREFIX } from '../stage/stage.ts';
import type { Run } from './run.ts';

export interface Scenario {
  readonly name: string;
  readonly says: string;
  /** How many calls a run without faults places. */
  readonly calls: number;
  play(run: Run): Promise<void>;
}

const SECOND = 1_000;
const before = (at: Date, seconds: number): Date => new Date(at.getTime() - seconds * SECOND);

const life: Scenario = {
  name: 'life',
  says: 'create, updates, an early ring, the dial, another cart, events with an action, an order by another way, abort, end, and one more update',
  calls: 1,
  async play(run) {
    const shopper = run.newShopper();
    await run.send(shopper, shopper.opens(before(run.now(), 5)));
    await run.send(shopper, shopper.fillsIn(before(run.now(), 1)));
    await run.pass(4 * SECOND);
    await run.send(shopper, shopper.fillsIn(run.now()));
    // A delivery that was held up somewhere: it is older, and says less.
    await run.send(shopper, shopper.opens(before(run.now(), 8)));
    // The alarm of the first update rings, too early; it is set again, and rings when the call is due.
    await run.pass(7 * SECOND);
    await run.pass(4 * SECOND);
    const call = await run.dialled(shopper);
    const cart = { ...SMALL_CART, lines: SMALL_CART.lines.map((line) => ({ ...line, quantity: line.quantity + 1 })) };
    await run.send(shopper, shopper.withCart(cart).fillsIn(run.now()), 'cart');
    if (call) {
      await run.tell(shopper, call, 'call.initiate');
      await run.tell(shopper, call, 'call.in-progress');
      await run.tell(shopper, call, 'action');
    }
    // The shop's clock shows whole seconds: what happens within one has no order.
    await run.pass(2 * SECOND);
    await run.orderElsewhere(shopper);
    await run.end();
    // It is over: a shopper who comes back to it is not phoned again, however long one waits.
    await run.send(shopper, shopper.fillsIn(run.now()));
    await run.pass(80 * SECOND);
    await run.end();
  },
};

const orderFirst: Scenario = {
  name: 'order-first',
  says: 'an order between the webhook and the ring; and one, by the person, that comes before the webhook of her checkout',
  calls: 0,
  async play(run) {
    const buyer = run.newShopper();
    await run.send(buyer, buyer.fillsIn(before(run.now(), 1)));
    await run.send(buyer, buyer.orders(run.now()));
    const late = run.newShopper();
    const leftAt = before(run.now(), 2);
    await run.orderElsewhere(late);
    await run.send(late, late.fillsIn(leftAt));
    await run.pass(11 * SECOND);
    await run.end();
  },
};

const mended: Scenario = {
  name: 'mended',
  says: 'an alarm that Redis lost, and a wake for an errand: the sweep finds both; call, order by another way, abort',
  calls: 1,
  async play(run) {
    const { eyes } = run.stage;
    const shopper = run.newShopper();
    await run.send(shopper, shopper.fillsIn(before(run.now(), 1)));
    for (const job of await eyes.zrange(`${PREFIX}:dial:delayed`, '0', '-1')) {
      await eyes.multi().zrem(`${PREFIX}:dial:delayed`, job).del(`${PREFIX}:dial:${job}`).exec();
    }
    await run.pass(75 * SECOND);
    const call = await run.dialled(shopper);
    if (call) {
      await run.tell(shopper, call, 'call.initiate');
      run.stage.vendor.nextAbortAnswers.push({ status: 500 });
    }
    await run.orderElsewhere(shopper);
    // The vendor fails, so the errand waits for its next try; and that wake is lost.
    await run.passUntil(async () => call === undefined || (run.aborts > 0 && (await waitsAgain(run))), 60 * SECOND);
    for (const job of await eyes.zrange(`${PREFIX}:errands:delayed`, '0', '-1')) {
      await eyes.multi().zrem(`${PREFIX}:errands:delayed`, job).del(`${PREFIX}:errands:${job}`).exec();
    }
    await run.end();
    run.stage.vendor.nextAbortAnswers.length = 0;
  },
};

async function waitsAgain({ stage: { eyes } }: Run): Promise<boolean> {
  return (await eyes.zcard(`${PREFIX}:errands:delayed`)) > 0;
}

export const SCENARIOS: readonly Scenario[] = [life, orderFirst, mended];
