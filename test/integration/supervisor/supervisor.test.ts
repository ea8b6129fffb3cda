import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../../src/platform/free-port.ts';
import { Bench } from './bench.ts';

const FOREVER = 'setInterval(() => {}, 1000)';
const STUBBORN = `process.on('SIGTERM', () => console.log('no')); console.log('up'); ${FOREVER}`;
const server = (port: number, after = '') =>
  `require('node:http').createServer((q, r) => r.end('ok')).listen(${port}, '127.0.0.1'); ${after}`;

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

describe('ensure', () => {
  test('starts what is not there, and changes nothing the second time', async () => {
    const port = await freePort();
    const spec = bench.spec('web', server(port), { health: { kind: 'http', url: `http://127.0.0.1:${port}/` } });
    expect(await bench.ensure(spec)).toEqual({ changed: true });
    const first = bench.processOf('web');
    expect(await bench.ensure(spec)).toEqual({ changed: false });
    expect(bench.processOf('web')).toEqual(first);
    expect(bench.status('web')).toMatchObject({ healthy: true, phase: 'running', restarts: 0, message: '' });
    expect(statSync(join(bench.labDir, 'components/web.json')).mode & 0o777).toBe(0o600);
  });

  test('restarts when the spec changes, with the new environment', async () => {
    const script = `console.log('color ' + process.env.COLOR); ${FOREVER}`;
    await bench.ensure(bench.spec('web', script, { env: { COLOR: 'red' } }));
    const first = bench.processOf('web');
    await bench.ensure(bench.spec('web', script, { env: { COLOR: 'blue' } }));
    expect(bench.processOf('web').pid).not.toBe(first.pid);
    expect(bench.processes.isAlive(first)).toBe(false);
    expect(bench.logText('web')).toContain('color blue');
    expect(bench.processesOf('web')).toHaveLength(1);
  });

  test('starts a component only when those it comes after are healthy', async () => {
    const port = await freePort();
    const slow = `setTimeout(() => { ${server(port, "console.log('base listens')")} }, 700)`;
    const base = bench.spec('base', slow, { health: { kind: 'tcp', host: '127.0.0.1', port } });
    const top = bench.spec(
      'top',
      `require('node:net').connect(${port}, '127.0.0.1').on('connect', () => console.log('base was there')).on('error', () => process.exit(1)); ${FOREVER}`,
      { after: ['base'] },
    );
    const both = [bench.ensure(top), bench.ensure(base)];
    await Promise.all(both);
    await bench.until('the log', () => bench.logText('top').includes('base was there'));
    expect(bench.status('top').restarts).toBe(0);
  });

  test('says why a component is not healthy, with the end of its log', async () => {
    const spec = bench.spec('broken', `console.error('cannot read the moon'); process.exit(3)`);
    const failure = await bench.ensure(spec, 60_000).catch((error: unknown) => error); // gives up after six ends
    expect(failure).toMatchObject({ id: 'ML-COMPONENT-UNHEALTHY', exitCode: 6, logFile: spec.logFile });
    expect(failure).toHaveProperty('why', expect.stringMatching(/exit code 3.*end of its log:.*cannot read the moon/s));
    const { restarts, lastExit } = bench.status('broken');
    expect(restarts).toBeGreaterThan(0);
    expect(lastExit).toMatchObject({ code: 3, signal: null });
  });

  test('gives up early on a program that is not there', async () => {
    const spec = bench.spec('absent', '', { command: join(bench.labDir, 'no-such-program') });
    const failure = await bench.ensure(spec, 60_000).catch((error: unknown) => error);
    expect(failure).toHaveProperty('id', 'ML-COMPONENT-UNHEALTHY');
    expect(failure).toHaveProperty('why', expect.stringMatching(/no-such-program could not be started.*ENOENT/));
  });
});

