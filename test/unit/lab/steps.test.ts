import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LabError } from '../../../src/errors/lab-error.ts';
import { readJournal } from '../../../src/lab/journal.ts';
import { runSteps, type Step } from '../../../src/lab/run-steps.ts';
import { waitFor } from '../../../src/lab/up/wait-for.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { RecordingIo } from '../../helpers/recording-io.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

function runner(dir: string, signal: AbortSignal = new AbortController().signal) {
  const io = new RecordingIo();
  const journal = join(dir, 'journal');
  return { io, journal, command: 'up', files: nodeFiles, clock: new VirtualClock(), signal };
}

describe('runSteps', () => {
  it('journals each step before and after, and resolves to what changed', async () => {
    using dir = tempDir();
    const ports = runner(dir.path);
    const step = (id: string, changed: boolean): Step => ({
      id,
      title: `title of ${id}`,
      run: async () => ({ changed }),
    });
    expect(await runSteps(ports, [step('one', true), step('two', false)])).toEqual(['title of one']);
    const states = readJournal(nodeFiles, ports.journal, 'lab').map(({ step: id, state }) => `${id} ${state}`);
    expect(states).toEqual(['one started', 'one done', 'two started', 'two done']);
    expect(ports.io.events.map(({ type }) => type)).toEqual([
      'plan',
      'step.started',
      'step.done',
      'step.started',
      'step.done',
    ]);
  });

  it('a failing step ends the run with its error; an abort is `interrupted`, not a failure', async () => {
    using dir = tempDir();
    const failing: Step = {
      id: 'one',
      title: 'one',
      run: async () => Promise.reject(new LabError('ML-INTERNAL', { text: 'x' })),
    };
    const ports = runner(dir.path);
    await expect(runSteps(ports, [failing, failing])).rejects.toThrow('x');
    expect(readJournal(nodeFiles, ports.journal, 'lab').at(-1)).toMatchObject({
      state: 'failed',
      error: 'ML-INTERNAL',
    });
    const stop = new AbortController();
    const aborting: Step = {
      id: 'two',
      title: 'two',
      run: async () => {
        stop.abort(new LabError('ML-INTERRUPTED'));
        stop.signal.throwIfAborted();
        return { changed: false };
      },
    };
    await expect(runSteps(runner(dir.path, stop.signal), [aborting])).rejects.toThrow();
    expect(readJournal(nodeFiles, ports.journal, 'lab').at(-1)).toMatchObject({ step: 'two', state: 'interrupted' });
  });
});

describe('waitFor', () => {
  const base = () => ({
    lab: 'lab',
    step: 'ready',
    clock: new VirtualClock(),
    io: new RecordingIo(),
    signal: new AbortController().signal,
    timeoutMs: 60_000,
  });

  it('says every 10 s what is missing, and whether it waited', async () => {
    const options = base();
    const end = options.clock.now() + 25_000;
    const condition = { check: async () => (options.clock.now() < end ? 'no metric yet' : undefined) };
    expect(await waitFor([condition], options)).toBe(true);
    expect(options.io.events).toEqual([
      { type: 'step.progress', step: 'ready', text: 'waiting 10s: no metric yet' },
      { type: 'step.progress', step: 'ready', text: 'waiting 20s: no metric yet' },
    ]);
    expect(await waitFor([condition], options)).toBe(false);
  });

  it('a wait that ends without its condition is a timeout, exit 6 (kind#2654)', async () => {
    const error = await waitFor([{ check: async () => 'no metric yet' }], base()).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ id: 'ML-LAB-NOT-READY', exitCode: 6 });
    expect((error as LabError).why).toContain('no metric yet');
  });
});
