import type { Client, ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { z } from 'zod';
import { LabError } from '../../errors/lab-error.ts';
import type { Certificates } from '../endpoint.ts';
import { type ScaledObjectRef, type ScalerMethod, scalerService, type ScalerService } from './protocol.ts';

const int64 = z.string().regex(/^-?\d+$/);
const Active = z.object({ result: z.boolean() });
const Specs = z.object({ metricSpecs: z.array(z.object({ metricName: z.string() })) });
export interface ScalerValue {
  readonly metricName: string;
  /** A whole number; what counts when the float is 0. */
  readonly metricValue: string;
  readonly metricValueFloat: number;
}
const Values: z.ZodType<{ readonly metricValues: readonly ScalerValue[] }> = z.object({
  metricValues: z.array(
    z.object({
      metricName: z.string(),
      metricValue: int64,
      // NaN and infinity are numbers here: the sample says what is wrong with them.
      metricValueFloat: z.custom<number>((value) => typeof value === 'number'),
    }),
  ),
});

/** One connection to an external scaler. Every question raises ML-SOURCE-GRPC, or the signal's reason when aborted. */
export class ScalerClient {
  readonly #address: string;
  readonly #client: Client;
  readonly #service: ScalerService;
  readonly #statusNames: Readonly<Record<number, string>>;
  #stream: ClientReadableStream<object> | undefined;
  /** What the stream of StreamIsActive said last; undefined while there is none. */
  pushed: boolean | undefined;

  private constructor(
    address: string,
    client: Client,
    service: ScalerService,
    names: Readonly<Record<number, string>>,
  ) {
    this.#address = address;
    this.#client = client;
    this.#service = service;
    this.#statusNames = names;
  }

  /** Connects at the first question. Without `tls` the connection is plain. */
  static async open(address: string, tls: Certificates | undefined): Promise<ScalerClient> {
    const { grpc, service } = await scalerService();
    const bytes = (text: string | undefined) => (text === undefined ? null : Buffer.from(text));
    const credentials =
      tls === undefined
        ? grpc.credentials.createInsecure()
        : grpc.credentials.createSsl(bytes(tls.ca), bytes(tls.key), bytes(tls.cert));
    const client = new grpc.Client(address, credentials, {
      'grpc.enable_http_proxy': 0,
      // Each client has a connection of its own: a new one really begins anew.
      'grpc.use_local_subchannel_pool': 1,
      ...(tls?.servername === undefined ? {} : { 'grpc.ssl_target_name_override': tls.servername }),
    });
    return new ScalerClient(address, client, service, grpc.status);
  }

  async isActive(ref: ScaledObjectRef, signal: AbortSignal): Promise<boolean> {
    return (await this.#ask('IsActive', ref, Active, signal)).result;
  }

  /** Names of the metrics that the scaler has for this object. */
  async metricNames(ref: ScaledObjectRef, signal: AbortSignal): Promise<readonly string[]> {
    return (await this.#ask('GetMetricSpec', ref, Specs, signal)).metricSpecs.map(({ metricName }) => metricName);
  }

  async metrics(ref: ScaledObjectRef, metricName: string, signal: AbortSignal): Promise<readonly ScalerValue[]> {
    return (await this.#ask('GetMetrics', { scaledObjectRef: ref, metricName }, Values, signal)).metricValues;
  }

  /** Keeps `pushed` up to date from now on, as long as the scaler keeps the stream. */
  follow(ref: ScaledObjectRef): void {
    if (this.#stream !== undefined) return;
    const { path, requestSerialize, responseDeserialize } = this.#service.StreamIsActive;
    const stream = this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, ref);
    this.#stream = stream;
    const over = () => {
      if (this.#stream !== stream) return;
      this.#stream = undefined;
      this.pushed = undefined;
    };
    stream.on('data', (answer: unknown) => {
      if (this.#stream === stream) this.pushed = Active.parse(answer).result;
    });
    stream.on('end', over);
    stream.on('error', over); // the next reading asks, and tells what is wrong
  }

  close(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.cancel();
    this.#client.close();
  }

  async #ask<T>(method: ScalerMethod, request: object, answer: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const { path, requestSerialize, responseDeserialize } = this.#service[method];
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const call = this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, reply) =>
      error === null ? resolve(reply) : reject(this.#fault(method, error)),
    );
    const stop = () => call.cancel();
    signal.addEventListener('abort', stop, { once: true });
    try {
      return answer.parse(await promise);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  #fault(method: ScalerMethod, error: ServiceError): LabError {
    const reason = `${this.#statusNames[error.code] ?? error.code}: ${error.details.slice(0, 300)}`;
    return new LabError('ML-SOURCE-GRPC', { address: this.#address, method, reason }, { cause: error });
  }
}
