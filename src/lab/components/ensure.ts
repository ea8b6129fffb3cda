import type { EnsureOptions } from '../../contracts/backend.ts';
import type { ComponentSpec, ComponentStatus } from '../../contracts/component.ts';
import { LabError } from '../../errors/lab-error.ts';
import { readStatus, specHash, writeSpec } from '../supervisor/component-files.ts';
import type { ComponentPorts } from './control.ts';
import { logTail } from './log-tail.ts';
import { isSupervised } from './start-supervisor.ts';

const POLL_MS = 25;
const TELL_EVERY_MS = 10_000;
/** A program that ends this often without ever being healthy will not get better by waiting. */
const HOPELESS_RESTARTS = 6;

/** See `ComponentControl.ensure`. Raises ML-COMPONENT-UNHEALTHY, ML-SUPERVISOR-DIED, ML-PROC-SPAWN, ML-STATE-IO. */
export async function ensureComponent(
  ports: ComponentPorts,
  spec: ComponentSpec,
  options: EnsureOptions,
): Promise<{ readonly changed: boolean }> {
  const { files, paths } = ports;
  options.signal.throwIfAborted();
  const hash = specHash(spec);
  const text = files.readText(paths.spec(spec.name));
  const same = text !== undefined && text === `${JSON.stringify(spec, undefined, 2)}\n`;
  if (same && isSupervised(ports) && isReady(ports, readStatus(files, paths, spec.name), hash))
    return { changed: false };
  if (!same) writeSpec(files, paths, spec);
  await waitHealthy(ports, spec, hash, options);
  return { changed: true };
}

async function waitHealthy(
  ports: ComponentPorts,
  spec: ComponentSpec,
  hash: string,
  { timeoutMs, onWaiting, signal }: EnsureOptions,
): Promise<void> {
  const { files, clock, paths } = ports;
  const begun = clock.monotonic();
  const restartsBefore = readStatus(files, paths, spec.name)?.restarts ?? 0;
  let tellAt = begun + TELL_EVERY_MS;
  for (;;) {
    await ports.supervise(signal); // it may be killed while we wait
    const status = readStatus(files, paths, spec.name);
    if (isReady(ports, status, hash)) return;
    const now = clock.monotonic();
    const hopeless = (status?.restarts ?? 0) - restartsBefore >= HOPELESS_RESTARTS && status?.phase === 'back-off';
    if (now - begun >= timeoutMs || hopeless) throw unhealthy(ports, spec, status, now - begun);
    if (now >= tellAt) {
      tellAt += TELL_EVERY_MS;
      const seconds = Math.round((now - begun) / 1000);
      onWaiting?.(`waiting ${seconds}s for ${spec.name}: ${why(status)}`);
    }
    await clock.sleep(POLL_MS, signal);
  }
}

function isReady({ processes }: ComponentPorts, status: ComponentStatus | undefined, hash: string): boolean {
  if (status?.healthy !== true || status.specHash !== hash || status.process === undefined) return false;
  return processes.isAlive(status.process);
}

function why(status: ComponentStatus | undefined): string {
  return status === undefined ? 'the supervisor has not seen it yet' : status.message || 'it is about to be restarted';
}

function unhealthy(
  { files, paths }: ComponentPorts,
  spec: ComponentSpec,
  status: ComponentStatus | undefined,
  ms: number,
): LabError {
  const tail = logTail(files, spec.logFile);
  return new LabError(
    'ML-COMPONENT-UNHEALTHY',
    {
      component: spec.name,
      lab: paths.labDir.split('/').at(-1) ?? '',
      seconds: Math.round(ms / 1000),
      reason: `${why(status)}${tail === '' ? '; its log is empty' : `\nend of its log:\n${tail}`}`,
    },
    { logFile: spec.logFile },
  );
}
