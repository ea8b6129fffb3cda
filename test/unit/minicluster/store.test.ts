import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/contracts/kube-client.ts';
import { Store, type StoreEvent } from '../../../src/minicluster/store/store.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const object = (name: string, value = ''): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'x' },
  data: { value },
});
const key = (name: string) => `/core/configmaps/x/${name}`;
const memory = (keepEvents = 100) => new Store({ path: ':memory:', now: () => 0, keepEvents });
const names = (list: readonly { readonly object: KubeObject }[] | undefined) =>
  list?.map((entry) => entry.object.metadata.name);

const STORE = new URL('../../../src/minicluster/store/store.ts', import.meta.url).href;

describe('the store', () => {
  it('gives every write a version above all others, and refuses stale ones', () => {
    using store = memory();
    const made = store.create(key('a'), object('a'));
    if (!made.ok) throw new Error('not made');
    expect(made.entry.object.metadata.resourceVersion).toBe(String(made.entry.version));
    expect(store.create(key('a'), object('a'))).toMatchObject({ ok: false, why: 'exists' });
    expect(store.update(key('a'), object('a', '2'), made.entry.version)).toMatchObject({ ok: true });
    expect(store.update(key('a'), object('a', '3'), made.entry.version)).toMatchObject({ ok: false, why: 'conflict' });
    expect(store.update(key('b'), object('b'), undefined)).toMatchObject({ ok: false, why: 'missing' });
    expect(store.delete(key('a'), made.entry.version)).toMatchObject({ ok: false, why: 'conflict' });
    const gone = store.delete(key('a'));
    expect(gone.ok && gone.entry.version).toBe(store.version);
    expect(store.get(key('a'))).toBeUndefined();
  });

  it('lists below a prefix, and as it was at an older version', () => {
    using store = memory();
    store.create(key('b'), object('b'));
    store.create('/core/configmaps/y/a', object('a'));
    store.create('/core/secrets/x/s', object('s'));
    const then = store.version;
    store.create(key('a'), object('a'));
    store.delete(key('b'));
    expect(names(store.list('/core/configmaps/'))).toEqual(['a', 'a']);
    expect(names(store.list('/core/configmaps/x/'))).toEqual(['a']);
    expect(names(store.listAt('/core/configmaps/x/', then))).toEqual(['b']);
    expect(store.listAt('/core/configmaps/x/', 0)).toBeUndefined();
  });

  it('a watch gets the past from a version on, then everything new, once and in order', () => {
    using store = memory();
    store.create(key('a'), object('a'));
    const from = store.version;
    store.update(key('a'), object('a', '2'), undefined);
    const seen: StoreEvent[] = [];
    const stop = store.watch('/core/configmaps/x/', from, (event) => seen.push(event));
    store.create('/core/secrets/x/s', object('s'));
    store.delete(key('a'));
    stop?.();
    store.create(key('a'), object('a'));
    expect(seen.map(({ type, version }) => [type, version])).toEqual([
      ['MODIFIED', from + 1],
      ['DELETED', from + 3],
    ]);
  });

  it('forgets old changes: a watch from there is refused', () => {
    using store = memory(300);
    const first = store.version;
    for (let count = 0; count < 1_000; count += 1) store.create(key(`n${count}`), object(`n${count}`));
    expect(store.watch('/core/', first, () => undefined)).toBeUndefined();
    expect(store.watch('/core/', store.version - 300, () => undefined)).toBeTypeOf('function');
    store.compact(store.version);
    expect(store.watch('/core/', store.version - 1, () => undefined)).toBeUndefined();
  });

  it('comes back from disk, with versions that go on rising also after a deletion', () => {
    using dir = tempDir();
    const path = join(dir.path, 'store.db');
    let last = 0;
    {
      using store = new Store({ path, now: () => 0 });
      store.create(key('a'), object('a', 'kept'));
      store.create(key('b'), object('b'));
      store.delete(key('b'));
      last = store.version;
    }
    using again = new Store({ path, now: () => 0 });
    expect(names(again.list('/core/configmaps/'))).toEqual(['a']);
    expect(again.version).toBe(last);
    expect(again.watch('/core/', last - 1, () => undefined)).toBeUndefined();
  });

  it('tells watchers, and those who wait to answer, when what was written together is committed', () => {
    const turns: (() => void)[] = [];
    using dir = tempDir();
    const path = join(dir.path, 'store.db');
    using store = new Store({ path, now: () => 0, afterTurn: (run) => turns.push(run) });
    const heard: string[] = [];
    store.watch('/core/', store.version, ({ entry }) => heard.push(entry.object.metadata.name));
    store.create(key('a'), object('a'));
    store.create(key('b'), object('b'));
    store.whenDurable(() => heard.push('answer'));
    expect(names(store.list('/core/configmaps/'))).toEqual(['a', 'b']);
    expect([heard, turns.length]).toEqual([[], 1]);
    turns[0]?.();
    expect(heard).toEqual(['a', 'b', 'answer']);
    store.whenDurable(() => heard.push('at once'));
    expect(heard.at(-1)).toBe('at once');
  });

  it('a watch that begins between write and commit is told of the write once', () => {
    const turns: (() => void)[] = [];
    using store = new Store({ path: ':memory:', now: () => 0, afterTurn: (run) => turns.push(run) });
    const before = store.version;
    store.create(key('a'), object('a'));
    const heard: string[] = [];
    store.watch('/core/', before, ({ entry }) => heard.push(entry.object.metadata.name));
    turns[0]?.();
    expect(heard).toEqual(['a']);
  });

  it('a full disk: what did not fit is not acknowledged, what was acknowledged is there', async () => {
    using dir = tempDir();
    const path = join(dir.path, 'store.db');
    const script = `import { Store } from '${STORE}';
      const fatal = () => process.exit(7);
      const store = new Store({ path: '${path}', now: () => 0, afterTurn: setImmediate, fatal });
      for (let n = 0; ; n += 1) {
        const data = { text: 'x'.repeat(5000) };
        store.create('/core/configmaps/x/n' + n, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'n' + n, namespace: 'x' }, data });
        store.whenDurable(() => process.stdout.write(n + '\\n'));
        await new Promise(setImmediate);
      }`;
    // Files of this process end at 400 KiB.
    const command = `ulimit -f 400; exec '${process.execPath}' --input-type=module -e "$SCRIPT"`;
    const env = { ...process.env, SCRIPT: script };
    const child = spawn('bash', ['-c', command], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    let acknowledged = '';
    for await (const chunk of child.stdout) acknowledged += String(chunk);
    expect((await ended)[0]).toBe(7);
    const last = Number(acknowledged.split('\n').at(-2));
    using again = new Store({ path, now: () => 0 });
    expect(last).toBeGreaterThan(5);
    for (let n = 0; n <= last; n += 1) expect(again.get(key(`n${n}`))?.object.metadata.name).toBe(`n${n}`);
  });

  it('kill -9 while it writes loses no acknowledged write', async () => {
    using dir = tempDir();
    const path = join(dir.path, 'store.db');
    const script = `import { Store } from '${STORE}';
      const store = new Store({ path: '${path}', now: () => 0 });
      for (let n = 0; ; n += 1) {
        store.create('/core/configmaps/x/n' + n, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'n' + n, namespace: 'x' } });
        process.stdout.write(n + '\\n');
        if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let acknowledged = '';
    for await (const chunk of child.stdout) {
      acknowledged += String(chunk);
      if (acknowledged.length > 4_000) child.kill('SIGKILL');
    }
    const last = Number(acknowledged.split('\n').at(-2));
    using again = new Store({ path, now: () => 0 });
    expect(last).toBeGreaterThan(500);
    for (let n = 0; n <= last; n += 1) expect(again.get(key(`n${n}`))?.object.metadata.name).toBe(`n${n}`);
  });
});
