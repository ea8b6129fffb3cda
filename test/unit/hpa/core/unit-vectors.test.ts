import { describe, expect, it } from 'vitest';
import { differences } from '../../../../scripts/vectors/compare.ts';
import { UNIT_BEHAVIOR } from '../../../../scripts/vectors/unit-behavior.ts';
import { haveVectors, minorOf, vectorFiles, vectorLines } from '../../../helpers/hpa-vectors.ts';

interface UnitLine {
  readonly id: string;
  readonly fn: string;
  readonly kubernetesVersion?: string;
  readonly in: never;
  readonly out: unknown;
  readonly outArm64?: unknown;
}

describe.skipIf(!haveVectors('unit'))('recorded unit functions', () => {
  it.each(vectorFiles('unit'))('%s', (file) => {
    const mismatches = vectorLines<UnitLine>(file, 3).flatMap((line) => {
      const replay = UNIT_BEHAVIOR[line.fn];
      if (replay === undefined) return [];
      const minor = minorOf(line.kubernetesVersion);
      return [
        ...differences(line.out, replay(line.in, minor, 'amd64'), line.id),
        ...differences(line.outArm64 ?? line.out, replay(line.in, minor, 'arm64'), line.id),
      ];
    });
    expect(mismatches).toEqual([]);
  });
});
