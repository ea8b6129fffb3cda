import { z } from 'zod';
import { PIPELINE_NAMES } from '../../contracts/pipelines.ts';
import { API_VERSION } from '../output/output.ts';
import { BACKENDS, QUEUES } from '../table/up.ts';
import { DURATION_PATTERN } from '../values/duration.ts';
import { LAB_NAME_MAX, LABEL_PATTERN, QUANTITY_PATTERN, VERSION_PATTERN } from '../values/names.ts';
import { LIMITS } from '../values/numbers.ts';
import { fieldAt } from './fields.ts';

// Messages say what was expected: the reader of the file prints them after "expected".
const whole = (min: number, max: number) => {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};
const matching = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, { error });
const duration = matching(DURATION_PATTERN, 'a duration with a unit such as 500ms, 15s or 1m30s');
const amount = { error: 'a quantity above zero such as 2, 1500m or 16Gi' };
const quantity = z.union([z.number(amount).positive(amount), z.string(amount).regex(QUANTITY_PATTERN, amount)], amount);
const label = (max: number) => {
  const error = `at most ${max} lower-case letters, digits and "-", starting and ending with a letter or digit`;
  return matching(LABEL_PATTERN, error).max(max, { error });
};
const text = z.string({ error: 'a text that is not empty' }).min(1, { error: 'a text that is not empty' });
const word = (words: readonly string[]) => z.enum(words, { error: `one of ${words.join(', ')}` });
const mapping = { error: 'a mapping' };

/** A setting that may be left out, described as its flag is. */
function setting<T extends z.ZodType>(path: string, schema: T): z.ZodOptional<T> {
  const field = fieldAt(path);
  const fallback = field?.fallback === undefined ? '' : ` (default ${field.fallback})`;
  return schema.meta({ description: `${field?.help ?? path}${fallback}` }).optional();
}

const Hpa = z.strictObject(
  {
    min: setting('hpa.min', whole(0, LIMITS.pods)),
    max: setting('hpa.max', whole(1, LIMITS.pods)),
    target: setting('hpa.target', quantity),
    scaleDownWindow: setting('hpa.scaleDownWindow', duration),
  },
  mapping,
);
const Queue = z.strictObject(
  {
    kind: setting('queue.kind', word(QUEUES)),
    name: setting('queue.name', text),
    url: setting('queue.url', text),
  },
  mapping,
);
const share = { error: 'a number from 0 to 1' };
const Consumer = z.strictObject(
  {
    serviceTime: setting('consumer.serviceTime', duration),
    startDelay: setting('consumer.startDelay', duration),
    failureRate: setting('consumer.failureRate', z.number(share).min(0, share).max(1, share)),
    maxAttempts: setting('consumer.maxAttempts', whole(1, LIMITS.attempts)),
  },
  mapping,
);
const Node = z.strictObject(
  {
    cpu: setting('node.cpu', quantity),
    memory: setting('node.memory', quantity),
    pods: setting('node.pods', whole(1, LIMITS.pods)),
  },
  mapping,
);
const commandLine = { error: 'a command line as a list of words' };
const Images = z.record(z.string(), z.array(z.string(commandLine), commandLine).min(1, commandLine), mapping);

/** `metrics-lab.yaml` and the user's `config.yaml`. Paths are those of `--set`. */
const LabFile = z
  .strictObject(
    {
      apiVersion: z.literal(API_VERSION, { error: API_VERSION }),
      kind: z.literal('Lab', { error: 'Lab' }),
      lab: setting('lab', label(LAB_NAME_MAX)),
      backend: setting('backend', word(BACKENDS)),
      namespace: setting('namespace', label(63)),
      kubernetesVersion: setting(
        'kubernetesVersion',
        matching(VERSION_PATTERN, 'a version in quotes such as "1.36.3"'),
      ),
      binDir: setting('binDir', text),
      pipeline: setting('pipeline', word(PIPELINE_NAMES)),
      nodeImage: setting('nodeImage', text),
      driver: setting('driver', text),
      allowedContexts: setting('allowedContexts', text),
      programImage: setting('programImage', text),
      syncPeriod: setting('syncPeriod', duration),
      nodes: setting('nodes', whole(1, LIMITS.nodes)),
      apiPort: setting('apiPort', whole(0, LIMITS.port)),
      hpa: Hpa.optional(),
      queue: Queue.optional(),
      consumer: Consumer.optional(),
      node: Node.optional(),
      images: Images.meta({ description: 'programs that pods may run, by image name' }).optional(),
    },
    mapping,
  )
  .meta({ title: 'Lab file of metrics-lab' });

/** Without issues there is content. */
export interface CheckedLabFile {
  readonly issues: readonly z.core.$ZodIssue[];
  readonly settings?: object;
  readonly images?: Readonly<Record<string, readonly string[]>>;
}

/** Checks a lab file that was read; an issue's message says what was expected. */
export function checkLabFile(foreign: unknown): CheckedLabFile {
  const { data, error } = LabFile.safeParse(foreign);
  if (error !== undefined) return { issues: error.issues };
  const { images = {}, apiVersion: _version, kind: _kind, ...settings } = data;
  return { issues: [], settings, images };
}

/** JSON Schema (draft 2020-12) of the lab file. */
export function labFileJsonSchema(): object {
  return z.toJSONSchema(LabFile, { io: 'input' });
}
