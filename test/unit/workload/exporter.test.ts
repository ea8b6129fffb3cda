import { expect, test } from 'vitest';
import { exposition } from '../../../src/workload/exporter-server.ts';

test("a ledger in Prometheus' text format, labels escaped", () => {
  const ledger = { published: 9, processed: 4, waiting: 3, inFlight: 1, dead: 1, duplicates: 2, lost: 0 };
  const text = exposition(ledger, { queue: 'a"b\\c\nd', kind: 'redis' });
  expect(text.split('\n').slice(0, 3)).toEqual([
    '# HELP queue_length Items that wait or are worked on',
    '# TYPE queue_length gauge',
    'queue_length{queue="a\\"b\\\\c\\nd",kind="redis"} 4',
  ]);
  const values = [...text.matchAll(/^(\w+)\{.*\} (\d+)$/gm)].map(([, name, value]) => `${name} ${value}`);
  expect(values).toEqual([
    'queue_length 4',
    'queue_waiting 3',
    'queue_in_flight 1',
    'queue_dead 1',
    'queue_lost 0',
    'queue_published_total 9',
    'queue_processed_total 4',
    'queue_duplicates_total 2',
  ]);
});
