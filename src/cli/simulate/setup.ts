import { LabError } from '../../errors/lab-error.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { milliOrZero } from '../../hpa/milli.ts';
import { type Arch, NEWEST_MINOR, OLDEST_MINOR } from '../../hpa/index.ts';
import { type Expectation, parseExpectation } from '../../simulate/expect/parse.ts';
import { parseLoad } from '../../simulate/load/parse.ts';
import type { LoadShape } from '../../simulate/load/shape.ts';
import { loadOfTrace, type Trace } from '../../simulate/load/trace.ts';
import { parseTraceCsv } from '../../simulate/load/trace-csv.ts';
import type { PipelineModel } from '../../simulate/metric-pipeline.ts';
import type { Drive, QueueMeasure } from '../../simulate/options.ts';
import type { PodModel } from '../../simulate/queue/pod-model.ts';
import { parseServiceTime } from '../../simulate/service-time.ts';
import type { Flags } from '../flags.ts';
import { parseDuration } from '../values/duration.ts';
import type { InputFiles } from './input-files.ts';
import { withPods } from './pods-flag.ts';

/** Everything of the command line but the HPAs. */
export interface Setup {
  readonly drive: Drive;
  readonly pods: PodModel;
  readonly pipeline: PipelineModel;
  readonly seconds: number;
  readonly syncSeconds: number;
  readonly seed: number;
  readonly minor: number;
  readonly arch: Arch;
  /** undefined: minReplicas of the HPA. */
  readonly replicas: number | undefined;
  readonly expectations: readonly Expectation[];
}

/** How long an endless load is followed, and how long it goes on after one that ends: longer than the usual window of scale-down. */
const ENDLESS_SECONDS = 3600;
const AFTERWARDS_SECONDS = 600;
/** Flags of the queue, which a trace of the metric does not have. */
const QUEUE_FLAGS = ['service-time', 'grace', 'measure', 'cpu-busy', 'crash-rate'] as const;

/** Works the flags out. Raises ML-SIM-* and ML-USAGE-* for what does not fit. */
export async function readSetup(typed: Flags, files: InputFiles, scenario?: Scenario): Promise<Setup> {
  const flags = withPods(typed);
  const drive = scenario === undefined ? await readDrive(flags, files) : driveOf(scenario, flags);
  const seconds = (name: string, fallback: number) => (flags.number(name) ?? fallback * 1000) / 1000;
  return {
    drive,
    pods: {
      service: parseServiceTime(flags.text('service-time') ?? '1s'),
      startSeconds: seconds('startup', 2),
      readySeconds: seconds('ready-delay', 0),
      graceSeconds: seconds('grace', 30),
      crashesPerSecond: flags.number('crash-rate') ?? 0,
      busyCpuMilli: Number(milliOrZero(flags.text('cpu-busy') ?? '100m')),
      requestCpuMilli: Number(milliOrZero(flags.text('cpu-request') ?? '100m')),
    },
    pipeline: {
      pollSeconds: seconds('poll', 5),
      delaySeconds: seconds('metric-delay', 0),
      maxAgeSeconds: seconds('max-age', Number.POSITIVE_INFINITY),
      errors: flags.list('metric-error').map(readWindow),
    },
    seconds: seconds('for', scenario?.seconds ?? lengthOf(drive)),
    syncSeconds: seconds('sync-period', 15),
    seed: flags.number('seed') ?? scenario?.seed ?? 1,
    minor: readMinor(flags.text('kubernetes-version') ?? '1.36'),
    arch: (flags.text('arch') ?? 'amd64') as Arch,
    replicas: flags.number('replicas'),
    expectations: [...(scenario?.expectations ?? []), ...flags.list('expect').map(parseExpectation)],
  };
}

function lengthOf(drive: Drive): number {
  if (drive.kind === 'trace') return (drive.trace.times.at(-1) ?? 0) + AFTERWARDS_SECONDS;
  return Number.isFinite(drive.load.seconds) ? drive.load.seconds + AFTERWARDS_SECONDS : ENDLESS_SECONDS;
}

function driveOf({ load }: Scenario, flags: Flags): Drive {
  if (flags.has('load') || flags.has('trace'))
    throw unfit('--scenario and --load or --trace are both given', 'one thing drives the metric: take one away');
  return { kind: 'load', load, measure: (flags.text('measure') ?? 'unfinished') as QueueMeasure };
}

async function readDrive(flags: Flags, files: InputFiles): Promise<Drive> {
  const [load, trace] = [flags.text('load'), flags.text('trace')];
  const measure = (flags.text('measure') ?? 'unfinished') as QueueMeasure;
  if (load !== undefined && trace !== undefined)
    throw unfit('--load and --trace are both given', 'one thing drives the metric: take one away');
  if (load !== undefined) return { kind: 'load', load: parseLoad(load), measure };
  if (trace === undefined)
    throw unfit('there is no load', "say what drives the metric, with --load 'ramp(0→50/s, 10m)' or --trace load.csv");
  const { name, text } = await files.read(trace, TRACE_CHARACTERS);
  const parsed = parseTraceCsv(text, name);
  if (parsed.kind === 'rate') return { kind: 'load', load: endingLoad(parsed, name), measure };
  const idle = QUEUE_FLAGS.filter((flag) => flags.has(flag));
  if (idle.length > 0)
    throw unfit(
      `--${idle.join(', --')} would change nothing`,
      'the trace gives the metric itself, so there is no queue',
    );
  return { kind: 'trace', trace: parsed };
}

const TRACE_CHARACTERS = 64 * 1024 * 1024;

/** The last rate of a trace holds as long as the one before it; then the load is over. */
function endingLoad(trace: Trace, name: string): LoadShape {
  const [last = 0, before = 0] = [trace.times.at(-1), trace.times.at(-2)];
  const tail = trace.times.length > 1 ? last - before : Number.POSITIVE_INFINITY;
  return loadOfTrace(trace, name, tail);
}

/** `5m-7m` in seconds. */
function readWindow(text: string): readonly [number, number] {
  const [from = '', to = '', more] = text.split('-');
  const window = [parseDuration(from, '--metric-error'), parseDuration(to, '--metric-error')] as const;
  if (more === undefined && window[0] < window[1]) return [window[0] / 1000, window[1] / 1000];
  throw new LabError('ML-USAGE-VALUE', {
    name: '--metric-error',
    value: text,
    expected: 'two rising times such as 5m-7m',
  });
}

function readMinor(text: string): number {
  const minor = Number(/^v?1\.(\d+)(?:\.\d+)?$/.exec(text)?.[1]);
  if (minor >= OLDEST_MINOR && minor <= NEWEST_MINOR) return minor;
  throw new LabError('ML-USAGE-VALUE', {
    name: '--kubernetes-version',
    value: text,
    expected: `a version from 1.${OLDEST_MINOR} to 1.${NEWEST_MINOR}`,
  });
}

/** ML-SIM-FLAGS: flags that do not go together. */
export function unfit(problem: string, reason: string): LabError {
  return new LabError('ML-SIM-FLAGS', { problem, reason });
}
