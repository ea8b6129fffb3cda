import type { RunCommand } from '../../contracts/commands.ts';
import { type Check, check } from '../report.ts';

interface Tool {
  readonly name: string;
  readonly args: readonly string[];
  readonly use: string;
}

const TOOLS: readonly Tool[] = [
  { name: 'redis-server', args: ['--version'], use: 'the queues redis and redis-stream' },
  { name: 'beanstalkd', args: ['-v'], use: 'the queue beanstalkd' },
  { name: 'kubectl', args: ['version', '--client'], use: 'looking at a lab by hand' },
  { name: 'kind', args: ['version'], use: 'the backend kind' },
  { name: 'minikube', args: ['version', '--short'], use: 'the backend minikube' },
  { name: 'docker', args: ['--version'], use: 'the backends kind and minikube' },
];
const TIMEOUT_MS = 5_000;

/** Which programs are on the PATH and in which version; none of them is needed by everybody. `find` resolves a name on the PATH. */
export async function toolChecks(
  run: RunCommand,
  find: (name: string) => string | undefined,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const tools = await Promise.all(TOOLS.map((tool) => toolCheck(run, tool, find(tool.name), signal)));
  return [...tools, await engineCheck(run, find, signal)];
}

async function toolCheck(
  run: RunCommand,
  { name, args, use }: Tool,
  path: string | undefined,
  signal: AbortSignal,
): Promise<Check> {
  const id = `tools/${name}`;
  if (path === undefined) return check(id, 'skipped', `${name} is not installed (needed for ${use})`);
  const { code, stdout, stderr } = await run(path, args, { timeoutMs: TIMEOUT_MS, signal });
  const [version = ''] = (stdout.trim() === '' ? stderr : stdout).trim().split('\n');
  if (code === 0) return check(id, 'ok', version, { evidence: [`observed: ${path}`] });
  return check(id, 'warning', `${name} is there but does not run`, {
    evidence: [`observed: ${path} ${args.join(' ')} ended with ${code ?? 'no code'}: ${version}`],
    fix: `install ${name} again (it is needed for ${use})`,
  });
}

async function engineCheck(
  run: RunCommand,
  find: (name: string) => string | undefined,
  signal: AbortSignal,
): Promise<Check> {
  const id = 'docker';
  const path = find('docker') ?? find('podman');
  if (path === undefined)
    return check(id, 'skipped', 'no container engine: the backends kind and minikube cannot be used');
  const { code, stdout, stderr } = await run(path, ['info'], { timeoutMs: TIMEOUT_MS, signal });
  // Docker 29 and later end with 0 although the server did not answer.
  const refused = /(?:ERROR|Cannot connect|permission denied)[^\n]*/.exec(`${stdout}\n${stderr}`)?.[0];
  if (code === 0 && refused === undefined)
    return check(id, 'ok', 'the container engine answers', { evidence: [`observed: ${path} info`] });
  return check(id, 'warning', 'the container engine does not answer: the backends kind and minikube cannot be used', {
    evidence: [`observed: ${path} info: ${refused ?? stderr.trim().split('\n')[0] ?? `ended with ${code}`}`],
    fix: 'start Docker, or join the docker group; the backends embedded and native need none',
  });
}
