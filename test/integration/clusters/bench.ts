import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOWNLOAD_LIMITS } from '../../../src/clusters/native/download.ts';
import { type NativeBackendPorts, nativeBackend } from '../../../src/clusters/native/native-backend.ts';
import { OFFICIAL_SOURCES } from '../../../src/clusters/native/releases.ts';
import type { ClusterHandle, ClusterSpec } from '../../../src/contracts/backend.ts';
import { OWNER_ENV } from '../../../src/contracts/component.ts';
import type { ProcessIdentity, Processes } from '../../../src/contracts/processes.ts';
import { componentControl, type LabComponentControl } from '../../../src/lab/components/control.ts';
import { realClock } from '../../../src/platform/clock.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { freePort, isPortBusy } from '../../../src/platform/free-port.ts';
import { nodeProcesses } from '../../../src/platform/processes.ts';
import { runCommand } from '../../../src/platform/run-command.ts';
import { binDir } from '../../helpers/real-binaries.ts';
import { RecordingIo } from '../../helpers/recording-io.ts';

const SUPERVISOR = join(import.meta.dirname, '../../../src/cli/programs/supervisor.ts');

/** One lab folder with a native cluster in it, through the same parts that `up` uses. */
export class NativeBench {
  readonly labDir: string;
  readonly processes: Processes = nodeProcesses();
  readonly io: RecordingIo = new RecordingIo();
  readonly control: LabComponentControl;
  readonly ports: NativeBackendPorts;

  constructor(labDir: string = mkdtempSync(join(tmpdir(), 'native-test-'))) {
    this.labDir = labDir;
    const { processes } = this;
    const common = { files: nodeFiles, clock: realClock, processes };
    const program = { command: process.execPath, args: [SUPERVISOR] };
    const env = { PATH: process.env['PATH'] ?? '', HOME: labDir };
    this.control = componentControl({ ...common, program, env }, labDir);
    this.ports = {
      ...common,
      fetch,
      sources: OFFICIAL_SOURCES,
      limits: DOWNLOAD_LIMITS,
      cacheDir: join(labDir, 'cache'),
      platform: process.platform,
      arch: process.arch,
      run: runCommand,
      freePort,
      isPortBusy,
    };
  }

  spec(more: Partial<ClusterSpec> = {}): ClusterSpec {
    return {
      lab: 'test',
      labDir: this.labDir,
      binDir: binDir(),
      syncPeriodSeconds: 2,
      apiPort: 0,
      nodeCapacity: { cpu: '4', memory: '4Gi', pods: 50 },
      ...more,
    };
  }

  create(more: Partial<ClusterSpec> = {}): Promise<{ readonly handle: ClusterHandle; readonly changed: boolean }> {
    const { io, control: components } = this;
    return nativeBackend(this.ports).create(this.spec(more), {
      io,
      components,
      signal: new AbortController().signal,
      step: 'cluster',
    });
  }

  processOf(name: string): ProcessIdentity {
    const found = this.control.list().find(({ spec }) => spec.name === name)?.status?.process;
    if (found === undefined) throw new Error(`${name} has no process`);
    return found;
  }
  owned(): readonly ProcessIdentity[] {
    return this.processes.findByEnv(OWNER_ENV, this.labDir);
  }

  async close(): Promise<void> {
    await this.control.stopAll(5_000);
    rmSync(this.labDir, { recursive: true, force: true });
  }
}
