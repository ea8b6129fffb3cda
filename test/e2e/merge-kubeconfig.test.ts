import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliHome } from '../helpers/cli.ts';
import { binDir, haveReal } from '../helpers/real-binaries.ts';

const THEIRS = `# mine, by hand
apiVersion: v1
kind: Config
current-context: work
clusters:
  - name: work # the real one
    cluster:
      server: https://work.example
contexts:
  - name: work
    context:
      cluster: work
      user: me
users:
  - name: me
    user:
      token: secret
`;

describe.skipIf(!haveReal())('up --merge-kubeconfig', () => {
  const home = new CliHome();
  const kept = join(home.dir, 'dotfiles', 'config');
  const config = join(home.dir, '.kube', 'config');
  const up = ['up', '--lab', 'merged', '--backend', 'embedded', '--bare'];
  const kubectl = (...args: readonly string[]) =>
    execFileSync(join(binDir(), 'kubectl'), args, { encoding: 'utf8', env: { ...home.env(), KUBECONFIG: config } });

  beforeAll(() => {
    mkdirSync(join(home.dir, 'dotfiles'));
    mkdirSync(join(home.dir, '.kube'));
    writeFileSync(kept, THEIRS);
    symlinkSync(kept, config);
  });
  afterAll(async () => {
    await home.run(['teardown', '--all', '--force']);
    home[Symbol.dispose]();
  });

  it('is not done unasked', async () => {
    await home.ok(up);
    expect(readFileSync(config, 'utf8')).toBe(THEIRS);
  });

  it('adds the context and leaves everything else as it is written, the current context and a link too', async () => {
    await home.ok([...up, '--merge-kubeconfig']);
    const text = readFileSync(config, 'utf8');
    expect(text).toContain('# mine, by hand');
    expect(kubectl('config', 'current-context').trim()).toBe('work');
    const contexts = kubectl('config', 'get-contexts', '-o', 'name').trim().split('\n');
    expect(contexts).toHaveLength(2);
    const own = contexts.find((name) => name !== 'work') ?? '';
    expect(kubectl('--context', own, 'get', 'namespaces', '-o', 'name')).toContain('namespace/default');
    expect([readlinkSync(config), statSync(kept).mode & 0o777]).toEqual([kept, 0o600]);
    expect((await home.ok(up)).stdout).toContain('already up');
  });

  it('teardown takes out what it has put in', async () => {
    const { stdout } = await home.ok(['teardown', '--lab', 'merged']);
    expect(stdout).toContain(`its context in ${kept}`);
    expect(readFileSync(config, 'utf8')).toBe(THEIRS);
  });

  it('a context of the same name that is somebody else’s is not replaced', async () => {
    const foreign = THEIRS.replaceAll('name: work', 'name: metrics-lab-merged');
    writeFileSync(kept, foreign);
    const { code, stderr } = await home.run([...up, '--merge-kubeconfig']);
    expect([code, stderr]).toEqual([3, expect.stringContaining('did not put there')]);
    expect(readFileSync(config, 'utf8')).toBe(foreign);
  });
});
