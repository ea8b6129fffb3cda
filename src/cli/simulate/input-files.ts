import { resolve } from 'node:path';
import { LabError } from '../../errors/lab-error.ts';
import type { CommandContext } from '../context.ts';
import { readStdin } from '../read-stdin.ts';
import { unfit } from './setup.ts';

/** Files that were named on the command line; `-` is stdin, once. */
export class InputFiles {
  readonly #context: Pick<CommandContext, 'files' | 'cwd' | 'streams' | 'signal'>;
  #stdinTaken = false;

  constructor(context: Pick<CommandContext, 'files' | 'cwd' | 'streams' | 'signal'>) {
    this.#context = context;
  }

  /** The text, and how messages call the file. Raises ML-SIM-FILE. */
  async read(path: string, mostCharacters: number): Promise<{ readonly name: string; readonly text: string }> {
    const fault = (reason: string, cause?: unknown) =>
      new LabError('ML-SIM-FILE', { path: path === '-' ? 'stdin' : path, reason }, { cause });
    const { files, cwd, streams, signal } = this.#context;
    const tooLarge = { characters: mostCharacters, reason: `it is larger than ${mostCharacters} characters` };
    if (path === '-') {
      if (this.#stdinTaken) throw unfit('- is given twice', 'standard input can be read once');
      this.#stdinTaken = true;
      return { name: 'stdin', text: await readStdin(streams.stdin, signal, tooLarge, fault) };
    }
    const absolute = resolve(cwd, path);
    if (!files.exists(absolute)) throw fault('there is no such file');
    if (files.sizeOf(absolute) > mostCharacters) throw fault(tooLarge.reason);
    const text = files.readText(absolute);
    if (text === undefined) throw fault('there is no such file');
    return { name: path, text };
  }
}