describe('kill -9', () => {
  test('of a component: it is restarted', async () => {
    await bench.ensure(bench.spec('web', FOREVER));
    const first = bench.processOf('web');
    bench.processes.signal(first, 'SIGKILL');
    await bench.until('a new process', () => bench.status('web').healthy && bench.processOf('web').pid !== first.pid);
    expect(bench.status('web')).toMatchObject({ restarts: 1, lastExit: { code: null, signal: 'SIGKILL' } });
  });

  test('of the supervisor: components live on, the next one adopts them and keeps watch over them', async () => {
    const spec = bench.spec('web', FOREVER);
    await bench.ensure(spec);
    const [child, supervisor] = [bench.processOf('web'), bench.supervisor()];
    await bench.killSupervisor();
    expect(bench.processes.isAlive(child)).toBe(true);
    expect(bench.status('web').message).toContain('nobody supervises it');

    expect(await bench.ensure(spec)).toEqual({ changed: true });
    expect(bench.supervisor().pid).not.toBe(supervisor.pid);
    expect(bench.processOf('web')).toEqual(child);
    expect(bench.processesOf('web')).toEqual([child.pid]);

    bench.processes.signal(child, 'SIGKILL'); // no child of the new supervisor
    await bench.until('a new process', () => bench.status('web').healthy && bench.processOf('web').pid !== child.pid);
    expect(bench.processesOf('web')).toHaveLength(1);
  });

  test('of the supervisor before it could record a child: the child is found and not started twice', async () => {
    await bench.ensure(bench.spec('web', FOREVER));
    const child = bench.processOf('web');
    await bench.killSupervisor();
    rmSync(join(bench.labDir, 'components/web.status.json'));
    await bench.ensure(bench.spec('web', FOREVER));
    expect(bench.processOf('web')).toEqual(child);
    expect(bench.processesOf('web')).toEqual([child.pid]);
  });

  test('of the supervisor, then another spec: the old process is replaced', async () => {
    await bench.ensure(bench.spec('web', FOREVER));
    const child = bench.processOf('web');
    await bench.killSupervisor();
    await bench.ensure(bench.spec('web', `${FOREVER};`));
    expect(bench.processes.isAlive(child)).toBe(false);
    expect(bench.processesOf('web')).toEqual([bench.processOf('web').pid]);
  });

  test('of the supervisor with a component removed meanwhile: the next one stops it', async () => {
    await bench.ensure(bench.spec('web', FOREVER));
    await bench.ensure(bench.spec('other', FOREVER));
    const child = bench.processOf('web');
    await bench.killSupervisor();
    rmSync(join(bench.labDir, 'components/web.json'));
    await bench.ensure(bench.spec('other', FOREVER));
    await bench.until('the end of web', () => !bench.processes.isAlive(child));
  });
});

describe('stopping', () => {
  test('remove stops one component and forgets it', async () => {
    await bench.ensure(bench.spec('web', FOREVER));
    await bench.ensure(bench.spec('other', FOREVER));
    const child = bench.processOf('web');
    expect(await bench.control.remove('web')).toBe(true);
    expect(bench.processes.isAlive(child)).toBe(false);
    expect(bench.control.list().map(({ spec }) => spec.name)).toEqual(['other']);
    expect(await bench.control.remove('web')).toBe(false);
  });

  test('a component that ignores SIGTERM is killed after its grace', async () => {
    await bench.ensure(bench.spec('stubborn', STUBBORN, { graceSeconds: 1 }));
    await bench.until('its handler', () => bench.logText('stubborn').includes('up'));
    const child = bench.processOf('stubborn');
    await bench.control.remove('stubborn');
    expect(bench.processes.isAlive(child)).toBe(false);
    expect(bench.logText('stubborn')).toContain('no');
    expect(bench.logText('supervisor')).toContain('SIGKILL');
  });

  test('stopAll stops dependents first, and then the supervisor', async () => {
    const last = `process.on('SIGTERM', () => setTimeout(() => { console.log('top ended ' + Date.now()); process.exit() }, 300)); ${FOREVER}`;
    const first = `process.on('SIGTERM', () => { console.log('base told ' + Date.now()); process.exit() }); ${FOREVER}`;
    await bench.ensure(bench.spec('base', first));
    await bench.ensure(bench.spec('top', last, { after: ['base'] }));
    const { stopped, left } = await bench.control.stopAll();
    expect(left).toEqual([]);
    expect([...stopped].sort()).toEqual(['base', 'supervisor', 'top']);
    const time = (name: string) => Number(/\d{13}/.exec(bench.logText(name))?.[0]);
    expect(time('base')).toBeGreaterThanOrEqual(time('top'));
    expect(bench.owned()).toEqual([]);
    expect(await bench.control.stopAll()).toEqual({ stopped: [], left: [] });
  });

  test('stopAll without a living supervisor stops what it left, and what no record names', async () => {
    const parent = `require('node:child_process').spawn(process.execPath, ['-e', '${FOREVER}'], { detached: true, stdio: 'ignore' }).unref(); ${FOREVER}`;
    await bench.ensure(bench.spec('web', parent));
    await bench.until('the grandchild', () => bench.owned().length === 3);
    await bench.killSupervisor();
    const { stopped, left } = await bench.control.stopAll();
    expect(left).toEqual([]);
    expect(stopped).toContain('web');
    expect(bench.owned()).toEqual([]);
  });

  test('SIGTERM to the supervisor stops the lab; the next ensure brings all of it back', async () => {
    await bench.ensure(bench.spec('web', FOREVER));
    await bench.ensure(bench.spec('other', FOREVER));
    bench.processes.signal(bench.supervisor(), 'SIGTERM');
    await bench.until('the end of everything', () => bench.owned().length === 0);
    expect(bench.status('web')).toMatchObject({ phase: 'stopped', healthy: false });
    await bench.ensure(bench.spec('web', FOREVER));
    await bench.until('the other one', () => bench.status('other').healthy);
  });
});

