// node tally.mjs REPORT [SECOND]: "passed failed skipped" of vitest's JSON report; a file that SECOND has too counts as it went there.
// A file that could not be loaded is one failure. node tally.mjs --failed REPORT: the files with a failure, a line each.
// Runs on any Node, so that a broken install is told as what it is.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const read = (path) => JSON.parse(readFileSync(path, 'utf8')).testResults;

function count(files) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files) {
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
  return counts;
}

if (process.argv[2] === '--failed') {
  for (const file of read(process.argv[3])) if (count([file]).failed > 0) console.log(relative(process.cwd(), file.name));
} else {
  const reports = process.argv.slice(2).map(read);
  const latest = new Map(reports.flat().map((file) => [file.name, file]));
  const { passed, failed, skipped } = count([...latest.values()]);
  console.log(passed, failed, skipped);
}
