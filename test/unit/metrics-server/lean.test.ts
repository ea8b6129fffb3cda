import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** It reads all of the server's modules in a process of its own. */
const TIMEOUT_MS = 60_000;

// An `import` of node:http is enough to load it: 3.5 MB for every metrics server.
test(
  'a metrics server does not load undici unless something is fetched',
  () => {
    const modules = ['metrics-server/start.ts', 'sources/open-source.ts', 'kube/client.ts'];
    const imports = modules.map(
      (path) => `await import(${JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href)});`,
    );
    const script = `${imports.join(' ')} console.log(JSON.stringify(process.moduleLoadList));`;
    const loaded = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
    const names = JSON.parse(loaded) as readonly string[];
    expect(names).toContain('NativeModule https');
    expect(names.filter((name) => name.includes('undici'))).toEqual([]);
  },
  TIMEOUT_MS,
);
