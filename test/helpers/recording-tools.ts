import type { CommandResult, RunTool } from '../../src/contracts/commands.ts';

/** A runner of tools that runs nothing: it keeps the command lines, and answers by the first rule whose start fits. */
export class RecordingTools {
  readonly lines: string[] = [];
  readonly environments: Readonly<Record<string, string>>[] = [];
  readonly #answers: readonly (readonly [start: string, answer: Partial<CommandResult>])[];

  constructor(answers: readonly (readonly [start: string, answer: Partial<CommandResult>])[] = []) {
    this.#answers = answers;
  }

  readonly run: RunTool = (command, args, { env }) => {
    const line = [command, ...args].join(' ');
    this.lines.push(line);
    this.environments.push(env);
    const answer = this.#answers.find(([start]) => line.startsWith(start))?.[1] ?? {};
    return Promise.resolve({ code: 0, stdout: '', stderr: '', ...answer });
  };
}
