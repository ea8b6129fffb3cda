import type { Server, ServerCredentials, ServerUnaryCall, ServerWritableStream, ServiceError } from '@grpc/grpc-js';
import type { Clock } from '../../contracts/clock.ts';
import { describe, LabError } from '../../errors/lab-error.ts';
import { scalerService } from '../../sources/external-grpc/protocol.ts';
import type { ServingPair } from '../http/api-server.ts';
import type { ExternalMetricsProvider } from '../provider.ts';
import { type Refusal, ScalerAnswers } from './answers.ts';

export interface ExternalScalerOptions {
  readonly host: string;
  readonly port: number;
  readonly serving: ServingPair;
  /** PEM; whoever asks must have a certificate of it. */
  readonly clientCa: string;
  /** Common names of the certificates that may ask; empty = all of that CA. */
  readonly allowedNames: readonly string[];
  readonly provider: ExternalMetricsProvider;
  readonly clock: Clock;
}

export interface RunningScaler {
  readonly port: number;
  close(): void;
}

/** How often a stream looks for a change. */
const STREAM_MS = 1_000;
const MAX_STREAMS = 1_000;

type Unary = ServerUnaryCall<object, object>;
type Stream = ServerWritableStream<object, object>;
type Failure = Partial<ServiceError>;

/** Offers the external metrics as KEDA's ExternalScaler. Raises ML-METRICS-LISTEN. */
export async function serveScaler(options: ExternalScalerOptions): Promise<RunningScaler> {
  const { grpc, service } = await scalerService();
  const answers = new ScalerAnswers(options.provider);
  const failureOf = (error: unknown): Failure => {
    const code = error instanceof LabError && error.id === 'ML-METRIC-SCALER' ? error.params['code'] : 'UNAVAILABLE';
    return { code: grpc.status[code as Refusal], details: describe(error) };
  };
  const denied = (call: Unary | Stream): Failure | undefined => {
    const name = call.getAuthContext()?.sslPeerCertificate?.subject.CN;
    if (options.allowedNames.length === 0 || options.allowedNames.some((allowed) => allowed === name)) return undefined;
    return { code: grpc.status.PERMISSION_DENIED, details: `the certificate of ${String(name)} may not ask here` };
  };
  const unary =
    (answer: (request: object) => Promise<object>) =>
    (call: Unary, done: (error: Failure | null, reply?: object) => void): void => {
      const no = denied(call);
      if (no !== undefined) return done(no);
      answer(call.request).then(
        (reply) => done(null, reply),
        (error: unknown) => done(failureOf(error)),
      );
    };
  const stream = async (call: Stream): Promise<void> => {
    const failure = denied(call) ?? (await follow(call, answers, options.clock).then(() => undefined, failureOf));
    if (failure === undefined) call.end();
    else call.emit('error', failure);
  };

  const server = new grpc.Server({ 'grpc.max_concurrent_streams': MAX_STREAMS });
  server.addService(service, {
    IsActive: unary(async (ref) => ({ result: await answers.isActive(ref) })),
    GetMetricSpec: unary(async (ref) => answers.metricSpec(ref)),
    GetMetrics: unary((request) => answers.metrics(request)),
    StreamIsActive: (call: Stream) => void stream(call),
  });
  const { cert, key } = options.serving;
  const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) };
  const credentials = grpc.ServerCredentials.createSsl(Buffer.from(options.clientCa), [pair], true);
  return { port: await bound(server, options, credentials), close: () => server.forceShutdown() };
}

function bound(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
  credentials: ServerCredentials,
): Promise<number> {
  const address = `${host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, listening) => {
      if (error === null) resolve(listening);
      else reject(new LabError('ML-METRICS-LISTEN', { address, reason: error.message }, { cause: error }));
    });
  });
}

/** Says at once whether the object is active, and at each change, until the client leaves. */
async function follow(call: Stream, answers: ScalerAnswers, clock: Clock): Promise<void> {
  const gone = new AbortController();
  for (const event of ['cancelled', 'close']) call.on(event, () => gone.abort());
  let before: boolean | undefined;
  while (!call.cancelled && !gone.signal.aborted) {
    const result = await answers.isActive(call.request);
    if (result !== before) call.write({ result });
    before = result;
    await clock.sleep(STREAM_MS, gone.signal).catch(() => gone.signal.aborted);
  }
}
