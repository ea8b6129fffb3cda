import { GLOBAL_FLAGS } from '../table/global-flags.ts';
import type { FlagSpec, FlagValue, ValueParser } from '../table/types.ts';
import { UP_SETTINGS } from '../table/up.ts';
import { formatDuration } from '../values/duration.ts';
import { parseQuantity, parseText } from '../values/names.ts';
import { parseQueueName } from '../values/queue-name.ts';

/** One setting with a single value: where it may come from and how it is read. */
export interface Field {
  /** Path in the lab file, e.g. `hpa.min`. */
  readonly path: string;
  /** Flag without dashes. */
  readonly flag?: string;
  readonly env: string;
  readonly help: string;
  /** Text to value: ms for durations. */
  readonly parse: ValueParser;
  /** The default, as it would be typed. */
  readonly fallback?: string;
}

const DURATIONS: readonly string[] = [
  'syncPeriod',
  'hpa.scaleDownWindow',
  'consumer.serviceTime',
  'consumer.startDelay',
];

/** Settings that have no flag of their own; `--set` reaches them. */
const WITHOUT_FLAG: readonly Field[] = [
  {
    path: 'allowedContexts',
    env: 'METRICS_LAB_ALLOWED_CONTEXTS',
    help: 'contexts that a lab may be put into although they are not on this machine, separated by commas',
    parse: parseText,
  },
  {
    path: 'queue.name',
    env: 'METRICS_LAB_QUEUE_NAME',
    help: 'name of the list, stream or tube',
    parse: parseQueueName,
    fallback: 'jobs',
  },
  {
    path: 'node.cpu',
    env: 'METRICS_LAB_NODE_CPU',
    help: 'CPU of the node, for scheduling',
    parse: parseQuantity,
    fallback: '8',
  },
  {
    path: 'node.memory',
    env: 'METRICS_LAB_NODE_MEMORY',
    help: 'memory of the node, for scheduling',
    parse: parseQuantity,
    fallback: '16Gi',
  },
];

/** Every setting but `images`, whose names are free. */
export const FIELDS: readonly Field[] = grouped(
  [...GLOBAL_FLAGS, ...UP_SETTINGS].flatMap(fieldOf).concat(WITHOUT_FLAG),
);

/** Programs of the user, by image name: `images.<name>`. */
export const IMAGES = 'images';

export function fieldAt(path: string): Field | undefined {
  return FIELDS.find((field) => field.path === path);
}

/** A value as the lab file writes it. */
export function inFileForm(path: string, value: FlagValue): FlagValue {
  return DURATIONS.includes(path) && typeof value === 'number' ? formatDuration(value) : value;
}

/** What stands in the same mapping of the lab file, together. */
function grouped(fields: readonly Field[]): readonly Field[] {
  return [...Map.groupBy(fields, ({ path }) => path.split('.')[0] ?? '').values()].flat();
}

function fieldOf(flag: FlagSpec): Field[] {
  const { setting, name, env, help, parse, fallback } = flag;
  if (setting === undefined || env === undefined || parse === undefined) return [];
  return [{ path: setting, flag: name, env, help, parse, ...(fallback === undefined ? {} : { fallback }) }];
}
