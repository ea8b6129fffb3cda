import { describe, expect, it } from 'vitest';
import { type ConfigReader, containerEnv } from '../../../src/minicluster/node/env.ts';
import { expand } from '../../../src/minicluster/node/expand.ts';
import { commandLine, programOf } from '../../../src/minicluster/node/images.ts';
import { podOf } from './fixture.ts';

describe('expansion of variables', () => {
  it.each([
    ['$(A)', '1'],
    ['x$(A)$(B)y', 'x12y'],
    ['$(NONE)', '$(NONE)'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$1'],
    ['$A ${A} $', '$A ${A} $'],
    ['$(A', '$(A'],
  ])('%s', (text, expected) => expect(expand(text, { A: '1', B: '2' })).toBe(expected));
});

describe('the environment of a container', () => {
  const reader: ConfigReader = {
    secret: async (_namespace, name) => (name === 'keys' ? { password: 's3cret' } : undefined),
    configMap: async (_namespace, name) => (name === 'settings' ? { colour: 'blue' } : undefined),
  };
  const facts = { podIP: '10.244.0.2', hostIP: '127.0.0.1', allocatable: { cpu: '4', memory: '1Gi' } };
  const envOf = (container: Readonly<Record<string, unknown>>) => {
    const spec = { nodeName: 'node-1', containers: [{ name: 'main', image: 'i', ...container }] };
    const pod = podOf(spec, { labels: { app: 'web' } });
    const [first] = pod.spec.containers;
    if (first === undefined) throw new Error('no container');
    return containerEnv(pod, first, facts, reader);
  };
  const from = (valueFrom: object) => ({ env: [{ name: 'X', valueFrom }] });

  it('puts envFrom first, lets env win, and sees what came before', async () => {
    const envFrom = [{ prefix: 'P_', configMapRef: { name: 'settings' } }, { secretRef: { name: 'keys' } }];
    const env = [
      { name: 'password', value: 'mine' },
      { name: 'URL', value: 'x://$(password)@$(LATER)/$(P_colour)' },
      { name: 'LATER', value: 'l' },
    ];
    expect(await envOf({ envFrom, env })).toEqual({
      ok: true,
      env: { P_colour: 'blue', password: 'mine', URL: 'x://mine@$(LATER)/blue', LATER: 'l' },
    });
  });

  it.each([
    ['metadata.name', 'web'],
    ['metadata.namespace', 'default'],
    ['metadata.uid', 'u1'],
    ["metadata.labels['app']", 'web'],
    ["metadata.annotations['none']", ''],
    ['spec.nodeName', 'node-1'],
    ['status.podIP', '10.244.0.2'],
    ['status.hostIP', '127.0.0.1'],
  ])('field %s', async (fieldPath, value) => {
    expect(await envOf(from({ fieldRef: { fieldPath } }))).toEqual({ ok: true, env: { X: value } });
  });

  it.each([
    ['limits.cpu', undefined, '4'],
    ['requests.cpu', '1m', '250'],
    ['limits.memory', '1Mi', '1024'],
    ['requests.memory', undefined, '1000'],
  ])('resource %s over %s', async (resource, divisor, value) => {
    const resources = { requests: { cpu: '250m', memory: '1k' } };
    const ref = { resourceFieldRef: { resource, ...(divisor === undefined ? {} : { divisor }) } };
    expect(await envOf({ resources, ...from(ref) })).toEqual({ ok: true, env: { X: value } });
  });

  it.each([
    [{ secretKeyRef: { name: 'none', key: 'k' } }, 'secret "none" not found'],
    [{ secretKeyRef: { name: 'keys', key: 'k' } }, "couldn't find key k in Secret default/keys"],
    [{ configMapKeyRef: { name: 'settings', key: 'k' } }, "couldn't find key k in ConfigMap default/settings"],
    [{ fieldRef: { fieldPath: 'status.nonsense' } }, 'unsupported fieldPath: status.nonsense'],
  ])('says what is missing: %o', async (valueFrom, message) => {
    expect(await envOf(from(valueFrom))).toEqual({ ok: false, message });
  });

  it('leaves out what is optional', async () => {
    const optional = { name: 'none', key: 'k', optional: true };
    expect(await envOf(from({ secretKeyRef: optional }))).toEqual({ ok: true, env: {} });
    expect(await envOf({ envFrom: [{ configMapRef: { name: 'none', optional: true } }] })).toEqual({
      ok: true,
      env: {},
    });
    expect(await envOf({ envFrom: [{ configMapRef: { name: 'none' } }] })).toEqual({
      ok: false,
      message: 'configmap "none" not found',
    });
  });
});

describe('images', () => {
  const table = { 'lab/consumer': ['node', 'consumer.js'], 'lab/other:2': ['node', 'other.js'] };
  it.each([
    ['lab/consumer', ['node', 'consumer.js']],
    ['lab/consumer:dev', ['node', 'consumer.js']],
    ['lab/consumer@sha256:0123', ['node', 'consumer.js']],
    ['lab/other:2', ['node', 'other.js']],
    ['lab/other:3', undefined],
    ['registry:5000/lab/consumer', undefined],
    ['constructor', undefined],
  ])('%s', (image, program) => expect(programOf(table, image)).toEqual(program));

  it('takes args, and a command only when it is a known program', () => {
    const lineOf = (container: object) => {
      const [first] = podOf({ containers: [{ name: 'main', image: 'lab/consumer', ...container }] }).spec.containers;
      return first === undefined ? undefined : commandLine(table, ['node', 'consumer.js'], first, { N: '1' });
    };
    expect(lineOf({ args: ['--n=$(N)'] })).toEqual({ ok: true, argv: ['node', 'consumer.js', '--n=1'] });
    expect(lineOf({ command: ['node', 'other.js'], args: ['x'] })).toEqual({
      ok: true,
      argv: ['node', 'other.js', 'x'],
    });
    expect(lineOf({ command: ['sh', '-c', 'id'] })).toMatchObject({ ok: false });
  });
});
