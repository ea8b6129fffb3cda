import { v2ToV1 } from '../api/convert-v1.ts';
import type { HpaScalingRules, HpaV1, HpaV2 } from '../api/types.ts';
import type { Quirks } from '../quirks.ts';
import { metaLines } from './describe-meta.ts';
import { metricLines } from './describe-metrics.ts';
import { type DescribedEvent, eventLines } from './events.ts';
import { alignTabs } from './tabwriter.ts';
import { percent } from './texts.ts';

export interface DescribeOptions {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly quirks: Quirks;
  /** null leaves the section out, as `--show-events=false` does. */
  readonly events: readonly DescribedEvent[] | null;
}

/**
 * The text of `kubectl describe hpa` in UTC (k8s.io/kubectl/pkg/describe:describeHorizontalPodAutoscalerV2). kubectl 1.26 asks
 * for v2beta2, which no server of its time has, and then describes the v1 object.
 */
export function describeHpa(hpa: HpaV2, options: DescribeOptions): string {
  const { quirks, nowMs, events } = options;
  const body = quirks.describesV1 ? v1Lines(v2ToV1(hpa, quirks)) : v2Lines(hpa);
  const lines = [...body, ...(events === null ? [] : eventLines(events, nowMs, quirks))];
  return alignTabs(escapeTerminal(`${lines.join('\n')}\n`));
}

/** cli-runtime/pkg/printers/terminal.go:WriteEscaped. */
function escapeTerminal(text: string): string {
  return text.replaceAll('\x1b', '^[').replaceAll('\r', '\\r');
}

function v2Lines(hpa: HpaV2): readonly string[] {
  const { spec, status } = hpa;
  const { behavior } = spec;
  const { conditions = [] } = status;
  return [
    ...metaLines(hpa.metadata),
    referenceLine(hpa),
    'Metrics:\t( current / target )',
    ...metricLines(hpa),
    ...rangeLines(hpa),
    ...(behavior === undefined
      ? []
      : ['Behavior:', ...rulesLines('Scale Up', behavior.scaleUp), ...rulesLines('Scale Down', behavior.scaleDown)]),
    podsLine(hpa),
    ...(conditions.length === 0
      ? []
      : [
          'Conditions:',
          '  Type\tStatus\tReason\tMessage',
          '  ----\t------\t------\t-------',
          ...conditions.map((c) => `  ${c.type}\t${c.status}\t${c.reason ?? ''}\t${c.message ?? ''}`),
        ]),
  ];
}

function v1Lines(hpa: HpaV1): readonly string[] {
  const { targetCPUUtilizationPercentage: target } = hpa.spec;
  const current = hpa.status.currentCPUUtilizationPercentage;
  return [
    ...metaLines(hpa.metadata),
    referenceLine(hpa),
    ...(target === undefined
      ? []
      : [`Target CPU utilization:\t${target}%`, `Current CPU utilization:\t${percent(current, '<unknown>%')}`]),
    ...rangeLines(hpa),
    podsLine(hpa),
  ];
}

const referenceLine = ({ spec }: HpaV1 | HpaV2): string =>
  `Reference:\t${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`;
const rangeLines = ({ spec }: HpaV1 | HpaV2): readonly string[] => [
  `Min replicas:\t${spec.minReplicas ?? '<unset>'}`,
  `Max replicas:\t${spec.maxReplicas}`,
];
const podsLine = ({ spec, status }: HpaV1 | HpaV2): string =>
  `${spec.scaleTargetRef.kind} pods:\t${status.currentReplicas} current / ${status.desiredReplicas} desired`;

/** printDirectionBehavior; a tolerance is not shown. */
function rulesLines(direction: string, rules: HpaScalingRules | undefined): readonly string[] {
  if (rules === undefined) return [];
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [] } = rules;
  return [
    `  ${direction}:`,
    ...(window === undefined ? [] : [`    Stabilization Window: ${window} seconds`]),
    ...(policies.length === 0
      ? []
      : [
          `    Select Policy: ${selectPolicy ?? 'Max'}`,
          '    Policies:',
          ...policies.map((p) => `      - Type: ${p.type}\tValue: ${p.value}\tPeriod: ${p.periodSeconds} seconds`),
        ]),
  ];
}
