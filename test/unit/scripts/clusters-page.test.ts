import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const ROOT = new URL('../../../', import.meta.url).pathname;

it('docs/clusters.md names only tests that there are', () => {
  const page = readFileSync(`${ROOT}docs/clusters.md`, 'utf8');
  const named = [...page.matchAll(/`((?:unit|e2e|kind|contract)\/[a-z0-9/-]+)`/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !existsSync(`${ROOT}test/${name}.test.ts`))).toEqual([]);
});
