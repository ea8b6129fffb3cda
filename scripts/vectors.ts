// npm run vectors -- FILE...   replays recorded answers of upstream's own code (plain or .gz) against the twin.
// Prints the mismatches by kind, then `N passed, N failed`. Exit 1 on any mismatch, 2 on wrong use.
import { KINDS } from './vectors/registry.ts';
import { type Mismatch, runVectorFile } from './vectors/run.ts';

/** Mismatches printed in full of each kind, and problems printed of each mismatch. */
const SHOWN = Number(process.env['VECTORS_SHOWN'] ?? 10);
const PROBLEMS_SHOWN = 8;

function report(mismatches: readonly Mismatch[]): void {
  const kinds = Map.groupBy(mismatches, (mismatch) => mismatch.kind);
  for (const [kind, list] of kinds) {
    console.log(`${kind}: ${list.length} failed`);
    for (const { where, problems } of list.slice(0, SHOWN)) {
      console.log(`  ${where}`);
      for (const problem of problems.slice(0, PROBLEMS_SHOWN)) console.log(`    ${problem}`);
      if (problems.length > PROBLEMS_SHOWN) console.log(`    … ${problems.length - PROBLEMS_SHOWN} more`);
    }
    if (list.length > SHOWN) console.log(`  … ${list.length - SHOWN} more (VECTORS_SHOWN=N shows N)`);
  }
}

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: npm run vectors -- FILE...');
  process.exit(2);
}
let passed = 0;
const mismatches: Mismatch[] = [];
for (const file of files) {
  const result = await runVectorFile(file, KINDS).catch((error: unknown) => ({
    passed: 0,
    mismatches: [{ kind: 'unknown', where: file, problems: [String(error)] }],
  }));
  passed += result.passed;
  mismatches.push(...result.mismatches);
}
report(mismatches);
console.log(`${passed} passed, ${mismatches.length} failed`);
if (mismatches.length > 0) process.exitCode = 1;
