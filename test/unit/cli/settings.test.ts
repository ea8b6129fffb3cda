import { describe, expect, it } from 'vitest';
import { labFileJsonSchema } from '../../../src/cli/settings/lab-file-schema.ts';
import { FIELDS, IMAGES } from '../../../src/cli/settings/fields.ts';
import { parseLabFile } from '../../../src/cli/settings/lab-file.ts';
import type { LabDraft, Settings } from '../../../src/cli/settings/settings.ts';
import { UP } from '../../../src/cli/table/up.ts';
import { type CliOptions, type Ran, runCli, tryCommand } from './run-cli.ts';

const HEAD = 'apiVersion: metricslab.dev/v1\nkind: Lab\n';

/** The settings that a command with the flags of `up` sees. */
async function resolve(argv: readonly string[], options: CliOptions = {}): Promise<Settings> {
  let seen: Settings | undefined;
  const commands = tryCommand(
    async ({ settings }) => {
      seen = await settings();
    },
    { flags: UP.flags ?? [] },
  );
  const { code, stderr } = await runCli(['try', ...argv], { ...options, commands });
  if (seen === undefined || code !== 0) throw new Error(stderr);
  return seen;
}

function refused(argv: readonly string[], options: CliOptions = {}): Promise<Ran> {
  const commands = tryCommand(async ({ settings }) => void (await settings()), { flags: UP.flags ?? [] });
  return runCli(['try', ...argv, '-o', 'json'], { ...options, commands });
}

async function whyRefused(argv: readonly string[], options: CliOptions = {}): Promise<string> {
  const { stderr } = await refused(argv, options);
  const { id, why } = JSON.parse(stderr).error;
  return `${id}\n${why}`;
}

const origin = (settings: Settings, path: string) => settings.entries.find((entry) => entry.path === path)?.origin;

