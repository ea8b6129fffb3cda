import { delimiter, join } from 'node:path';
import type { CommandResult, RunTool } from '../../contracts/commands.ts';
import type { Files } from '../../contracts/files.ts';

/** What backends that drive foreign tools need from outside. */
export interface ToolPorts {
  readonly files: Files;
  readonly runTool: RunTool;
  /** The caller's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What tools need of the caller's environment. KUBECONFIG is not in it: tools never see the user's. */
const PASSED =
  /^(PATH|HOME|USER|LANG|TZ|TMPDIR|XDG_RUNTIME_DIR|(DOCKER|CONTAINER|KIND|MINIKUBE|BUILDKIT)_.*|(https?|no|all)_proxy)$/i;

export function toolEnv(env: ToolPorts['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value !== undefined && PASSED.test(name) ? [[name, value]] : [])),
  );
}

/** Where a program is on the caller's PATH. */
export function findTool({ files, env }: ToolPorts, name: string): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find((path) => files.exists(path));
}

/** Everything a tool said, for matching and for messages. */
export function said({ stdout, stderr }: CommandResult): string {
  return `${stdout}\n${stderr}`.trim();
}

const LINES = 20;

/** The end of what a tool said. */
export function saidLast(result: CommandResult): string {
  return said(result).split('\n').slice(-LINES).join('\n');
}
