import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realClock } from '../../../src/platform/clock.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { parseSourceConfig } from '../../../src/sources/config.ts';
import { openSource } from '../../../src/sources/open-source.ts';
import { buildKedaScaler, haveGo } from '../../helpers/keda-scaler.ts';
import { MetricsServerProcess } from '../../helpers/metrics-server-process.ts';
import { testPair } from '../../helpers/test-pki.ts';

interface Answer {
  readonly call: string;
  readonly code: string;
  readonly message: string;
  readonly answer?: unknown;
}

const TOKEN = 'write-token';

describe.skipIf(!haveGo())("the metrics server as KEDA's external scaler, asked by KEDA's own code", () => {
  const dir = mkdtempSync(join(tmpdir(), 'external-scaler-'));
  const file = (name: string) => join(dir, name);
  const ca = testPair({ subject: [['CN', 'ca']], ca: true });
  const other = testPair({ subject: [['CN', 'ca']], ca: true });
  let program: string;
  let server: MetricsServerProcess;
  let address: string;

  const write = async (value: string, labels: string) => {
    const answer = await fetch(`${server.writeUrl}/write-metrics/external/namespaces/shop/queue?labels=${labels}`, {
      method: 'POST',
      body: JSON.stringify(value),
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(200);
  };
  /** What KEDA's client was told, call by call; `onStream` runs after the first word of the stream. */
  const ask = async (scalerMetadata: object, { pair = 'keda', namespace = 'shop', onStream = async () => {} } = {}) => {
    const ref = JSON.stringify({ name: 'orders', namespace, scalerMetadata });
    const args = ['ask', address, file('ca.crt'), file(`${pair}.crt`), file(`${pair}.key`), ref];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const answers: Answer[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      answers.push(JSON.parse(line) as Answer);
      if (answers.length === 4) await onStream();
    }
    return answers;
  };

  beforeAll(async () => {
    program = buildKedaScaler(dir);
    const pairs = {
      ca,
      serving: testPair({ subject: [['CN', 'localhost']], issuer: ca }),
      keda: testPair({ subject: [['CN', 'keda']], issuer: ca }),
      nobody: testPair({ subject: [['CN', 'nobody']], issuer: ca }),
      stranger: testPair({ subject: [['CN', 'keda']], issuer: other }),
    };
    for (const [name, pair] of Object.entries(pairs)) {
      writeFileSync(file(`${name}.crt`), pair.cert);
      writeFileSync(file(`${name}.key`), pair.key, { mode: 0o600 });
    }
    writeFileSync(file('token'), TOKEN, { mode: 0o600 });
    server = await MetricsServerProcess.start(dir, {
      standalone: { requestHeaderCaFile: file('ca.crt') },
      serving: { certFile: file('serving.crt'), keyFile: file('serving.key') },
      write: { tokenFile: file('token') },
      externalScaler: { clientCaFile: file('ca.crt'), allowedNames: ['keda'] },
    });
    address = /scaler=(\S+)/.exec(server.lines.join('\n'))?.[1] ?? '';
  }, 180_000);
  afterAll(async () => {
    expect(await server.close()).toBe(0);
    rmSync(dir, { recursive: true, force: true });
  });

  it('answers all four calls; a stream tells the change', async () => {
    await write('1500m', 'queue=a');
    await write('2', 'queue=b');
    await write('100', 'queue=c');
    const trigger = {
      scalerAddress: address,
      metric: 'queue',
      selector: 'queue in (a,b)',
      target: '5',
      activation: '3',
    };
    expect(await ask(trigger, { onStream: () => write('1', 'queue=b') })).toMatchObject([
      { call: 'GetMetricSpec', answer: [{ metricName: 'queue', targetSize: 5, targetSizeFloat: 5 }] },
      { call: 'GetMetrics', answer: [{ metricName: 'queue', metricValue: 4, metricValueFloat: 3.5 }] },
      { call: 'IsActive', answer: true },
      { call: 'StreamIsActive', answer: true },
      { call: 'StreamIsActive', answer: false },
    ]);
  });

  it.each([
    [{ metric: 'nothing' }, {}, 'NotFound', 'no series of nothing'],
    [{ metric: 'queue' }, { namespace: 'other' }, 'NotFound', 'no series of queue in other'],
    [{ metric: 'queue', selector: 'a in' }, {}, 'InvalidArgument', 'scalerMetadata.selector'],
    [{ metric: 'queue', target: '0' }, {}, 'InvalidArgument', 'scalerMetadata.target: must be more than 0'],
    [{ metric: 'queue', activation: 'much' }, {}, 'InvalidArgument', 'scalerMetadata.activation'],
    [{}, {}, 'InvalidArgument', 'scalerMetadata.metric'],
    [{ metric: 'queue' }, { pair: 'nobody' }, 'PermissionDenied', 'the certificate of nobody'],
    [{ metric: 'queue' }, { pair: 'stranger' }, 'Unavailable', ''],
  ])('%j asked with %j is %s', async (metadata, how, code, text) => {
    const answers = await ask(metadata, how);
    const [isActive, ...rest] = answers.filter(({ call }) => call.endsWith('IsActive'));
    expect(isActive).toMatchObject({ code, message: expect.stringContaining(text) });
    expect(rest).toMatchObject([{ call: 'StreamIsActive', code }]);
  });

  it('is a source of ours as well', async () => {
    await write('4', 'queue=own');
    const source = openSource(
      parseSourceConfig({
        type: 'external-grpc',
        address,
        scaledObject: { namespace: 'shop' },
        metadata: { metric: 'queue', selector: 'queue=own' },
        tls: { caFile: file('ca.crt'), certFile: file('keda.crt'), keyFile: file('keda.key') },
      }),
      { clock: realClock, readFile: nodeFiles.readText },
    );
    expect(await source.read(new AbortController().signal)).toMatchObject([
      { value: '4', labels: { metric: 'queue' } },
    ]);
    await source.close();
  });
});
