// `npm run check`: everything that can be told about the tree without running the product. Needs no network.
// `npm run check -- types size` runs only these.
import type { Check } from './checks/check.ts';
import { generated } from './checks/generated.ts';
import { layers } from './checks/layers.ts';
import { shell } from './checks/shell.ts';
import { size } from './checks/size.ts';
import { toolCheck } from './checks/tool.ts';
import { words } from './checks/words.ts';

const lintWarnings = (output: string): readonly string[] =>
  output.split('\n').filter((line) => line.includes('[Warning'));

const unformatted = (output: string): readonly string[] =>
  output.split('\n').flatMap((line) => {
    const path = /^(\S+) (?:format|parse) ━/.exec(line)?.[1];
    return path === undefined ? [] : [`${path}  is not formatted: npm run format`];
  });

const CHECKS: readonly Check[] = [
  toolCheck('types', ['tsc', '--noEmit', '-p', '.']),
  toolCheck('lint', ['oxlint', '--type-aware', '--format', 'unix'], { passed: lintWarnings }),
  toolCheck('format', ['biome', 'format', '--colors=off', '--max-diagnostics=200'], { failed: unformatted }),
  toolCheck('unused', ['knip', '--no-progress']),
  layers,
  size,
  words,
  shell,
  generated,
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !CHECKS.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(`no check named ${unknown.join(', ')}; there are: ${CHECKS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const chosen = CHECKS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const failed: string[] = [];
const start = performance.now();
for (const { name, run } of chosen) {
  const began = performance.now();
  const { ok, lines, scope } = run();
  if (!ok) failed.push(name);
  const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(6);
  console.log(`${ok ? '✓' : '✗'} ${name.padEnd(10)}${seconds} s  ${scope}`);
  for (const line of lines) console.log(`    ${line}`);
}
const total = ((performance.now() - start) / 1000).toFixed(1);
console.log(
  failed.length === 0
    ? `${chosen.length} checks passed in ${total} s`
    : `${failed.length} of ${chosen.length} checks failed in ${total} s: ${failed.join(', ')}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
