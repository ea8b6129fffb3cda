// node tally.mjs REPORT: "passed failed skipped" of vitest's JSON report. A file that could not be loaded is one failure.
// Runs on any Node, so that a broken install is told as what it is.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const file of report.testResults) {
  for (const test of file.assertionResults) {
    if (test.status === 'passed') counts.passed += 1;
    else if (test.status === 'failed') counts.failed += 1;
    else counts.skipped += 1;
  }
  // A suite hook that failed leaves its tests without a verdict of their own, or the file without tests.
  const told = file.assertionResults.some((test) => test.status === 'failed');
  if (file.status === 'failed' && !told) counts.failed += 1;
  if (file.status !== 'failed' && file.assertionResults.length === 0) counts.skipped += 1;
}
console.log(counts.passed, counts.failed, counts.skipped);
