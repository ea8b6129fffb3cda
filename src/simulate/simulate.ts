import { LabError } from '../errors/lab-error.ts';
import { expectedArrivals } from './load/shape.ts';
import type { SimulationOptions } from './options.ts';
import { Run } from './run.ts';
import type { SimulationSummary } from './summary.ts';

const MOST_ITEMS = 500_000_000;
const MOST_SYNCS = 50_000_000;
/**
 * Runs an autoscaler over a load in virtual time. The same options give the same result. Raises ML-SIM-SIZE when it would take
 * hours.
 */
export function simulate(options: SimulationOptions): SimulationSummary {
  const slices = simulateInSlices(options);
  for (;;) {
    const slice = slices.next();
    if (slice.done === true) return slice.value;
  }
}

/** As `simulate`, in slices of some hundredths of a second, between which the caller may do something else or stop. */
export function simulateInSlices(options: SimulationOptions): Generator<undefined, SimulationSummary> {
  refuseHuge(options);
  return new Run(options).slices();
}

function refuseHuge({ drive, seconds, syncSeconds, pipeline }: SimulationOptions): void {
  const refuse = (what: string, limit: string): never => {
    throw new LabError('ML-SIM-SIZE', { what, limit });
  };
  const steps = seconds / Math.min(syncSeconds, pipeline.pollSeconds);
  if (steps > MOST_SYNCS) refuse(`${Math.round(steps)} syncs and polls`, `${MOST_SYNCS} are simulated`);
  const items = drive.kind === 'load' ? expectedArrivals(drive.load, seconds) : 0;
  if (items > MOST_ITEMS) refuse(`${Math.round(items)} items`, `${MOST_ITEMS} are simulated`);
}
