// npm run drills -- FILE...   explains recorded evidence bundles and judges what was found against what they expect: every id of
// `findings` is named, none of `never`, and a healthy look-alike gets nothing beyond `also`.
// Prints the mismatches, then `N passed, N failed`. Exit 1 on any mismatch, 2 on wrong use.
import { judge } from './drills/judge.ts';

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: npm run drills -- FILE...');
  process.exit(2);
}
let passed = 0;
for (const file of files) {
  const { problems } = await judge(file).catch((error: unknown) => ({ problems: [String(error)] }));
  if (problems.length === 0) passed += 1;
  else console.log([file, ...problems.map((problem) => `  ${problem}`)].join('\n'));
}
console.log(`${passed} passed, ${files.length - passed} failed`);
if (passed < files.length) process.exitCode = 1;
