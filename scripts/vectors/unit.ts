import type { Arch } from '../../src/hpa/quirks.ts';
import { differences } from './compare.ts';
import type { VectorKind, VectorLine } from './kind.ts';
import { UNIT_BEHAVIOR } from './unit-behavior.ts';
import { UNIT_PODS } from './unit-pods.ts';
import { UNIT_QUANTITY } from './unit-quantity.ts';

/** What the twin answers to `in` of one function. */
export type UnitReplay = (input: never, minor: number, arch: Arch) => unknown;

const REPLAYS: Readonly<Record<string, UnitReplay>> = {
  ...UNIT_BEHAVIOR,
  ...UNIT_PODS,
  ...UNIT_QUANTITY,
};

function replay(line: VectorLine, minor: number): readonly string[] {
  const fn = String(line['fn']);
  const run = REPLAYS[fn];
  if (run === undefined) return [`no replay for the function ${fn}`];
  const arm64 = line['outArm64'] ?? line['out'];
  return [
    ...differences(line['out'], run(line['in'] as never, minor, 'amd64'), 'out'),
    ...differences(arm64, run(line['in'] as never, minor, 'arm64'), 'outArm64'),
  ];
}

export const unit: VectorKind = { name: 'unit', matches: (line) => 'fn' in line, replay };
