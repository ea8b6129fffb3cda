import { DOCTOR } from './table/doctor.ts';
import { DRILL_COMMANDS } from './table/drill.ts';
import { EXPLAIN_HPA } from './table/explain.ts';
import { INSPECT_HPA } from './table/inspect.ts';
import { LAB_COMMANDS } from './table/lab-commands.ts';
import { LOAD_HTTP } from './table/load.ts';
import { METRIC_COMMANDS } from './table/metric.ts';
import { OFFLINE_COMMANDS } from './table/offline-commands.ts';
import { SCENARIO_COMMANDS } from './table/scenario.ts';
import { SIMULATE, TUNE } from './table/simulate.ts';
import type { CommandSpec, GroupSpec, LoadableCommand } from './table/types.ts';
import { UP } from './table/up.ts';

/** Every command that is described, in the order of `--help`. */
export const SPECS: readonly CommandSpec[] = [
  UP,
  ...LAB_COMMANDS,
  LOAD_HTTP,
  ...METRIC_COMMANDS,
  SIMULATE,
  TUNE,
  EXPLAIN_HPA,
  INSPECT_HPA,
  DOCTOR,
  ...DRILL_COMMANDS,
  ...SCENARIO_COMMANDS,
  ...OFFLINE_COMMANDS,
];

/** The module of each command, by its words. A command without one is not offered. */
const MODULES: Readonly<Record<string, LoadableCommand['load']>> = {
  up: () => import('./commands/up.ts'),
  status: () => import('./commands/status.ts'),
  publish: () => import('./commands/publish.ts'),
  'load http': () => import('./commands/load-http.ts'),
  'watch hpa': () => import('./commands/watch-hpa.ts'),
  logs: () => import('./commands/logs.ts'),
  'export logs': () => import('./commands/export-logs.ts'),
  teardown: () => import('./commands/teardown.ts'),
  'metric list': () => import('./commands/metric-list.ts'),
  'metric get': () => import('./commands/metric-get.ts'),
  'metric set': () => import('./commands/metric-set.ts'),
  'metric fault': () => import('./commands/metric-fault.ts'),
  'metric queries': () => import('./commands/metric-queries.ts'),
  simulate: () => import('./commands/simulate.ts'),
  tune: () => import('./commands/tune.ts'),
  'scenario run': () => import('./commands/scenario-run.ts'),
  'scenario list': () => import('./commands/scenario-list.ts'),
  'scenario show': () => import('./commands/scenario-show.ts'),
  'scenario validate': () => import('./commands/scenario-validate.ts'),
  'drill list': () => import('./commands/drill-list.ts'),
  'drill run': () => import('./commands/drill-run.ts'),
  doctor: () => import('./commands/doctor.ts'),
  'inspect hpa': () => import('./commands/inspect-hpa.ts'),
  'explain hpa': () => import('./commands/explain-hpa.ts'),
  'explain error': () => import('./commands/explain-error.ts'),
  'explain field': () => import('./commands/explain-field.ts'),
  'explain metric': () => import('./commands/explain-metric.ts'),
  'config view': () => import('./commands/config-view.ts'),
  'config path': () => import('./commands/config-path.ts'),
  'config validate': () => import('./commands/config-validate.ts'),
  completion: () => import('./commands/completion.ts'),
  version: () => import('./commands/version.ts'),
};

/** The commands that there are. */
export const COMMANDS: readonly LoadableCommand[] = SPECS.flatMap((spec) => {
  const load = MODULES[wordsOf(spec)];
  return load === undefined ? [] : [{ ...spec, load }];
});

const GROUP_SUMMARIES: Readonly<Record<string, string>> = {
  watch: 'live views',
  load: 'loads on the lab',
  metric: 'the metrics server: values, faults, questions',
  explain: 'why it is so, and what something means',
  drill: 'anomalies made to happen, to see them',
  inspect: 'what the cluster says, in full',
  scenario: 'loads with expectations, run on a lab',
  export: 'take things out of the lab',
  config: 'the settings and where they come from',
};

/** The words that only hold commands, in the order of these. */
export const GROUPS: readonly GroupSpec[] = groupsOf(COMMANDS);

export function groupsOf(commands: readonly CommandSpec[]): readonly GroupSpec[] {
  const names = new Set(commands.flatMap(({ path }) => (path.length > 1 ? [path[0] ?? ''] : [])));
  return [...names].map((name) => ({ name, summary: GROUP_SUMMARIES[name] ?? name }));
}

/** `watch hpa` */
export function wordsOf(spec: CommandSpec): string {
  return spec.path.join(' ');
}
