import { describe, expect, it } from 'vitest';
import { minorOf, type VectorLine } from '../../../../scripts/vectors/kind.ts';
import { KINDS } from '../../../../scripts/vectors/registry.ts';
import { haveVectors, vectorFiles, vectorLines } from '../../../helpers/hpa-vectors.ts';

/** Every third recorded line of the API and of kubectl's texts; `npm run vectors` replays them all. */
const STEP = 3;

for (const name of ['api', 'render']) {
  describe.skipIf(!haveVectors(name))(`recorded ${name} lines`, () => {
    it.each(vectorFiles(name))('%s', (file) => {
      const problems = vectorLines<VectorLine>(file, STEP).flatMap((line) => {
        const kind = KINDS.find((candidate) => candidate.matches(line));
        if (kind?.name !== name) return [`${line.id} is taken for ${kind?.name}`];
        return kind.replay(line, minorOf(line)).map((problem) => `${line.id} ${problem}`);
      });
      expect(problems).toEqual([]);
    });
  });
}
