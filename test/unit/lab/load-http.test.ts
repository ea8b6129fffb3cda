import { describe, expect, it } from 'vitest';
import type { ClusterHandle } from '../../../src/contracts/backend.ts';
import type { HttpLoadRequest, HttpLoadResult } from '../../../src/contracts/http-load.ts';
import type { KubeClient } from '../../../src/contracts/kube-client.ts';
import type { LabSpec } from '../../../src/contracts/lab-spec.ts';
import { labPaths, writeRecord } from '../../../src/lab/lab-store.ts';
import { loadHttp } from '../../../src/lab/load-http.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { RecordingIo } from '../../helpers/recording-io.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { SPEC } from './lab-spec.ts';

const RESULT: HttpLoadResult = {
  end: 'complete',
  seconds: 10,
  sent: 100,
  answered: 100,
  answeredPerSecond: 10,
  statuses: { 200: 100 },
  errors: 0,
  timeouts: 0,
  latencyMs: null,
};
const CLUSTER: ClusterHandle = {
  backend: 'native',
  kubeconfig: '/kubeconfig',
  context: 'lab',
  server: 'https://127.0.0.1:1',
  kubernetesVersion: '1.36.3',
  architecture: 'amd64',
  podsRunAs: 'processes',
  scaleToZero: true,
};

describe('load http', () => {
  const annotated = { 'metricslab.dev/local-address': '127.0.0.1:4711' };

  /** A load on a lab of this spec, whose Service has these annotations; undefined: there is no Service. */
  async function load(
    spec: Partial<LabSpec>,
    more: { rps?: number; connections?: number; cluster?: false; annotations?: object | undefined } = {},
  ) {
    using dir = tempDir();
    const paths = labPaths(dir.path, 'lab');
    nodeFiles.ensureDir(paths.dir);
    const { rps = 50, connections } = more;
    const annotations = 'annotations' in more ? more.annotations : annotated;
    writeRecord(nodeFiles, paths, {
      apiVersion: 'metricslab.dev/v1',
      kind: 'LabState',
      createdAt: '2026-01-01T00:00:00.000Z',
      spec: { ...SPEC, ...spec },
      ports: {},
      complete: true,
      ...(more.cluster === false ? {} : { cluster: CLUSTER }),
    });
    const asked: HttpLoadRequest[] = [];
    let closed = 0;
    const client: Pick<KubeClient, 'find' | 'close'> = {
      find: async () => (annotations === undefined ? undefined : { metadata: { annotations } }),
      close: () => void (closed += 1),
    };
    const ports = {
      files: nodeFiles,
      labsDir: dir.path,
      client: () => client as KubeClient,
      io: new RecordingIo(),
      signal: new AbortController().signal,
      httpLoad: async (request: HttpLoadRequest) => {
        asked.push(request);
        request.onProgress(3);
        return RESULT;
      },
    };
    const count = connections === undefined ? {} : { connections };
    const outcome = await loadHttp(ports, { lab: 'lab', requestsPerSecond: rps, seconds: 10, ...count }).then(
      (result) => result,
      (error: unknown) => error,
    );
    return { outcome, asked, closed, events: ports.io.events };
  }

  it('goes to the Service of the web target, with progress', async () => {
    const { outcome, asked, closed, events } = await load({ pipeline: 'http' });
    expect(asked).toMatchObject([
      { url: 'http://127.0.0.1:4711/', requestsPerSecond: 50, seconds: 10, connections: 10 },
    ]);
    expect(outcome).toEqual({
      lab: 'lab',
      url: 'http://127.0.0.1:4711/',
      requestsPerSecond: 50,
      connections: 10,
      ...RESULT,
    });
    expect(events).toEqual([{ type: 'progress', label: 'sending requests', done: 3, total: 10 }]);
    expect(closed).toBe(1);
  });

  it.each([
    [1, undefined, 1],
    [7, undefined, 7],
    [50, undefined, 10],
    [500, undefined, 100],
    [90_000, undefined, 1_000],
    [50, 200, 50],
    [500, 3, 3],
  ])('%i requests per second and %s wanted connections are %i connections', async (rps, wanted, connections) => {
    const { asked } = await load(
      { pipeline: 'http' },
      { rps, ...(wanted === undefined ? {} : { connections: wanted }) },
    );
    expect(asked).toMatchObject([{ connections }]);
  });

  it.each([
    ['ML-LOAD-PIPELINE', { pipeline: 'queue' }, {}],
    ['ML-LOAD-PIPELINE', { pipeline: 'http', bare: true }, {}],
    ['ML-LOAD-TARGET', { pipeline: 'http' }, { cluster: false }],
    ['ML-LOAD-TARGET', { pipeline: 'http' }, { annotations: undefined }],
    ['ML-LOAD-TARGET', { pipeline: 'http' }, { annotations: {} }],
  ] as const)('%s: %j %j', async (id, spec, more) => {
    const { outcome, asked } = await load(spec, more);
    expect(outcome).toMatchObject({ id });
    expect(asked).toEqual([]);
  });
});
