import { asLabError } from '../errors/lab-error.ts';
import { secondsOf } from '../simulate/durations.ts';
import { type Expectation, parseExpectation } from '../simulate/expect/parse.ts';
import { parseLoad } from '../simulate/load/parse.ts';
import type { LoadShape, Segment } from '../simulate/load/shape.ts';
import type { ScenarioInput, StageInput } from './schema.ts';

/** A scenario that can be run, live or simulated. Times in seconds. */
export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly seed: number;
  readonly load: LoadShape;
  /** The whole run. */
  readonly seconds: number;
  readonly expectations: readonly Expectation[];
}

/** What is wrong at a path of the file. */
export interface ScenarioProblem {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** What follows the load or the last `within` when the file does not say for how long. */
const AFTERWARDS_SECONDS = 30;
const LONGEST_SECONDS = 24 * 3600;
/** In which a `publish` happens: at once for whoever looks once a second. */
const AT_ONCE_SECONDS = 0.001;

/** The scenario of a file that fits the schema, or everything that is wrong with its texts. */
export function scenarioOf(input: ScenarioInput): Scenario | { readonly problems: readonly ScenarioProblem[] } {
  const problems: ScenarioProblem[] = [];
  const tell = (path: ScenarioProblem['path'], text: string) => problems.push({ path, text });
  const attempt = <T>(path: ScenarioProblem['path'], read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      const { message, why } = asLabError(error);
      tell(path, `${message}: ${why}`);
      return undefined;
    }
  };
  const parts = input.load.stages.map((stage, at) => readStage(stage, ['load', 'stages', at], tell, attempt));
  const expectations = (['expect', 'thresholds'] as const).flatMap((list) =>
    input[list].flatMap((text, at) => attempt([list, at], () => parseExpectation(text)) ?? []),
  );
  const load = joined(
    input.metadata.name,
    parts.filter((part) => part !== undefined),
  );
  const last = Math.max(load.seconds, ...expectations.map((one) => (one.kind === 'within' ? one.within : 0)));
  const seconds = input.for === undefined ? last + AFTERWARDS_SECONDS : duration(input.for, ['for'], tell);
  if (seconds < load.seconds) tell(['for'], `expected at least the ${load.seconds}s of the load, got ${seconds}s`);
  if (seconds > LONGEST_SECONDS) tell(['for'], 'a scenario takes a day at most');
  if (problems.length > 0) return { problems };
  const { metadata, description = '', seed } = input;
  return { name: metadata.name, description: description.trim(), seed, load, seconds, expectations };
}

type Tell = (path: ScenarioProblem['path'], text: string) => void;
type Attempt = <T>(path: ScenarioProblem['path'], read: () => T) => T | undefined;

function duration(text: string, path: ScenarioProblem['path'], tell: Tell): number {
  const seconds = secondsOf(text);
  if (seconds === undefined) tell(path, `expected a duration with its unit, such as 30s, got ${JSON.stringify(text)}`);
  return seconds ?? 0;
}

function readStage(stage: StageInput, path: ScenarioProblem['path'], tell: Tell, attempt: Attempt) {
  const seconds = stage.duration === undefined ? 0 : duration(stage.duration, [...path, 'duration'], tell);
  if ('publish' in stage) return publishAtOnce(stage.publish, seconds);
  if (seconds === 0) return undefined;
  return attempt([...path, 'rate'], () => parseLoad(shapeText(stage, seconds)));
}

/** A stage in the words of --load; `duration` is that of the whole stage. */
function shapeText(stage: Exclude<StageInput, { readonly publish: number }>, seconds: number): string {
  const { rate, shape, width, period } = stage;
  switch (shape) {
    case 'spike':
      return `spike(${rate}, ${width ?? `${seconds / 3}s`}, ${seconds}s)`;
    case 'sine':
      return `sine(${rate}, ${period ?? `${seconds}s`}, ${seconds}s)`;
    case 'step':
      return `step(${rate}, ${seconds / rate.split(/→|->|\.\./).length}s)`;
    default:
      return `${shape}(${rate}, ${seconds}s)`;
  }
}

function publishAtOnce(count: number, pause: number): LoadShape {
  // A hair more than the count, so that rounding does not keep the last item back.
  const rate = (count + 1e-6) / AT_ONCE_SECONDS;
  const burst: Segment = { seconds: AT_ONCE_SECONDS, from: rate, to: rate, poisson: false };
  const rest: Segment = { seconds: Math.max(pause - AT_ONCE_SECONDS, 0), from: 0, to: 0, poisson: false };
  return {
    text: `publish ${count}`,
    seconds: burst.seconds + rest.seconds,
    *segments(): Generator<Segment, undefined> {
      yield burst;
      if (rest.seconds > 0) yield rest;
    },
  };
}

function joined(text: string, parts: readonly LoadShape[]): LoadShape {
  return {
    text,
    seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0),
    *segments(): Generator<Segment, undefined> {
      for (const part of parts) {
        const walk = part.segments();
        for (let next = walk.next(); next.done !== true; next = walk.next()) yield next.value;
      }
    },
  };
}
