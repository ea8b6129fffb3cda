import type { Ledger } from '../../contracts/queue.ts';

interface Counts {
  readonly published: number;
  /** Distinct items acknowledged. */
  readonly processed: number;
  readonly waiting: number;
  readonly inFlight: number;
  readonly dead: number;
  /** All acknowledgements. */
  readonly acks: number;
}

/** The ledger of one snapshot. An item that was given out twice can be counted twice for a while: never a negative loss. */
export function balance({ published, processed, waiting, inFlight, dead, acks }: Counts): Ledger {
  return {
    published,
    processed,
    waiting,
    inFlight,
    dead,
    duplicates: Math.max(0, acks - processed),
    lost: Math.max(0, published - processed - waiting - inFlight - dead),
  };
}
