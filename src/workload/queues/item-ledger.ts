import type { Files } from '../../contracts/files.ts';
import { LedgerFile } from './ledger-file.ts';
import type { ItemRef } from './ledger-tally.ts';

/** Where publishers and consumers of a queue that forgets its items note what became of them. */
export interface ItemLedger {
  /** Resolves when the line is kept. */
  note(line: string): Promise<void>;
  isAcked(item: ItemRef): Promise<boolean>;
  counts(): Promise<LedgerCounts>;
}

export interface LedgerCounts {
  readonly published: number;
  readonly processed: number;
  /** All acknowledgements, repeated ones too. */
  readonly acks: number;
}

/** A file of this machine that all of them append to; see LedgerFile. */
export function fileLedger(files: Files, path: string): ItemLedger {
  const file = new LedgerFile(files, path);
  return {
    note: async (line) => file.note(line),
    isAcked: async (item) => file.read().isAcked(item),
    counts: async () => {
      const { published, processed, acks } = file.read();
      return { published, processed, acks };
    },
  };
}
