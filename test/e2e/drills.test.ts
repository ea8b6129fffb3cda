import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DRILLS } from '../../src/drill/registry.ts';
import type { DrillResult } from '../../src/drill/run.ts';
import { CliHome } from '../helpers/cli.ts';
import { kubectl } from '../helpers/lab-client.ts';
import { binDir, haveReal } from '../helpers/real-binaries.ts';

const BACKENDS = ['native', 'embedded'] as const;
type Backend = (typeof BACKENDS)[number];

/** Every drill on a real control plane and on the embedded one; the matrix is printed at the end. */
describe.skipIf(!haveReal())('drills', () => {
  const home = new CliHome();
  const results = new Map<Backend, readonly DrillResult[]>();

  async function runAll(backend: Backend): Promise<void> {
    const own = backend === 'native' ? ['--bin-dir', binDir()] : [];
    const up = ['up', '--backend', backend, '--pipeline', 'test', '--min', '0', '--sync-period', '1s', ...own];
    await home.ok([...up, '--lab', backend]);
    const { stdout, stderr, code } = await home.run([
      'drill',
      'run',
      '--all',
      '--lab',
      backend,
      '--parallel',
      '6',
      '--timeout',
      '90s',
      '-o',
      'json',
    ]);
    if (code !== 0 && code !== 99) throw new Error(`drill run ended with ${code}\n${stdout}\n${stderr}`);
    results.set(backend, (JSON.parse(stdout) as { readonly results: readonly DrillResult[] }).results);
  }

  beforeAll(async () => {
    for (const backend of BACKENDS) await runAll(backend);
  }, 600_000);
  afterAll(async () => {
    const of = (backend: Backend, id: string) => results.get(backend)?.find((result) => result.id === id);
    const cell = (result: DrillResult | undefined) =>
      (result === undefined
        ? 'not run'
        : result.passed
          ? result.cured === true
            ? 'ok, cured'
            : 'ok'
          : 'FAILED'
      ).padEnd(10);
    const rows = DRILLS.map(
      ({ id }) => `${id.padEnd(46)} ${BACKENDS.map((backend) => cell(of(backend, id))).join(' ')}`,
    );
    console.info([`${'drill'.padEnd(46)} ${BACKENDS.map((name) => name.padEnd(10)).join(' ')}`, ...rows].join('\n'));
    for (const backend of BACKENDS) await home.run(['teardown', '--lab', backend, '--force']);
    home[Symbol.dispose]();
  });

  it('has at least fifteen healthy look-alikes, and ids that are unique', () => {
    expect(DRILLS.filter(({ finding }) => finding === null).length).toBeGreaterThanOrEqual(15);
    expect(new Set(DRILLS.map(({ id }) => id)).size).toBe(DRILLS.length);
  });

  describe.each(BACKENDS)('on %s', (backend) => {
    it.each(DRILLS.map(({ id }) => id))('%s', (id) => {
      const result = results.get(backend)?.find((one) => one.id === id);
      expect(result?.problems).toEqual([]);
      expect(result?.passed).toBe(true);
    });

    it('leaves no namespace behind', async () => {
      const phases = 'jsonpath={range .items[?(@.status.phase=="Active")]}{.metadata.name}{"\\n"}{end}';
      const names = await kubectl(home, backend, 'get', 'namespaces', '-o', phases);
      expect(names.split('\n').filter((name) => name.startsWith('drill-'))).toEqual([]);
    });
  });

  it('refuses a lab whose values cannot be written, and drills that there are not', async () => {
    expect((await home.run(['drill', 'run', 'nonsense', '--lab', 'native'])).code).toBe(4);
    expect((await home.run(['drill', 'list', '-o', 'name'])).stdout.trim().split('\n')).toHaveLength(DRILLS.length);
  });
});
