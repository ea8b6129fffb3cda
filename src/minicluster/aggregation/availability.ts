import { z } from 'zod';
import type { Clock } from '../../contracts/clock.ts';
import { describe } from '../../errors/lab-error.ts';
import { availableOf } from '../kinds/api-service.ts';
import { timeText } from '../api/objects.ts';
import { type Connections, userHeaders } from './connection.ts';
import { type Address, type Remote, resolve, type ServiceLookup } from './target.ts';

/** How often an APIService is looked at when nothing tells of a change. */
const RECHECK_MS = 30_000;
/** One that is not there yet may come any moment. */
const RETRY_MS = 1_000;
const DISCOVERY_TIMEOUT_MS = 5_000;
const AGGREGATOR = userHeaders({ name: 'system:kube-aggregator', groups: ['system:masters'], extra: {} });
const ResourceList = z.object({
  resources: z.array(
    z.object({
      name: z.string(),
      singularName: z.string().default(''),
      namespaced: z.boolean(),
      kind: z.string(),
      verbs: z.array(z.string()),
      shortNames: z.array(z.string()).optional(),
      categories: z.array(z.string()).optional(),
    }),
  ),
});
type ResourceList = z.infer<typeof ResourceList>;

export interface AvailabilityPorts {
  readonly clock: Clock;
  readonly remotes: () => readonly Remote[];
  readonly lookup: ServiceLookup;
  readonly connections: Connections;
  /** Writes the condition `Available` of an APIService. */
  readonly setAvailable: (name: string, condition: Readonly<Record<string, string>>) => void;
  readonly log: (line: string) => void;
}

interface Verdict {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

const PASSED: Verdict = { status: 'True', reason: 'Passed', message: 'all checks passed' };

/** kube-aggregator's availability controllers: whether the server behind each APIService answers its discovery. */
export class Availability {
  readonly #ports: AvailabilityPorts;
  readonly #documents = new Map<string, ResourceList>();
  readonly #running = new Set<string>();
  readonly #stop = new AbortController();
  #wake = new AbortController();

  constructor(ports: AvailabilityPorts) {
    this.#ports = ports;
    void this.#loop();
  }

  /** Something changed that may matter: look again soon. */
  poke(): void {
    this.#wake.abort();
  }

  stop(): void {
    this.#stop.abort();
    this.#wake.abort();
  }

  /** The resources of a group version as aggregated discovery shows them, as of the last check. */
  discovery(remote: Remote): Readonly<Record<string, unknown>> {
    const document = this.#documents.get(remote.name);
    const fresh = remote.available && document !== undefined;
    const list = document?.resources ?? [];
    const resources = list
      .filter(({ name }) => !name.includes('/'))
      .map(({ name, singularName, namespaced, kind, verbs, shortNames, categories }) => ({
        resource: name,
        responseKind: { group: '', version: '', kind },
        scope: namespaced ? 'Namespaced' : 'Cluster',
        singularResource: singularName,
        verbs,
        ...(shortNames === undefined ? {} : { shortNames }),
        ...(categories === undefined ? {} : { categories }),
      }));
    return { version: remote.version, resources, freshness: fresh ? 'Current' : 'Stale' };
  }

  async #loop(): Promise<void> {
    const { clock, remotes, log } = this.#ports;
    while (!this.#stop.signal.aborted) {
      // Pokes from here on are for the next round.
      this.#wake = new AbortController();
      const all = remotes();
      for (const remote of all) {
        if (this.#running.has(remote.name)) continue;
        this.#running.add(remote.name);
        this.#check(remote)
          .catch((error: unknown) => log(`error: availability of ${remote.name}: ${describe(error)}`))
          .finally(() => this.#running.delete(remote.name));
      }
      const wait = all.every(({ available }) => available) ? RECHECK_MS : RETRY_MS;
      await clock.sleep(wait, this.#wake.signal).catch(() => {});
    }
  }

  async #check(remote: Remote): Promise<void> {
    const verdict = await this.#judge(remote);
    if (this.#stop.signal.aborted) return;
    const before = availableOf(remote.object);
    if (before?.status === verdict.status && before.reason === verdict.reason && before.message === verdict.message)
      return;
    const changed = before?.status !== verdict.status;
    const lastTransitionTime = changed ? timeText(this.#ports.clock.now()) : before.lastTransitionTime;
    this.#ports.setAvailable(remote.name, { type: 'Available', ...verdict, lastTransitionTime });
  }

  async #judge(remote: Remote): Promise<Verdict> {
    const target = resolve(remote, this.#ports.lookup);
    if ('reason' in target) return { status: 'False', ...target };
    return await this.#discover(remote, target);
  }

  async #discover(remote: Remote, { host, port }: Address): Promise<Verdict> {
    const path = `/apis/${remote.group}/${remote.version}`;
    const url = `https://${host}:${port}${path}`;
    const failed = (why: string): Verdict => ({
      status: 'False',
      reason: 'FailedDiscoveryCheck',
      message: `failing or missing response from ${url}: ${why}`,
    });
    try {
      const agent = this.#ports.connections.agentFor(remote);
      const options = { agent, host, port, path, headers: { ...AGGREGATOR, accept: 'application/json' } as never };
      const { status, text } = await this.#ports.connections.get(options, DISCOVERY_TIMEOUT_MS);
      if (status < 200 || status > 299) return failed(`bad status from ${url}: ${status}`);
      const parsed = ResourceList.safeParse(jsonOrUndefined(text));
      if (parsed.success) this.#documents.set(remote.name, parsed.data);
      return PASSED;
    } catch (error) {
      return failed(`Get "${url}": ${error instanceof Error ? error.message : describe(error)}`);
    }
  }
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
