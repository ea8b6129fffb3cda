import { join } from 'node:path';
import { z } from 'zod';
import type { ClusterSpec } from '../../contracts/backend.ts';
import type { Clock } from '../../contracts/clock.ts';
import type { Files } from '../../contracts/files.ts';
import { describe, LabError } from '../../errors/lab-error.ts';
import { hasCertificateOf } from '../pki/has-certificate-of.ts';

const State = z.object({ port: z.number().int().min(1).max(65_535) });
/** A process that was killed a moment ago may still hold its port; a stranger still holds it after this. */
const LOOKS = 4;
const PAUSE_MS = 250;

interface PortPorts {
  readonly clock: Clock;
  readonly freePort: () => Promise<number>;
  readonly isPortBusy: (port: number) => Promise<boolean>;
}

/**
 * The port of the API: the one the user named, else the one it had unless a stranger took it, else a free one. `ca`: PEM, to
 * know our own server by. Raises ML-NATIVE-PORT-BUSY when the one that was named is taken.
 */
export async function choosePort(
  ports: PortPorts,
  { apiPort }: ClusterSpec,
  ca: string,
  kept: number | undefined,
  signal: AbortSignal,
): Promise<number> {
  if (apiPort !== 0) {
    if (await isUsable(ports, apiPort, ca, signal)) return apiPort;
    throw new LabError('ML-NATIVE-PORT-BUSY', { port: apiPort, what: 'the Kubernetes API' });
  }
  if (kept !== undefined && (await isUsable(ports, kept, ca, signal))) return kept;
  return await ports.freePort();
}

async function isUsable(ports: PortPorts, port: number, ca: string, signal: AbortSignal): Promise<boolean> {
  for (let look = 1; ; look += 1) {
    if (!(await ports.isPortBusy(port)) || (await hasCertificateOf(ca, port))) return true;
    if (look >= LOOKS) return false;
    await ports.clock.sleep(PAUSE_MS, signal);
  }
}

/** What the lab had before. Raises ML-STATE-CORRUPT, ML-STATE-IO. */
export function readPort(files: Files, { lab, labDir }: ClusterSpec): number | undefined {
  const path = statePath(labDir);
  const text = files.readText(path);
  if (text === undefined) return undefined;
  try {
    return State.parse(JSON.parse(text)).port;
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', '; ') : describe(error);
    throw new LabError('ML-STATE-CORRUPT', { lab, path, reason }, { cause: error });
  }
}

export function writePort(files: Files, { labDir }: ClusterSpec, port: number): void {
  const path = statePath(labDir);
  const text = `${JSON.stringify({ port })}\n`;
  if (files.readText(path) !== text) files.writeAtomic(path, text, 0o600);
}

function statePath(labDir: string): string {
  return join(labDir, 'embedded-port.json');
}
