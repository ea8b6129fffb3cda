import { describe, expect, it } from 'vitest';
import { minorOf, type VectorLine } from '../../../../scripts/vectors/kind.ts';
import { KINDS } from '../../../../scripts/vectors/registry.ts';
import { haveVectors, vectorFiles, vectorLines } from '../../../helpers/hpa-vectors.ts';

/** Of each recorded file every so many lines; `npm run vectors` replays them all. */
const STEPS: Readonly<Record<string, number>> = { unit: 5, calc: 10, reconcile: 8 };

function mismatches(file: string, step: number): readonly string[] {
  return vectorLines<VectorLine>(file, step).flatMap((line) => {
    const kind = KINDS.find((candidate) => candidate.matches(line));
    const problems = kind === undefined ? ['no kind has these fields'] : kind.replay(line, minorOf(line));
    return problems.map((problem) => `${line.id} ${problem}`);
  });
}

for (const [kind, step] of Object.entries(STEPS)) {
  describe.skipIf(!haveVectors(kind))(`recorded ${kind} lines`, () => {
    it.each(vectorFiles(kind))('%s', (file) => {
      expect(mismatches(file, step)).toEqual([]);
    });
  });
}
