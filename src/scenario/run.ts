import type { Clock } from '../contracts/clock.ts';
import type { LabObserver, LabSample } from '../lab/observe.ts';
import { type ExpectationResult, Expectations } from '../simulate/expect/evaluate.ts';
import { Arrivals } from '../simulate/load/arrivals.ts';
import type { TimelineEntry } from '../simulate/options.ts';
import { seededRandom } from '../simulate/random.ts';
import type { SimulationSummary } from '../simulate/summary.ts';
import type { Scenario } from './scenario.ts';
import { LiveTally } from './tally.ts';

export interface ScenarioRunOptions {
  readonly scenario: Scenario;
  readonly lab: LabObserver;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called for each sample, once a second, as it is taken. */
  readonly onSample: (entry: TimelineEntry) => void;
}

/** A run as far as it got. */
export interface ScenarioOutcome {
  readonly timeline: readonly TimelineEntry[];
  readonly summary: SimulationSummary;
  readonly expectations: readonly ExpectationResult[];
  /** What ended the run before its time; undefined when it came to its end. */
  readonly fault: unknown;
  readonly min: number;
  readonly max: number;
}

const SAMPLE_MS = 1000;
/** Items that are due within this time are published together. */
const TICK_MS = 20;

/**
 * Runs a scenario on a lab: publishes when the load says so, whatever the queue does meanwhile, and looks once a second. Resolves with
 * what there is also when it is interrupted or the lab is lost; `fault` says so. Raises only when the lab cannot be looked at even once.
 */
export async function runScenario(options: ScenarioRunOptions): Promise<ScenarioOutcome> {
  const { scenario, lab, signal, onSample } = options;
  const first = await lab.sample();
  const tally = new LiveTally(first);
  const judge = new Expectations(scenario.expectations);
  const timeline: TimelineEntry[] = [];
  const keep = (time: number, sample: LabSample) => {
    const entry = tally.sample(time, sample);
    timeline.push(entry);
    judge.observe(entry);
    onSample(entry);
  };
  keep(0, first);
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  const start = options.clock.monotonic();
  let fault: unknown;
  const work = [publishAll(options, start, stop, tally), sampleAll(options, start, stop, keep)];
  const guarded = work.map((part) =>
    part.catch((error: unknown) => {
      fault ??= error;
      ended.abort(error);
    }),
  );
  await Promise.all(guarded);
  if (signal.aborted) fault = signal.reason;
  const summary = tally.summary();
  const { min, max } = first.hpa;
  return { timeline, summary, expectations: judge.results(summary), fault, min, max };
}

/** Open model: an item is published when it is due; nobody waits for the one before. */
async function publishAll(
  { scenario, lab, clock }: ScenarioRunOptions,
  start: number,
  stop: AbortSignal,
  tally: LiveTally,
): Promise<void> {
  const arrivals = new Arrivals(scenario.load, seededRandom(scenario.seed, 'arrivals'));
  const failed = Promise.withResolvers<never>();
  const underWay = new Set<Promise<unknown>>();
  while (arrivals.next < scenario.seconds) {
    const due = arrivals.next;
    await Promise.race([clock.sleep(Math.max(start + due * 1000 - clock.monotonic(), 0), stop), failed.promise]);
    const until = Math.max((clock.monotonic() - start) / 1000, due + TICK_MS / 1000);
    let count = 0;
    for (; arrivals.next < Math.min(until, scenario.seconds); arrivals.advance()) {
      tally.published(arrivals.next, 1);
      count += 1;
    }
    const sending: Promise<unknown> = lab
      .publish(count, stop)
      .catch(failed.reject)
      .finally(() => underWay.delete(sending));
    underWay.add(sending);
  }
  await Promise.race([Promise.all(underWay), failed.promise]);
}

async function sampleAll(
  { scenario, lab, clock }: ScenarioRunOptions,
  start: number,
  stop: AbortSignal,
  keep: (time: number, sample: LabSample) => void,
): Promise<void> {
  const elapsed = () => (clock.monotonic() - start) / 1000;
  for (let due = SAMPLE_MS; due <= scenario.seconds * 1000; due += SAMPLE_MS) {
    await clock.sleep(Math.max(start + due - clock.monotonic(), 0), stop);
    const sample = await lab.sample();
    keep(elapsed(), sample);
    // After a long stall the missed samples are not made up for.
    due = Math.max(due, Math.floor(elapsed()) * 1000);
  }
}
