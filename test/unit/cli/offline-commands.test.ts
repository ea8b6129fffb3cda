import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseLabFile } from '../../../src/cli/settings/lab-file.ts';
import { REGISTRY } from '../../../src/errors/registry.ts';
import { runCli } from './run-cli.ts';

const files = {
  '/proj/metrics-lab.yaml': 'apiVersion: metricslab.dev/v1\nkind: Lab\nhpa: {min: 0}\nimages: {my.app: [node]}\n',
};

describe('config view', () => {
  it('prints a lab file with every value', async () => {
    const { code, stdout, stderr } = await runCli(['config', 'view', '--set', 'hpa.max=3'], { files });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "apiVersion: metricslab.dev/v1
      kind: Lab
      lab: lab
      namespace: metrics-lab
      backend: auto
      syncPeriod: 15s
      apiPort: 0
      nodes: 1
      node:
        pods: 110
        cpu: "8"
        memory: 16Gi
      pipeline: queue
      hpa:
        min: 0
        max: 3
        target: "2"
        scaleDownWindow: 5m
      queue:
        kind: redis
        name: jobs
      consumer:
        serviceTime: 1s
        startDelay: 0s
        failureRate: 0
        maxAttempts: 5
      images:
        my.app:
          - node
      "
    `);
    expect(parseLabFile(stdout, 'f').problems).toEqual([]);
  });

  it('is the same document as YAML and JSON', async () => {
    const [text, yaml, json] = await Promise.all(
      [[], ['-o', 'yaml'], ['-o', 'json']].map((flags) => runCli(['config', 'view', ...flags], { files })),
    );
    expect(parse(yaml?.stdout ?? '')).toEqual(parse(text?.stdout ?? ''));
    expect(JSON.parse(json?.stdout ?? '')).toEqual(parse(text?.stdout ?? ''));
  });

  it('says where values come from', async () => {
    const env = { METRICS_LAB_QUEUE_URL: 'redis://:pw@h' };
    const { stdout } = await runCli(['config', 'view', '--origin'], { files, env });
    expect(stdout).toMatchInlineSnapshot(`
      "SETTING               VALUE          ORIGIN
      lab                   lab            default
      namespace             metrics-lab    default
      backend               auto           default
      syncPeriod            15s            default
      apiPort               0              default
      nodes                 1              default
      node.pods             110            default
      node.cpu              8              default
      node.memory           16Gi           default
      pipeline              queue          default
      hpa.min               0              metrics-lab.yaml:3:12
      hpa.max               20             default
      hpa.target            2              default
      hpa.scaleDownWindow   5m             default
      queue.kind            redis          default
      queue.url             redis://***@h  env METRICS_LAB_QUEUE_URL
      queue.name            jobs           default
      consumer.serviceTime  1s             default
      consumer.startDelay   0s             default
      consumer.failureRate  0              default
      consumer.maxAttempts  5              default
      images.my.app         ["node"]       metrics-lab.yaml:4:18
      "
    `);
  });
});

describe('config path', () => {
  it('lists the places', async () => {
    expect((await runCli(['config', 'path'])).stdout).toMatchInlineSnapshot(`
      "WHAT    PATH                                       EXISTS
      config  /home/ann/.config/metrics-lab/config.yaml  no
      labs    /home/ann/.local/state/metrics-lab/labs    no
      runs    /home/ann/.local/share/metrics-lab/runs    no
      cache   /home/ann/.cache/metrics-lab               no
      "
    `);
    const { stdout } = await runCli(['config', 'path', '-o', 'name'], { env: { METRICS_LAB_HOME: '/x' } });
    expect(stdout).toBe('/x/config.yaml\n/x/labs\n/x/runs\n/x/cache\n');
  });
});

describe('config validate', () => {
  it('checks a file, stdin, or what would be read', async () => {
    expect(await runCli(['config', 'validate'], { files })).toEqual({
      code: 0,
      stdout: 'metrics-lab.yaml: valid\n',
      stderr: '',
    });
    const stdin = 'kind: Lab\n';
    const piped = await runCli(['config', 'validate', '-'], { files, stdin });
    expect(piped.code).toBe(2);
    expect(piped.stderr).toContain('stdin:1:1: apiVersion: expected metricslab.dev/v1, got nothing');
  });

  it('says so when there is nothing to check', async () => {
    expect(await runCli(['config', 'validate'])).toEqual({ code: 0, stdout: '', stderr: 'No lab files found\n' });
    expect(await runCli(['config', 'validate', '-q'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('works although the files are broken', async () => {
    const broken = { '/proj/metrics-lab.yaml': 'a: [' };
    expect((await runCli(['config', 'path'], { files: broken })).code).toBe(0);
    expect((await runCli(['version'], { files: broken })).code).toBe(0);
    expect((await runCli(['config', 'view'], { files: broken })).code).toBe(2);
  });
});

describe('explain error', () => {
  it('explains one, in any case of letters', async () => {
    const { code, stdout } = await runCli(['explain', 'error', 'ml-lab-changed']);
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "ML-LAB-CHANGED  (exit code 5, conflict)

        what   Lab "{lab}" exists with another configuration
        why    these fields need a new cluster: {fields}
        do     1. make it anew (everything in it is lost) with \`metrics-lab up --lab {lab} --recreate\`
        fault  what was typed or configured
        retry  the same command will fail again

      Words in braces are filled in when it happens.
      "
    `);
  });

  it('lists all', async () => {
    const { stdout } = await runCli(['explain', 'error', '-o', 'name']);
    expect(stdout.trim().split('\n')).toEqual(Object.keys(REGISTRY).sort());
    const { items } = JSON.parse((await runCli(['explain', 'error', '-o', 'json'])).stdout);
    expect(items).toHaveLength(Object.keys(REGISTRY).length);
  });

  it('names the nearest', async () => {
    const { code, stderr } = await runCli(['explain', 'error', 'ML-LOCK']);
    expect(code).toBe(2);
    expect(stderr).toContain('the nearest ones are: ML-LOCK-HELD');
  });
});

describe('version', () => {
  it('names the versions', async () => {
    const { stdout } = await runCli(['version', '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'Version', version: '1.2.3', node: '24.0.0' });
  });
});
