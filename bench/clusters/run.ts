// `up` and `teardown` on a real kind, split by step: node bench/clusters/run.ts [--runs 3]
// Needs the build (npm run build), kind and a Docker that answers; RIG_NODE_IMAGE names a node image that need not be pulled.
// The first run fills the image cache and is not counted. What kind itself takes (create, load, delete) is measured by a program of
// that name in front of it on the PATH; the rest is the lab's own part.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CliHome } from '../../test/helpers/cli.ts';
import { haveKind, kindFlags } from '../../test/helpers/real-kind.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '3' } } });
const LAB = 'bench';
const GOAL = { up: 10, teardown: 5 } as const;

interface Run {
  readonly up: number;
  readonly teardown: number;
  /** Seconds of the steps of `up`. */
  readonly steps: Readonly<Record<string, number>>;
  /** Seconds of kind's own commands, e.g. `create`. */
  readonly kind: Readonly<Record<string, number>>;
}

if (!haveKind()) process.exit(1);
const runs: Run[] = [];
for (let at = 0; at <= Number(values.runs); at += 1) {
  const run = await measure();
  if (at === 0) continue;
  runs.push(run);
  console.log(`run ${at}: up ${shown(run.up)}, teardown ${shown(run.teardown)}`);
}
report(runs);

async function measure(): Promise<Run> {
  using home = new CliHome();
  const times = join(home.dir, 'kind.times');
  const env = { PATH: `${kindInFront(home.dir, times)}:${process.env['PATH'] ?? ''}` };
  try {
    const up = await seconds(() => home.ok(['up', '--lab', LAB, ...kindFlags()], { env }));
    const journal = lines(join(home.dir, 'labs', LAB, 'journal.ndjson')).map(
      (line) => JSON.parse(line) as { step: string; state: string; ms?: number },
    );
    const teardown = await seconds(() => home.ok(['teardown', '--lab', LAB], { env }));
    const steps = journal.filter(({ state }) => state === 'done').map(({ step, ms = 0 }) => [step, ms / 1000] as const);
    return { up, teardown, steps: summed(steps), kind: summed(lines(times).map(parseTime)) };
  } finally {
    await home.run(['teardown', '--all', '--force']);
  }
}

/** A `kind` that runs the real one and writes `command seconds` to a file; resolves to its folder. */
function kindInFront(dir: string, times: string): string {
  const real = execFileSync('which', ['kind'], { encoding: 'utf8' }).trim();
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  const script = `#!/bin/bash
begun=\${EPOCHREALTIME/./}
"${real}" "$@"
code=$?
echo "$1 $((\${EPOCHREALTIME/./} - begun))" >>"${times}"
exit $code
`;
  writeFileSync(join(bin, 'kind'), script);
  chmodSync(join(bin, 'kind'), 0o755);
  return bin;
}

function parseTime(line: string): readonly [command: string, seconds: number] {
  const [command = '', micros = '0'] = line.split(' ');
  return [command, Number(micros) / 1e6];
}

function report(all: readonly Run[]): void {
  const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
  const over = (pick: (run: Run) => number) => median(all.map(pick));
  console.log(`\nmedian of ${all.length} runs, image cache warm`);
  for (const step of Object.keys(all[0]?.steps ?? {}))
    console.log(
      row(
        `  step ${step}`,
        over(({ steps }) => steps[step] ?? 0),
      ),
    );
  for (const command of ['create', 'load', 'delete', 'get', 'version'])
    console.log(
      row(
        `  kind ${command}`,
        over(({ kind }) => kind[command] ?? 0),
      ),
    );
  console.log(
    row(
      'up',
      over(({ up }) => up),
    ),
  );
  const ours = over(({ up, kind }) => up - (kind['create'] ?? 0) - (kind['load'] ?? 0));
  const oursDown = over(({ teardown, kind }) => teardown - (kind['delete'] ?? 0));
  console.log(row('up beyond kind create and load', ours, GOAL.up));
  console.log(row('teardown beyond kind delete', oursDown, GOAL.teardown));
}

function row(name: string, value: number, goal?: number): string {
  const verdict = goal === undefined ? '' : `   goal ≤ ${goal} s: ${value <= goal ? 'met' : 'not met'}`;
  return `${name.padEnd(34)}${shown(value).padStart(8)}${verdict}`;
}

function shown(value: number): string {
  return `${value.toFixed(1)} s`;
}

function summed(entries: readonly (readonly [string, number])[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, value] of entries) sums[name] = (sums[name] ?? 0) + value;
  return sums;
}

function lines(path: string): readonly string[] {
  return readFileSync(path, 'utf8').trim().split('\n');
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}
