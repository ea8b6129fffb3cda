import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { IoHost } from '../../contracts/events.ts';
import type { Processes } from '../../contracts/processes.ts';
import { describe, LabError } from '../../errors/lab-error.ts';
import { acquireLock } from '../../platform/lock.ts';
import { type DownloadLimits, type DownloadPorts, download, downloadText } from './download.ts';
import { type Architecture, digestIn, type Release, type ReleaseSources, releaseOf } from './releases.ts';
import { extractMember } from './untar.ts';

export interface FetchPorts extends DownloadPorts {
  readonly processes: Processes;
  readonly sources: ReleaseSources;
  readonly limits: DownloadLimits;
}

export interface FetchWish {
  /** Where the binaries go; what is there already is kept. */
  readonly dir: string;
  readonly names: readonly string[];
  readonly kubernetes: string;
  readonly architecture: Architecture;
  readonly io: IoHost;
  readonly step: string;
  readonly signal: AbortSignal;
}

const LOCK_PAUSE_MS = 500;

/**
 * Makes the folder hold these binaries: each downloaded, checked against the published digest, and only then given its name.
 * One process at a time; another one waits. Raises ML-NATIVE-DOWNLOAD-*, ML-STATE-IO.
 */
export async function fetchBinaries(ports: FetchPorts, wish: FetchWish): Promise<void> {
  ports.files.ensureDir(wish.dir, 0o755);
  using _lock = await turn(ports, wish);
  for (const name of wish.names) {
    if (!ports.files.exists(join(wish.dir, name))) await fetchOne(ports, wish, name);
  }
}

async function fetchOne(ports: FetchPorts, wish: FetchWish, name: string): Promise<void> {
  const release = releaseOf(ports.sources, name, wish.kubernetes, wish.architecture);
  const digest = await publishedDigest(ports, wish, release);
  const target = join(wish.dir, name);
  const fetched = join(wish.dir, release.member === undefined ? `${name}.verified` : `${name}.tar.gz`);
  const label = `downloading ${name} ${release.version}`;
  if (!ports.files.exists(fetched)) {
    let told = 0;
    const onProgress = (done: number, total = 0) => {
      // Ten times a second is enough for any eye.
      if (ports.clock.monotonic() - told < 100 && done !== total) return;
      told = ports.clock.monotonic();
      wish.io.emit({ type: 'progress', label, done, total });
    };
    await download(ports, ports.limits, { url: release.url, digest, target: fetched, onProgress, signal: wish.signal });
  }
  if (release.member === undefined) {
    chmodSync(fetched, 0o755);
    ports.files.rename(fetched, target);
  } else await unpack(ports, fetched, release.member, target);
}

async function unpack(ports: FetchPorts, archive: string, member: string, target: string): Promise<void> {
  const temporary = `${target}.unpacked`;
  const fail = (reason: string, cause?: unknown) =>
    new LabError('ML-STATE-IO', { path: target, verb: 'unpacked', reason }, cause === undefined ? {} : { cause });
  const found = await extractMember(archive, member, temporary).catch((error: unknown) => {
    throw error instanceof LabError ? error : fail(describe(error), error);
  });
  if (!found) throw fail(`${archive} holds no ${member}`);
  chmodSync(temporary, 0o755);
  ports.files.rename(temporary, target);
  ports.files.remove(archive);
}

async function publishedDigest(ports: FetchPorts, wish: FetchWish, release: Release): Promise<string> {
  const text = await downloadText(ports, ports.limits, release.digestUrl, wish.signal);
  if (text === undefined) {
    const { name, version, digestUrl: url } = release;
    throw new LabError('ML-NATIVE-DOWNLOAD-NOT-FOUND', { name, version, url, architecture: wish.architecture });
  }
  const digest = digestIn(text, release.listedAs);
  if (digest === undefined) {
    const reason = `it holds no SHA-256${release.listedAs === undefined ? '' : ` of ${release.listedAs}`}`;
    throw new LabError('ML-NATIVE-DOWNLOAD-FAILED', { url: release.digestUrl, reason });
  }
  return digest;
}

/** The folder's lock, waited for: another `up` may be downloading the same version. */
async function turn(ports: FetchPorts, wish: FetchWish): Promise<Disposable> {
  for (let waited = false; ; waited = true) {
    try {
      return acquireLock({
        path: `${wish.dir}.lock`,
        lab: wish.kubernetes,
        command: 'download',
        now: new Date(ports.clock.now()).toISOString(),
        files: ports.files,
        processes: ports.processes,
        onTakeover: () => {}, // a download that was killed: what it left is gone on with
      });
    } catch (error) {
      if (!(error instanceof LabError) || error.id !== 'ML-LOCK-HELD') throw error;
      const text = `process ${String(error.params['pid'])} is downloading Kubernetes ${wish.kubernetes}; waiting for it`;
      if (!waited) wish.io.emit({ type: 'step.progress', step: wish.step, text });
      await ports.clock.sleep(LOCK_PAUSE_MS, wish.signal);
    }
  }
}
