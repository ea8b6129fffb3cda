import { type Arch, type HpaV2, NEWEST_MINOR, OLDEST_MINOR, type Platform } from '../hpa/index.ts';
import type { Evidence } from './evidence.ts';

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
 * be the API server's version and machine, and gate HPAScaleToZero to be on where the HPA could not be as it is without it.
 */
export function platformOf(evidence: Evidence, hpa: HpaV2 | undefined): PlatformGuess {
  const version = versionOf(evidence);
  const arch = archOf(evidence);
  const { gate, fact } = zeroGate(hpa, version.minor);
  return {
    platform: { minor: version.minor, arch: arch.arch, gates: gate },
    facts: [version.fact, arch.fact, ...(fact === undefined ? [] : [fact])],
  };
}

function versionOf({ version }: Evidence): { readonly minor: number; readonly fact: PlatformFact } {
  const name = 'Kubernetes version';
  if ('unknown' in version) {
    const value = `taken for 1.${NEWEST_MINOR}`;
    return { minor: NEWEST_MINOR, fact: { name, value, origin: 'unknown', source: version.unknown } };
  }
  // "36+" is what some vendors send.
  const minor = Number.parseInt(version.value.minor, 10);
  const known = Number.isNaN(minor) ? NEWEST_MINOR : Math.min(Math.max(minor, OLDEST_MINOR), NEWEST_MINOR);
  const value = known === minor ? version.value.gitVersion : `${version.value.gitVersion}, taken for 1.${known}`;
  return { minor: known, fact: { name, value, origin: 'observed', source: version.from } };
}

function archOf({ version, architectures }: Evidence): { readonly arch: Arch; readonly fact: PlatformFact } {
  const name = 'architecture of the control plane';
  const platform = 'value' in version ? version.value.platform.split('/')[1] : undefined;
  if (platform === 'amd64' || platform === 'arm64') {
    return { arch: platform, fact: { name, value: platform, origin: 'observed', source: version.from } };
  }
  const nodes = 'value' in architectures ? architectures.value : [];
  const [only, other] = nodes;
  if ((only === 'amd64' || only === 'arm64') && other === undefined) {
    return { arch: only, fact: { name, value: only, origin: 'observed', source: architectures.from } };
  }
  const source = 'unknown' in architectures ? architectures.unknown : `the nodes are ${nodes.join(' and ') || 'none'}`;
  return { arch: 'amd64', fact: { name, value: 'taken for amd64', origin: 'unknown', source } };
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
