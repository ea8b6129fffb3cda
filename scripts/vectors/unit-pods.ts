import { type PodObject, podView } from '../../src/hpa/pods/from-object.ts';
import { parseQuantity } from '../../src/hpa/quantity/parse.ts';
import { approximateFloat64 } from '../../src/hpa/quantity/values.ts';
import type { Arch } from '../../src/hpa/quirks.ts';
import { groupPods } from '../../src/hpa/replicas/group-pods.ts';
import { calculateRequests } from '../../src/hpa/replicas/requests.ts';
import { isWithin, tolerancesText } from '../../src/hpa/replicas/tolerance.ts';
import { rulesOf } from '../../src/hpa/rules.ts';
import { calcContext, podMetrics } from './calc.ts';

interface GroupInput {
  readonly pods: readonly PodObject[];
  readonly resource: string;
  readonly now: string;
  readonly config: Parameters<typeof calcContext>[0];
  readonly metrics: Parameters<typeof podMetrics>[0];
}

interface RequestInput {
  readonly pods: readonly PodObject[];
  readonly resource: string;
  readonly container: string;
}

/** The ratios that the recorder tried. */
const RATIOS = ['0.9', '1.1', '0.95', '1.05', '1', '0', '2', '0.43', '1.57', '+Inf', 'NaN'];
const ratio = (text: string): number => (text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text));

type Replay = (input: never, minor: number, arch: Arch) => unknown;

/** Replays of the `unit` lines about pods and tolerance, by their `fn`. */
export const UNIT_PODS: Readonly<Record<string, Replay>> = {
  groupPods: (i: GroupInput, minor: number, arch: Arch) => {
    const ctx = calcContext(i.config, i.now, minor, arch);
    const groups = groupPods(i.pods.map(podView), podMetrics(i.metrics), i.resource, ctx);
    return {
      readyPodCount: groups.readyCount,
      unreadyPods: groups.unready.toSorted(),
      missingPods: groups.missing.toSorted(),
      ignoredPods: groups.ignored.toSorted(),
    };
  },
  calculateRequests: (i: RequestInput, minor: number, arch: Arch) => {
    const rules = rulesOf({ minor, arch, gates: { PodLevelResources: true } });
    const requests = calculateRequests(i.pods.map(podView), i.container, i.resource, rules);
    if ('error' in requests) return { error: requests.error, requests: {} };
    return { error: null, requests: Object.fromEntries([...requests.ok].map(([pod, milli]) => [pod, String(milli)])) };
  },
  tolerance: (i: { readonly quantity: string }, minor: number, arch: Arch) => {
    const quantity = parseQuantity(i.quantity);
    if (typeof quantity === 'string') throw new Error(quantity);
    const float = approximateFloat64(quantity);
    const tolerances = { scaleDown: float, scaleUp: float };
    const { symmetricTolerance } = rulesOf({ minor, arch, gates: {} });
    return {
      float,
      isWithin: RATIOS.map((text) => ({ ratio: text, within: isWithin(tolerances, ratio(text), symmetricTolerance) })),
      string: tolerancesText(tolerances),
    };
  },
};
