import { z } from 'zod';
import type { Files } from '../../contracts/files.ts';
import { describe, LabError } from '../../errors/lab-error.ts';

/** Ports of 127.0.0.1. */
export interface NativePorts {
  readonly apiServer: number;
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly controllerManager: number;
  readonly scheduler: number;
}

/** `native.json`: choices that must not change under a living lab. */
export interface NativeState {
  readonly ports: NativePorts;
  /** Folder of the binaries that the lab was made with. */
  readonly binDir: string;
  /** What `--version` said, by the file it was asked of (path, size, time of change), so that it is asked once. */
  readonly versions: Readonly<Record<string, string>>;
}

const Port = z.number().int().min(1).max(65_535);
const State: z.ZodType<NativeState> = z.object({
  ports: z.object({ apiServer: Port, etcd: Port, etcdPeer: Port, controllerManager: Port, scheduler: Port }),
  binDir: z.string(),
  versions: z.record(z.string(), z.string()),
});

/** Undefined when the lab has none yet. Raises ML-STATE-CORRUPT, ML-STATE-IO. */
export function readNativeState(files: Files, path: string, lab: string): NativeState | undefined {
  const text = files.readText(path);
  if (text === undefined) return undefined;
  const corrupt = (reason: string, cause: unknown) =>
    new LabError('ML-STATE-CORRUPT', { lab, path, reason }, { cause });
  let foreign: unknown;
  try {
    foreign = JSON.parse(text);
  } catch (error) {
    throw corrupt(describe(error), error);
  }
  const parsed = State.safeParse(foreign);
  if (!parsed.success) throw corrupt(z.prettifyError(parsed.error).replaceAll('\n', '; '), parsed.error);
  return parsed.data;
}

/** Writes only what differs. */
export function writeNativeState(files: Files, path: string, state: NativeState): void {
  const text = `${JSON.stringify(state, undefined, 2)}\n`;
  if (files.readText(path) !== text) files.writeAtomic(path, text, 0o600);
}
