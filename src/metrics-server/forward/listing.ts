import type { Clock } from '../../contracts/clock.ts';
import type { LabError } from '../../errors/lab-error.ts';
import { asLabError } from '../../errors/lab-error.ts';
import type { ObjectDirectory } from '../objects/directory.ts';
import type { CustomMetric } from '../provider.ts';
import type { Adapter } from './adapter.ts';
import { isForwarded } from './config.ts';

export interface ListingPorts {
  readonly clock: Clock;
  readonly objects: Pick<ObjectDirectory, 'resolve'>;
  /** Told of every new reason why an adapter cannot be listed; undefined = it can again. */
  readonly onState: (error: LabError | undefined) => void;
}

const EVERY_MS = 30_000;
const AFTER_FAILURE_MS = 5_000;

/** Which metrics of another adapter are passed on, out of its discovery, kept fresh in the background. A failure changes nothing. */
export class Listing {
  readonly #adapter: Adapter;
  readonly #ports: ListingPorts;
  readonly #stopped = new AbortController();
  #error: string | undefined;
  external: readonly string[] = [];
  custom: readonly CustomMetric[] = [];

  constructor(adapter: Adapter, ports: ListingPorts) {
    this.#adapter = adapter;
    this.#ports = ports;
    void this.#run();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const error = await this.#once().then(() => undefined, asLabError);
      if (signal.aborted) return;
      if (error?.message !== this.#error) this.#ports.onState(error);
      this.#error = error?.message;
      const pause = error === undefined ? EVERY_MS : AFTER_FAILURE_MS;
      await this.#ports.clock.sleep(pause, signal).catch(() => signal.aborted);
    }
  }

  async #once(): Promise<void> {
    const { config } = this.#adapter;
    const names = await this.#adapter.resources();
    if (config.api === 'external') {
      this.external = names.filter((name) => isForwarded(config, name));
      return;
    }
    const custom: CustomMetric[] = [];
    for (const name of names) {
      const slash = name.indexOf('/');
      const metric = name.slice(slash + 1);
      const resource = slash > 0 && isForwarded(config, metric) ? await this.#resolve(name.slice(0, slash)) : undefined;
      if (resource !== undefined) custom.push({ resource, metric });
    }
    this.custom = custom;
  }

  #resolve(resource: string): ReturnType<ObjectDirectory['resolve']> {
    return this.#ports.objects.resolve(resource);
  }
}
