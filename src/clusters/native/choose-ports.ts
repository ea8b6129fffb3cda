import { LabError } from '../../errors/lab-error.ts';
import type { NativePorts } from './state.ts';

export interface PortChoice {
  /** What the lab had before. */
  readonly kept: NativePorts | undefined;
  /** 0 = any. */
  readonly apiPort: number;
  readonly freePort: () => Promise<number>;
  readonly isPortBusy: (port: number) => Promise<boolean>;
  /** Whether what listens on this port is this lab's own. */
  readonly isOurs: (name: keyof NativePorts, port: number) => Promise<boolean>;
  readonly pause: (ms: number) => Promise<void>;
}

/** A process that was killed a moment ago may still hold its port; a stranger still holds it after this. */
const LOOKS = 4;
const PAUSE_MS = 250;

const NAMES = ['apiServer', 'etcd', 'etcdPeer', 'controllerManager', 'scheduler'] as const;

/**
 * A port for each listener: the one it had, unless a stranger took it while the lab was down (after a reboot, say); else a free
 * one. Raises ML-NATIVE-PORT-BUSY when the API port that the user named is taken.
 */
export async function choosePorts(choice: PortChoice): Promise<NativePorts> {
  const chosen: Record<keyof NativePorts, number> = {
    apiServer: 0,
    etcd: 0,
    etcdPeer: 0,
    controllerManager: 0,
    scheduler: 0,
  };
  if (choice.apiPort !== 0) {
    if (!(await isUsable(choice, 'apiServer', choice.apiPort))) {
      throw new LabError('ML-NATIVE-PORT-BUSY', { port: choice.apiPort, what: 'the Kubernetes API' });
    }
    chosen.apiServer = choice.apiPort;
  }
  for (const name of NAMES) {
    if (chosen[name] !== 0) continue;
    const taken = Object.values(chosen);
    const kept = choice.kept?.[name];
    const isFree = kept !== undefined && !taken.includes(kept) && (await isUsable(choice, name, kept));
    chosen[name] = isFree ? kept : await unused(choice, taken);
  }
  return chosen;
}

async function isUsable(choice: PortChoice, name: keyof NativePorts, port: number): Promise<boolean> {
  for (let look = 1; ; look += 1) {
    if (!(await choice.isPortBusy(port)) || (await choice.isOurs(name, port))) return true;
    if (look >= LOOKS) return false;
    await choice.pause(PAUSE_MS);
  }
}

async function unused(choice: PortChoice, taken: readonly number[]): Promise<number> {
  const avoid = new Set([...taken, ...Object.values(choice.kept ?? {})]);
  for (;;) {
    const port = await choice.freePort();
    if (!avoid.has(port)) return port;
  }
}
