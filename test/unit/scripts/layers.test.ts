import { describe, expect, it } from 'vitest';
import { importsOf } from '../../../scripts/checks/imports.ts';
import { breach } from '../../../scripts/checks/layers.ts';

const from = (text: string) => importsOf({ path: 'src/lab/up/x.ts', text }).map(({ line, to }) => `${line} ${to}`);
const local = (to: string) => ({ to: `src/${to}`, relative: true });

describe('imports of a file', () => {
  it('sees values, types, re-exports, side effects and dynamic imports, on one line or many', () => {
    const text = `import { a } from './a.ts';
import type { B } from '../b.ts';
import {
  c,
  type D,
} from '../../hpa/c.ts';
export { e } from './e.ts';
export type { F } from './f.ts';
import './g.ts';
const h = await import('./h.ts');
type I = import('./i.ts').I;
import z from 'zod';
`;
    expect(from(text)).toEqual([
      '1 src/lab/up/a.ts',
      '2 src/lab/b.ts',
      '6 src/hpa/c.ts',
      '7 src/lab/up/e.ts',
      '8 src/lab/up/f.ts',
      '9 src/lab/up/g.ts',
      '10 src/lab/up/h.ts',
      '11 src/lab/up/i.ts',
      '12 zod',
    ]);
  });
});

describe('the layer table', () => {
  it('keeps the twin pure', () => {
    expect(breach('hpa/a.ts', local('hpa/b.ts'))).toBeUndefined();
    expect(breach('hpa/a.ts', local('contracts/clock.ts'))).toMatch('may import nothing');
    expect(breach('hpa/a.ts', { to: 'node:fs', relative: false })).toMatch('pure');
    expect(breach('kube/a.ts', { to: 'node:fs', relative: false })).toBeUndefined();
  });

  it('lets everybody import contracts and errors, and nobody cli', () => {
    expect(breach('workload/a.ts', local('contracts/queue.ts'))).toBeUndefined();
    expect(breach('workload/a.ts', local('errors/lab-error.ts'))).toBeUndefined();
    expect(breach('workload/a.ts', local('cli/run.ts'))).toMatch('not cli/run.ts');
  });

  it('leaves the wiring of implementations to the container and the programs', () => {
    expect(breach('cli/container.ts', local('clusters/native/backend.ts'))).toBeUndefined();
    expect(breach('cli/programs/node.ts', local('minicluster/node/node.ts'))).toBeUndefined();
    expect(breach('cli/commands/up.ts', local('clusters/native/backend.ts'))).toMatch('only cli/container.ts');
    expect(breach('cli/commands/up.ts', local('lab/up/up.ts'))).toBeUndefined();
  });

  it('gives the embedded backend more than the other backends', () => {
    expect(breach('clusters/embedded/backend.ts', local('minicluster/api/server.ts'))).toBeUndefined();
    expect(breach('clusters/native/backend.ts', local('minicluster/api/server.ts'))).toMatch('clusters may import');
    expect(breach('clusters/native/backend.ts', local('minicluster/node/images.ts'))).toBeUndefined();
  });

  it('refuses a folder that it does not know, and files outside of src', () => {
    expect(breach('news/a.ts', local('kube/b.ts'))).toMatch('has no row');
    expect(breach('lab/a.ts', { to: 'test/helpers/x.ts', relative: true })).toMatch('only src');
  });
});
