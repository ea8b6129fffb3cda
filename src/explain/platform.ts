import { type Arch, type HpaV2, NEWEST_MINOR, OLDEST_MINOR, type Platform } from '../hpa/index.ts';
import type { Bundle } from './bundle.ts';

/** Whether a number was read, follows from others, or nobody outside of the controller knows it. */
export type Origin = 'observed' | 'computed' | 'unknown';

/** One thing about the control plane that the numbers depend on. */
export interface PlatformFact {
  readonly name: string;
  readonly value: string;
  readonly origin: Origin;
  readonly source: string;
}

export interface PlatformGuess {
  readonly platform: Platform;
  readonly facts: readonly PlatformFact[];
}

/**
 * The control plane as it can be seen from outside. The controller manager tells nobody its version, machine and gates: it is taken to
 * be the API server's version and machine, and gate HPAScaleToZero to be on where the HPA could not be as it is without it. An `hpa` left
 * out gives the platform without gates.
 */
export function platformOf(bundle: Bundle, hpa?: HpaV2): PlatformGuess {
  const version = versionOf(bundle);
  const arch = archOf(bundle);
  const { gate, fact } = zeroGate(hpa, version.minor);
  return {
    platform: { minor: version.minor, arch: bundle.arch, gates: gate },
    facts: [version.fact, arch, ...(fact === undefined ? [] : [fact])],
  };
}

const reasonOf = ({ evidence }: Bundle, path: string): string =>
  evidence.unread.find((unread) => unread.path === path)?.message ?? 'nobody said';

function versionOf(bundle: Bundle): { readonly minor: number; readonly fact: PlatformFact } {
  const { kubernetesVersion } = bundle;
  const name = 'Kubernetes version';
  // "36+" is what some vendors send.
  const minor = Number.parseInt(kubernetesVersion.split('.')[1] ?? '', 10);
  if (Number.isNaN(minor)) {
    const value = `taken for 1.${NEWEST_MINOR}`;
    return { minor: NEWEST_MINOR, fact: { name, value, origin: 'unknown', source: reasonOf(bundle, '/version') } };
  }
  const known = Math.min(Math.max(minor, OLDEST_MINOR), NEWEST_MINOR);
  const value = known === minor ? `v${kubernetesVersion}` : `v${kubernetesVersion}, taken for 1.${known}`;
  return { minor: known, fact: { name, value, origin: 'observed', source: 'GET /version' } };
}

/** The machine of the control plane: what /version says, else what all nodes are; null = not known. */
export function observedArch({ version, nodes }: Pick<Bundle['evidence'], 'version' | 'nodes'>): Arch | null {
  const said = version?.platform.split('/')[1];
  const [only, other] = [...new Set(nodes.map(({ status }) => status.nodeInfo.architecture))];
  const arch = said === 'amd64' || said === 'arm64' ? said : other === undefined ? only : undefined;
  return arch === 'amd64' || arch === 'arm64' ? arch : null;
}

function archOf(bundle: Bundle): PlatformFact {
  const name = 'architecture of the control plane';
  const { arch, evidence } = bundle;
  if (observedArch(evidence) === arch) return { name, value: arch, origin: 'observed', source: 'GET /version' };
  const source = reasonOf(bundle, '/api/v1/nodes');
  return { name, value: `taken for ${arch}`, origin: 'unknown', source };
}

interface ZeroGate {
  readonly gate: Platform['gates'];
  readonly fact: PlatformFact | undefined;
}

function zeroGate(hpa: HpaV2 | undefined, minor: number): ZeroGate {
  if (hpa === undefined) return { gate: {}, fact: undefined };
  const name = 'gate HPAScaleToZero';
  const condition = hpa.status.conditions?.some(({ type }) => type === 'ScaledToZero') === true;
  if (condition)
    return {
      gate: { HPAScaleToZero: true },
      fact: { name, value: 'on', origin: 'observed', source: 'the status has a condition ScaledToZero' },
    };
  if (hpa.spec.minReplicas !== 0) return { gate: {}, fact: undefined };
  return {
    gate: { HPAScaleToZero: true },
    fact: {
      name,
      value: 'on',
      origin: 'computed',
      source: `minReplicas 0 was accepted${minor >= 36 ? '; the controller is taken to have the same gates' : ''}`,
    },
  };
}