describe('settings', () => {
  it('have defaults', async () => {
    const expected: LabDraft = {
      lab: 'lab',
      backend: 'auto',
      namespace: 'metrics-lab',
      pipeline: 'queue',
      syncPeriodSeconds: 15,
      hpa: { min: 1, max: 20, target: '2', scaleDownWindowSeconds: 300 },
      queue: { kind: 'redis', name: 'jobs' },
      consumer: { serviceTimeMs: 1000, startDelayMs: 0, failureRate: 0, maxAttempts: 5 },
      nodes: 1,
      apiPort: 0,
      node: { cpu: '8', memory: '16Gi', pods: 110 },
      images: {},
    };
    expect((await resolve([])).draft).toEqual(expected);
  });

  it('a pipeline has defaults of its own, for what nobody said', async () => {
    const { draft } = await resolve(['--pipeline', 'test', '--max', '7']);
    expect(draft).toMatchObject({ pipeline: 'test', hpa: { target: '300m', max: 7 } });
    const http = (await resolve(['--pipeline', 'http', '--service-time', '5ms'])).draft;
    expect(http).toMatchObject({ hpa: { min: 3, max: 10, target: '4' }, consumer: { serviceTimeMs: 5 } });
    expect(await whyRefused(['--pipeline', 'nope'])).toMatch(/one of queue, .*test/);
  });

  const user = '/home/ann/.config/metrics-lab/config.yaml';
  const file = '/proj/metrics-lab.yaml';
  it.each<[string, readonly string[], CliOptions, number, string]>([
    ['default', [], {}, 20, 'default'],
    ['user file', [], { files: { [user]: `${HEAD}hpa:\n  max: 2\n` } }, 2, `${user}:4:8`],
    [
      'lab file',
      [],
      { files: { [user]: `${HEAD}hpa: {max: 2}`, [file]: `${HEAD}hpa:\n  max: 3\n` } },
      3,
      'metrics-lab.yaml:4:8',
    ],
    [
      'variable',
      [],
      { files: { [file]: `${HEAD}hpa: {max: 3}` }, env: { METRICS_LAB_MAX: '4' } },
      4,
      'env METRICS_LAB_MAX',
    ],
    ['flag', ['--max', '5'], { env: { METRICS_LAB_MAX: '4' } }, 5, '--max'],
    ['--set', ['--set', 'hpa.max=6'], { env: { METRICS_LAB_MAX: '4' } }, 6, '--set hpa.max'],
    ['empty variable', [], { env: { METRICS_LAB_MAX: '' } }, 20, 'default'],
  ])('from the %s win over what is weaker', async (_, argv, options, max, from) => {
    const settings = await resolve(argv, options);
    expect([settings.draft.hpa.max, origin(settings, 'hpa.max')]).toEqual([max, from]);
  });

  it('come from the nearest parent, --config, or stdin', async () => {
    const files = {
      '/proj/metrics-lab.yaml': `${HEAD}lab: outer`,
      '/proj/a/metrics-lab.yaml': `${HEAD}lab: inner`,
      '/proj/other.yaml': `${HEAD}lab: other`,
    };
    const cwd = '/proj/a/b/c';
    expect((await resolve([], { files, cwd })).draft.lab).toBe('inner');
    expect((await resolve(['--config', '../../../other.yaml'], { files, cwd })).draft.lab).toBe('other');
    expect((await resolve([], { files, cwd, env: { METRICS_LAB_CONFIG: '/proj/other.yaml' } })).draft.lab).toBe(
      'other',
    );
    expect((await resolve(['--config', '-'], { files, cwd, stdin: `${HEAD}lab: piped` })).draft.lab).toBe('piped');
    expect(await whyRefused(['--config', 'nope.yaml'], { files, cwd })).toContain('ML-USAGE-CONFIG-FILE');
  });

  it('make relative folders absolute, from where they were written', async () => {
    const files = { '/proj/a/metrics-lab.yaml': `${HEAD}binDir: ./bin` };
    const cwd = '/proj/a/b';
    expect((await resolve([], { files, cwd })).draft.binDir).toBe('/proj/a/bin');
    expect((await resolve(['--bin-dir', 'x'], { files, cwd })).draft.binDir).toBe('/proj/a/b/x');
    expect((await resolve([], { cwd, env: { METRICS_LAB_BIN_DIR: '../y' } })).draft.binDir).toBe('/proj/a/y');
  });

  it('join the images of all files', async () => {
    const files = {
      [user]: `${HEAD}images: {a: [one], b: [two]}`,
      [file]: `${HEAD}images: {b: [three, "4"], my.registry/app:1: [x]}`,
    };
    const { images } = (await resolve(['--set', 'images.c=[node, c.js]'], { files })).draft;
    expect(images).toEqual({ a: ['one'], b: ['three', '4'], 'my.registry/app:1': ['x'], c: ['node', 'c.js'] });
  });

  it('reports every problem of files and environment at once, with its place', async () => {
    const text = `${HEAD}kubernetesVersion: 1.36
hpa:
  min: -1
  mx: 5
  target: 0
  scaleDownWindow: 2h
queue:
  kind: rabbit
consumer: 5
syncPeriod: 15
imagess: {}
images: {a: [1]}
`;
    expect(await whyRefused([], { files: { [file]: text }, env: { METRICS_LAB_MAX: 'x' } })).toMatchInlineSnapshot(`
      "ML-USAGE-CONFIG
      metrics-lab.yaml:3:20: kubernetesVersion: expected a version in quotes such as "1.36.3", got 1.36
      metrics-lab.yaml:5:8: hpa.min: expected a whole number from 0 to 1000, got -1
      metrics-lab.yaml:6:3: unknown key "mx" in hpa; the nearest ones are: max, min, target
      metrics-lab.yaml:7:11: hpa.target: expected a quantity above zero such as 2, 1500m or 16Gi, got 0
      metrics-lab.yaml:10:9: queue.kind: expected one of redis, redis-stream, beanstalkd, got "rabbit"
      metrics-lab.yaml:11:11: consumer: expected a mapping, got 5
      metrics-lab.yaml:12:13: syncPeriod: expected a duration with a unit such as 500ms, 15s or 1m30s, got 15
      metrics-lab.yaml:13:1: unknown key "imagess"; the nearest ones are: images, nodes, backend
      metrics-lab.yaml:14:14: images.a.0: expected a command line as a list of words, got 1
      METRICS_LAB_MAX cannot be "x": expected a whole number from 1 to 1000"
    `);
  });

  it.each([
    ['syntax', 'a: [', 'ML-USAGE-CONFIG\nmetrics-lab.yaml:1:5: Flow sequence'],
    ['the same key twice', `${HEAD}lab: a\nlab: b`, 'metrics-lab.yaml:4:1: Map keys must be unique'],
    ['two documents', `${HEAD}---\n${HEAD}`, 'metrics-lab.yaml:3:1: Source contains multiple documents'],
    ['nothing in it', '', 'metrics-lab.yaml:1:1: apiVersion: expected metricslab.dev/v1, got nothing'],
    ['a list', '- a', 'metrics-lab.yaml:1:1: expected a mapping, got ["a"]'],
    [
      'another version',
      'apiVersion: v2\nkind: Lab',
      'metrics-lab.yaml:1:13: apiVersion: expected metricslab.dev/v1, got "v2"',
    ],
    [
      'a zero where the parser alone knows',
      `${HEAD}hpa: {target: "0"}`,
      'metrics-lab.yaml:3:15: hpa.target cannot be "0"',
    ],
    ['control characters', `${HEAD}lab: "a\\e[2J"`, 'metrics-lab.yaml:3:6: lab: expected at most 40'],
    ['a bad queue name', `${HEAD}queue: {name: "a b"}`, '"a b" is not a queue name'],
    ['a window too long', `${HEAD}hpa: {scaleDownWindow: 2h}`, 'Kubernetes takes whole seconds up to 1h'],
    ['deep nesting', `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'metrics-lab.yaml'],
    ['too many aliases', bomb(), 'metrics-lab.yaml'],
    ['a megabyte', `${HEAD}# ${'x'.repeat(1_000_000)}`, 'larger than 64 KiB'],
  ])('a file with %s is refused', async (_, text, expected) => {
    const why = await whyRefused([], { files: { [file]: text } });
    expect(why).toContain('ML-USAGE-CONFIG\n');
    expect(why).toContain(expected);
  });

  it.each([
    ['--set hpa.mix=2', 'there is no setting "hpa.mix"; the nearest ones are: hpa.max, hpa.min'],
    ['--set hpa.max', 'there is no path, "=" and value in it'],
    ['--set hpa.max=3 --max 4', '--max was given too, and is the same setting'],
    ['--set images.a=node', 'a program is a list of words'],
    ['--set hpa.max=0', 'expected a whole number from 1 to 1000'],
    ['--set syncPeriod=15', 'the unit is missing'],
    ['--min 5 --max 4', 'hpa.min is 5 (--min), more than hpa.max, which is 4 (--max)'],
    ['--queue-url redis://:secret@h', 'everybody on this machine can read command lines'],
    ['--set queue.url=redis://u:secret@h', 'everybody on this machine can read command lines'],
    ['--queue-url http://h', 'redis:'],
    ['--queue beanstalkd --queue-url redis://h', 'beanstalkd://'],
  ])('"%s" is refused', async (line, expected) => {
    const { code, stderr } = await refused(line.split(' '));
    expect(code).toBe(2);
    expect(JSON.parse(stderr).error.why).toContain(expected);
    expect(stderr).not.toContain('secret');
  });

  it.each([
    ['--backend kind --bin-dir x', '--bin-dir', 'native'],
    ['--backend context --sync-period 1s', '--sync-period', 'embedded, native, kind, minikube'],
    ['--backend native --context x', '--context', 'context'],
    ['--kubeconfig x', '--kubeconfig', 'context'],
  ])('"%s" is refused: the backend does not use it', async (line, flag, users) => {
    const { error } = JSON.parse((await refused(line.split(' '))).stderr);
    expect(error.id).toBe('ML-USAGE-BACKEND-FLAG');
    expect(error.title).toContain(flag);
    expect(error.why).toContain(`backends that use it: ${users}`);
  });

  it('checks flags again when it is known what auto means', async () => {
    const settings = await resolve(['--bin-dir', 'x']);
    settings.checkFlags({ backend: 'native', pipeline: 'queue' });
    expect(() => settings.checkFlags({ backend: 'kind', pipeline: 'queue' })).toThrow('--bin-dir');
  });

  it.each([
    ['--pipeline http --queue redis', '--queue', 'queue, prometheus'],
    ['--pipeline test --queue-url redis://h', '--queue-url', 'queue, prometheus'],
    ['--pipeline http --max-attempts 2', '--max-attempts', 'queue, prometheus'],
    ['--pipeline test --set queue.name=a', '--set queue.name', 'queue, prometheus'],
    ['--pipeline test --service-time 1s', '--service-time', 'queue, prometheus, http'],
    ['--pipeline test --start-delay 1s', '--start-delay', 'queue, prometheus, http'],
    ['--pipeline test --failure-rate 0.5', '--failure-rate', 'queue, prometheus, http'],
  ])('"%s" is refused: the pipeline does not use it', async (line, flag, users) => {
    const { code, stderr } = await refused(line.split(' '));
    expect(code).toBe(2);
    const { error } = JSON.parse(stderr);
    expect(error.id).toBe('ML-USAGE-PIPELINE-FLAG');
    expect(error.title).toContain(`The flag ${flag} means`);
    expect(error.why).toContain(`pipelines that use it: ${users}`);
  });

  it('takes a setting of another pipeline from files and environment: they are for more than one lab', async () => {
    const { draft } = await resolve(['--pipeline', 'test'], { env: { METRICS_LAB_QUEUE: 'beanstalkd' } });
    expect(draft.pipeline).toBe('test');
  });

  it('checks flags again when it is known what pipeline the lab has', async () => {
    const settings = await resolve(['--queue', 'redis']);
    settings.checkFlags({ backend: 'native', pipeline: 'prometheus' });
    expect(() => settings.checkFlags({ backend: 'native', pipeline: 'http' })).toThrow('--queue');
  });

  it('may have a password from environment or file, and never show it', async () => {
    const settings = await resolve([], { env: { METRICS_LAB_QUEUE_URL: 'redis://:pw@h:1' } });
    expect(settings.draft.queue.url).toBe('redis://:pw@h:1');
    expect(JSON.stringify(settings.entries)).not.toContain('pw');
  });
});

describe('the table of settings', () => {
  it('has the paths of the lab file', () => {
    expect(schemaPaths(labFileJsonSchema()).sort()).toEqual(
      ['apiVersion', 'kind', IMAGES, ...FIELDS.map(({ path }) => path)].sort(),
    );
  });

  it('has flags with known paths only, each once', () => {
    const paths = FIELDS.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    expect((UP.flags ?? []).flatMap(({ setting = [] }) => setting).filter((path) => !paths.includes(path))).toEqual([]);
  });

  it('has defaults that a lab file may contain', () => {
    const lines = FIELDS.filter(({ path, fallback }) => fallback !== undefined && !path.includes('.'));
    const text = HEAD + lines.map(({ path, fallback }) => `${path}: ${fallback}\n`).join('');
    expect(parseLabFile(text, 'f').problems).toEqual([]);
  });
});

function schemaPaths(schema: object, prefix = ''): string[] {
  const properties: Record<string, object> =
    'properties' in schema ? (schema.properties as Record<string, object>) : {};
  return Object.entries(properties).flatMap(([name, child]) =>
    'properties' in child ? schemaPaths(child, `${prefix}${name}.`) : [prefix + name],
  );
}

/** Nine lines that stand for a billion values. */
function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 9; level += 1) {
    lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
  }
  return lines.join('\n');
}
