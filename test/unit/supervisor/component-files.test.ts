import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ComponentSpec } from '../../../src/contracts/component.ts';
import { readSpec, readStatus, specHash, writeSpec } from '../../../src/lab/supervisor/component-files.ts';
import { componentNames, supervisorPaths } from '../../../src/lab/supervisor/paths.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const SPEC: ComponentSpec = {
  name: 'queue',
  command: '/usr/bin/redis-server',
  args: ['--port', '1234'],
  env: { A: '1', B: '2' },
  after: [],
  health: { kind: 'tcp', host: '127.0.0.1', port: 1234 },
  graceSeconds: 5,
  logFile: '/tmp/queue.log',
};

test('the hash does not depend on the order of fields, and on everything else it does', () => {
  const { env: _, ...rest } = SPEC;
  expect(specHash({ env: { B: '2', A: '1' }, ...rest })).toBe(specHash(SPEC));
  const others: ComponentSpec[] = [
    { ...SPEC, args: ['1234', '--port'] },
    { ...SPEC, env: { A: '1' } },
    { ...SPEC, after: ['etcd'] },
    { ...SPEC, health: { kind: 'process' } },
    { ...SPEC, graceSeconds: 6 },
    { ...SPEC, url: 'redis://127.0.0.1:1234' },
    { ...SPEC, cwd: '/' },
  ];
  const hashes = new Set([SPEC, ...others].map(specHash));
  expect(hashes.size).toBe(others.length + 1);
});

test('a spec comes back from its file as it was written', () => {
  using dir = tempDir();
  const paths = supervisorPaths(dir.path);
  writeSpec(nodeFiles, paths, SPEC);
  expect(readSpec(nodeFiles, paths, 'queue')).toEqual(SPEC);
  expect(readSpec(nodeFiles, paths, 'other')).toBeUndefined();
  expect(readStatus(nodeFiles, paths, 'queue')).toBeUndefined();
});

test.each([
  ['no JSON', '{', /JSON/],
  ['another shape', '{"name":"queue"}', /command/],
  ['the spec of another component', JSON.stringify({ ...SPEC, name: 'web' }), /spec of "web"/],
])('a spec file with %s is damaged state; as a status it is no observation', (_what, text, why) => {
  using dir = tempDir();
  const paths = supervisorPaths(dir.path);
  nodeFiles.ensureDir(paths.components);
  writeFileSync(paths.spec('queue'), text);
  writeFileSync(paths.status('queue'), text);
  const read = () => readSpec(nodeFiles, paths, 'queue');
  expect(read).toThrow(expect.objectContaining({ id: 'ML-STATE-CORRUPT', why: expect.stringMatching(why) }));
  expect(readStatus(nodeFiles, paths, 'queue')).toBeUndefined();
});

test('names of components come from the files, whatever else lies there', () => {
  const names = componentNames(['etcd.json', 'etcd.status.json', 'gone.status.json', 'etcd.json.77.1.tmp', 'README']);
  expect(names).toEqual({ specs: ['etcd'], statuses: ['etcd', 'gone'] });
  expect(supervisorPaths('/x/lab').spec('etcd')).toBe(join('/x/lab', 'components', 'etcd.json'));
});
