import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/platform/free-port.ts';

const RIG = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'metrics-lab-rig');
const CONTROL_PLANE = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'];

/** The folder with the real Kubernetes binaries: METRICS_LAB_BIN_DIR, else the rig's newest. */
export function binDir(): string {
  const named = process.env['METRICS_LAB_BIN_DIR'];
  if (named !== undefined && named !== '') return named;
  const found = existsSync(RIG) ? readdirSync(RIG).filter((name) => name.startsWith('native-')) : [];
  return join(RIG, found.sort().at(-1) ?? 'native');
}

/** Like `haveReal`, with kube-scheduler, which the other suites do without. */
export function haveScheduler(): boolean {
  return areThere([...CONTROL_PLANE, 'kube-scheduler'], []);
}

/** Flags of a real controller or scheduler: who it is, and a listener of its own on loopback. */
export async function clientFlags(kubeconfig: string): Promise<readonly string[]> {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${await freePort()}`,
  ];
}

/**
 * Whether real binaries and these programs are there. With METRICS_LAB_REQUIRE_REAL=1 (as in .ci/run) a missing one is a
 * failure, else the suite says aloud that it does not run.
 */
export function haveReal(...programs: readonly string[]): boolean {
  return areThere(CONTROL_PLANE, programs);
}

function areThere(binaries: readonly string[], programs: readonly string[]): boolean {
  const missing = [
    ...binaries.filter((name) => !existsSync(join(binDir(), name))).map((name) => join(binDir(), name)),
    ...programs.filter((name) => !onPath(name)),
  ];
  if (missing.length === 0) return true;
  const text = `missing: ${missing.join(', ')} (METRICS_LAB_BIN_DIR names the folder of the Kubernetes binaries)`;
  if (process.env['METRICS_LAB_REQUIRE_REAL'] === '1') throw new Error(text);
  console.warn(`SKIPPED: ${text}`);
  return false;
}

function onPath(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // which says "not there" by its exit code
  }
}
