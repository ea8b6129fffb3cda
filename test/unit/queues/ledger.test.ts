import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeFiles } from '../../../src/platform/files.ts';
import { balance } from '../../../src/workload/queues/balance.ts';
import { FRESH_PRIORITY, historyOf } from '../../../src/workload/queues/beanstalkd-jobs.ts';
import { LedgerFile } from '../../../src/workload/queues/ledger-file.ts';
import {
  ackedLine,
  deadLine,
  LedgerTally,
  parseItemId,
  publishedLine,
} from '../../../src/workload/queues/ledger-tally.ts';

describe('counting the lines of a ledger', () => {
  test('any order of any lines gives what sets would give', () => {
    const source = fc.constantFrom('a', 'b-1', 'job');
    const n = fc.oneof(fc.nat(30), fc.nat(100_000));
    const published = fc.record({ source, first: n, size: fc.integer({ min: 1, max: 60 }) });
    const acked = fc.record({ source, n });
    fc.assert(
      fc.property(fc.array(fc.oneof(published, acked), { maxLength: 60 }), (lines) => {
        const tally = new LedgerTally();
        const known = new Set<string>();
        const done = new Set<string>();
        let acks = 0;
        for (const line of lines) {
          if ('size' in line) {
            tally.add(publishedLine(line.source, line.first, line.size));
            for (let i = line.first; i < line.first + line.size; i += 1) known.add(`${line.source}.${i}`);
          } else {
            tally.add(ackedLine(line));
            known.add(`${line.source}.${line.n}`);
            done.add(`${line.source}.${line.n}`);
            acks += 1;
          }
        }
        expect([tally.published, tally.processed, tally.acks]).toEqual([known.size, done.size, acks]);
        for (const id of known) expect(tally.isAcked(parseItemId(id) ?? { source: '', n: 0 })).toBe(done.has(id));
      }),
    );
  });

  test.each(['', 'p a 1', 'p a 0 99999999999', 'a a', 'a a.x', 'a a.1 2', 'pa a 1 2', 'x'])(
    '%j counts nothing',
    (line) => {
      const tally = new LedgerTally();
      tally.add(line);
      expect([tally.published, tally.processed, tally.acks]).toEqual([0, 0, 0]);
    },
  );

  test('a reason of several lines stays one line', () => {
    expect(deadLine({ source: 'a', n: 1 }, 'no\nluck\r\ntoday')).toBe('d a.1 no luck today');
  });
});

test('a ledger file is read on from where it was, half a line waits for its other half, a new file starts anew', () => {
  const dir = mkdtempSync(join(tmpdir(), 'ledger-'));
  try {
    const path = join(dir, 'ledger');
    const ledger = new LedgerFile(nodeFiles, path);
    expect(ledger.read().published).toBe(0);
    ledger.note(publishedLine('a', 0, 3));
    new LedgerFile(nodeFiles, path).note(ackedLine({ source: 'a', n: 0 }));
    expect(ledger.read()).toMatchObject({ published: 3, processed: 1 });
    appendFileSync(path, 'a a.');
    expect(ledger.read()).toMatchObject({ processed: 1 });
    appendFileSync(path, '2\na a.2\n');
    expect(ledger.read()).toMatchObject({ published: 3, processed: 2, acks: 3 });
    writeFileSync(path, 'p b 0 1\n');
    expect(ledger.read()).toMatchObject({ published: 1, processed: 0, acks: 0 });
    rmSync(path);
    expect(ledger.read().published).toBe(0);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('the balance adds up, and nothing is ever negative', () => {
  const count = fc.nat(1_000);
  const counts = fc.record({
    published: count,
    processed: count,
    waiting: count,
    inFlight: count,
    dead: count,
    acks: count,
  });
  fc.assert(
    fc.property(counts, (given) => {
      const ledger = balance(given);
      for (const value of Object.values(ledger)) expect(value).toBeGreaterThanOrEqual(0);
      const found = ledger.processed + ledger.waiting + ledger.inFlight + ledger.dead;
      expect(ledger.lost).toBe(Math.max(0, ledger.published - found));
    }),
  );
});

describe('tries of a beanstalkd job', () => {
  const stats = (counts: Readonly<Record<string, number>>) =>
    historyOf(new Map(Object.entries({ pri: FRESH_PRIORITY, ...counts }).map(([key, value]) => [key, String(value)])));

  test('failed and abandoned ones count, returned ones do not', () => {
    expect(stats({ reserves: 1 }).attempt).toBe(1);
    expect(stats({ reserves: 3, releases: 2 }).attempt).toBe(1); // returned twice
    expect(stats({ reserves: 3, releases: 2, pri: FRESH_PRIORITY + 2 }).attempt).toBe(3); // failed twice
    expect(stats({ reserves: 3 }).attempt).toBe(3); // its consumer died twice
    expect(stats({ reserves: 4, releases: 2, pri: FRESH_PRIORITY + 1 }).attempt).toBe(3);
  });

  test('a buried job that is kicked starts anew', () => {
    const { buriedPriority } = stats({ reserves: 5, releases: 2, pri: FRESH_PRIORITY + 2 });
    expect(stats({ reserves: 6, releases: 2, buries: 1, pri: buriedPriority }).attempt).toBe(1);
  });
});
