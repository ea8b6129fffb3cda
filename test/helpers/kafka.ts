import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../src/platform/free-port.ts';
import { havePrograms } from './prometheus.ts';
import { testPair } from './test-pki.ts';

const RIG = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'metrics-lab-rig');

/** Neither program runs long: starting with little work counts for more than fast code later. */
const JVM = ['-Xmx384m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/** The folder with the broker's jars, as scripts/kafka.sh makes it. */
function jars(): string | undefined {
  const found = existsSync(RIG) ? readdirSync(RIG).filter((name) => /^kafka-[\d.]+$/.test(name)) : [];
  const newest = found.sort().at(-1);
  return newest === undefined ? undefined : join(RIG, newest);
}

/** Whether the real broker is there. With METRICS_LAB_REQUIRE_REAL=1 a missing one is a failure, else it is said loudly. */
export function haveKafka(): boolean {
  if (jars() !== undefined) return havePrograms('java');
  const text = 'no Kafka broker: run bash scripts/kafka.sh';
  if (process.env['METRICS_LAB_REQUIRE_REAL'] === '1') throw new Error(text);
  console.warn(`SKIPPED: ${text}`);
  return false;
}

/** The real Kafka broker (KRaft) in a temporary folder: a plain listener, one with SASL, one with TLS, one that wants a client certificate. */
export class TestKafka {
  readonly dir: string;
  readonly plain: string;
  readonly sasl: string;
  readonly tls: string;
  readonly mutualTls: string;
  readonly caFile: string;
  readonly #child: ChildProcess;
  static readonly login = { username: 'reader', password: 's3cret' };

  private constructor(dir: string, ports: readonly number[], child: ChildProcess) {
    this.dir = dir;
    const addresses = ports.map((port) => `127.0.0.1:${port}`) as [string, string, string, string];
    [this.plain, this.sasl, this.tls, this.mutualTls] = addresses;
    this.caFile = join(dir, 'ca.crt');
    this.#child = child;
  }

  static async start(): Promise<TestKafka> {
    const dir = mkdtempSync(join(tmpdir(), 'kafka-'));
    const ports = [await freePort(), await freePort(), await freePort(), await freePort(), await freePort()];
    const ca = testPair({ subject: [['CN', 'test ca']], ca: true });
    const serving = testPair({ subject: [['CN', '127.0.0.1']], issuer: ca });
    writeFileSync(join(dir, 'ca.crt'), ca.cert);
    writeFileSync(join(dir, 'serving.pem'), `${serving.key}${serving.cert}`, { mode: 0o600 });
    for (const [name, issuer] of [
      ['client', ca],
      ['stranger', testPair({ subject: [['CN', 'other ca']], ca: true })],
    ] as const) {
      const pair = testPair({ subject: [['CN', name]], issuer });
      writeFileSync(join(dir, `${name}.crt`), pair.cert);
      writeFileSync(join(dir, `${name}.key`), pair.key, { mode: 0o600 });
    }
    const config = join(dir, 'server.properties');
    writeFileSync(config, properties(dir, ports));
    const classPath = join(jars() ?? '', '*');
    const { username, password } = TestKafka.login;
    const scrams = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].map((kind) => `${kind}=[name=${username},password=${password}]`);
    const tool = ['-cp', classPath, 'kafka.tools.StorageTool', 'format', '-t', 'bWV0cmljcy1sYWIta2Fma2', '-c', config];
    execFileSync('java', [...JVM, ...tool, ...scrams.flatMap((scram) => ['--add-scram', scram])], { stdio: 'pipe' });
    const logFile = join(dir, 'kafka.log');
    const log = openSync(logFile, 'a');
    const child = spawn('java', [...JVM, '-cp', classPath, 'kafka.Kafka', config], { stdio: ['ignore', log, log] });
    const kafka = new TestKafka(dir, ports, child);
    while (!(await answers(kafka.plain))) {
      if (child.exitCode !== null) throw new Error(readFileSync(logFile, 'utf8').slice(-3_000));
      await delay(200);
    }
    return kafka;
  }

  /** Files of a certificate that the broker's CA signed (`client`) or another one (`stranger`). */
  pairFiles(name: 'client' | 'stranger'): { readonly certFile: string; readonly keyFile: string } {
    return { certFile: join(this.dir, `${name}.crt`), keyFile: join(this.dir, `${name}.key`) };
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Whether it tells its topics. */
async function answers(broker: string): Promise<boolean> {
  const { Admin } = await import('@platformatic/kafka');
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker], retries: 0, connectTimeout: 1_000 });
  try {
    await admin.listTopics();
    return true;
  } catch {
    return false; // not yet
  } finally {
    await admin.close();
  }
}

function properties(dir: string, [plain, sasl, tls, mutualTls, controller]: readonly number[]): string {
  const { username, password } = TestKafka.login;
  const jaas = 'org.apache.kafka.common.security';
  const lines = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAIN',
    listeners: `PLAIN://127.0.0.1:${plain},LOGIN://127.0.0.1:${sasl},TLS://127.0.0.1:${tls},MUTUAL://127.0.0.1:${mutualTls},CONTROLLER://127.0.0.1:${controller}`,
    'listener.security.protocol.map': 'PLAIN:PLAINTEXT,LOGIN:SASL_PLAINTEXT,TLS:SSL,MUTUAL:SSL,CONTROLLER:PLAINTEXT',
    'listener.name.login.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.login.plain.sasl.jaas.config': `${jaas}.plain.PlainLoginModule required user_${username}="${password}";`,
    'listener.name.login.scram-sha-256.sasl.jaas.config': `${jaas}.scram.ScramLoginModule required;`,
    'listener.name.login.scram-sha-512.sasl.jaas.config': `${jaas}.scram.ScramLoginModule required;`,
    'listener.name.tls.ssl.keystore.type': 'PEM',
    'listener.name.tls.ssl.keystore.location': join(dir, 'serving.pem'),
    'listener.name.mutual.ssl.keystore.type': 'PEM',
    'listener.name.mutual.ssl.keystore.location': join(dir, 'serving.pem'),
    'listener.name.mutual.ssl.truststore.type': 'PEM',
    'listener.name.mutual.ssl.truststore.location': join(dir, 'ca.crt'),
    'listener.name.mutual.ssl.client.auth': 'required',
    'log.dirs': join(dir, 'data'),
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'auto.create.topics.enable': false,
  };
  return Object.entries(lines)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