describe('the folder', () => {
  test('when it vanishes everything ends', async () => {
    await bench.ensure(bench.spec('web', FOREVER));
    rmSync(bench.labDir, { recursive: true, force: true });
    await bench.until('the end of everything', () => bench.owned().length === 0);
  });

  test('a second supervisor of the same lab refuses to run', async () => {
    await bench.ensure(bench.spec('web', FOREVER));
    const first = bench.supervisor();
    const second = await bench.processes.spawn({
      command: process.execPath,
      args: [join(import.meta.dirname, '../../../src/cli/programs/supervisor.ts'), bench.labDir],
      env: {},
      logFile: bench.log('second'),
    });
    expect((await second.exited).code).toBe(5);
    expect(bench.logText('second')).toContain(`${first.pid}`);
    expect(bench.supervisor()).toEqual(first);
  });

  test('a spec that cannot be read stops nothing, and the log says so', async () => {
    await bench.ensure(bench.spec('web', FOREVER));
    const child = bench.processOf('web');
    writeFileSync(join(bench.labDir, 'components/web.json'), '{"name":');
    await bench.until('the log', () => bench.logText('supervisor').includes('spec web'));
    expect(bench.processes.isAlive(child)).toBe(true);
    expect(() => bench.control.list()).toThrow(expect.objectContaining({ id: 'ML-STATE-CORRUPT' }));
    const { stopped, left } = await bench.control.stopAll();
    expect([stopped.includes('web'), left]).toEqual([true, []]);
  });

  test('state that cannot be written is said in the log; supervising goes on', async () => {
    await bench.ensure(bench.spec('web', FOREVER));
    const first = bench.processOf('web');
    const status = join(bench.labDir, 'components/web.status.json');
    // A folder in the status file's place: works for root too, unlike a mode.
    renameSync(status, `${status}.aside`);
    mkdirSync(status);
    bench.processes.signal(first, 'SIGKILL');
    await bench.until('a new process', () => bench.processesOf('web').some((pid) => pid !== first.pid));
    await bench.until('the log', () => /error: web: .*could not be written/.test(bench.logText('supervisor')));
    rmSync(status, { recursive: true });
    await bench.until('the status again', () => bench.control.list()[0]?.status?.healthy === true);
    expect(readFileSync(status, 'utf8')).toContain('"restarts":1');
  });
});

test('a CA file that is no certificate is a reason why a component is not healthy, and no crash', async () => {
  const port = await freePort();
  const caFile = join(bench.labDir, 'ca.crt');
  writeFileSync(caFile, 'no certificate');
  const health = { kind: 'http', url: `https://127.0.0.1:${port}/`, caFile } as const;
  const stop = new AbortController();
  const ensured = bench.ensure(bench.spec('web', server(port), { health }), 60_000, stop.signal);
  const ended = expect(ensured).rejects.toBe('seen');
  const why = `https://127.0.0.1:${port}/ does not answer`;
  await bench.until('the reason', () => bench.control.list()[0]?.status?.message.startsWith(why) === true);
  stop.abort('seen');
  await ended;
});
