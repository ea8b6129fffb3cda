import { decodeV2 } from '../../src/hpa/api/codec.ts';
import { quirksOf } from '../../src/hpa/quirks.ts';
import { describeHpa } from '../../src/hpa/render/describe.ts';
import type { DescribedEvent } from '../../src/hpa/render/events.ts';
import { hpaCells } from '../../src/hpa/render/table.ts';
import { parseTime } from '../../src/hpa/time.ts';
import { differences } from './compare.ts';
import type { VectorKind, VectorLine } from './kind.ts';

function replay(line: VectorLine, minor: number): readonly string[] {
  const quirks = quirksOf(minor);
  const { value: hpa, problems } = decodeV2(line['hpa'], quirks);
  const wrong = problems.find(({ kind }) => kind === 'type');
  if (wrong !== undefined) return [`cannot decode the HPA: ${wrong.message}`];
  const nowMs = parseTime(String(line['now']));
  if (nowMs === null) return [`no time: ${String(line['now'])}`];
  const events = line['events'] as readonly DescribedEvent[] | null;
  const described = describeHpa(hpa, { nowMs, quirks, events });
  return [
    ...differences(line['cells'], hpaCells(hpa, nowMs, quirks), 'cells'),
    ...differences(String(line['describe']).split('\n'), described.split('\n'), 'describe'),
  ];
}

export const render: VectorKind = {
  name: 'render',
  matches: (line) => 'cells' in line && 'describe' in line,
  replay,
};
