import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXIT_MEANINGS } from '../../../src/cli/help.ts';
import { EXIT_CODES } from '../../../src/errors/exit-codes.ts';
import { LabError } from '../../../src/errors/lab-error.ts';
import { type ErrorId, isErrorId, REGISTRY } from '../../../src/errors/registry.ts';
import { IDLE_COMMANDS, runCli } from './run-cli.ts';

const IDS = Object.keys(REGISTRY).filter(isErrorId);
const RELEASED = readFileSync(new URL('../../../docs/errors.released.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n');

/** What the templates of hints are filled with. */
const SAMPLES: Readonly<Record<string, string>> = {
  lab: 'demo',
  component: 'metrics-server',
  rest: '7',
  help: 'up --help',
  name: 'consumer',
};

/** The commands between backquotes in the hints of an error, filled in. */
function hintsOf(id: ErrorId): string[] {
  const { actions } = new LabError(id, SAMPLES);
  return actions.flatMap((action) => [...action.matchAll(/`(metrics-lab[^`]*)`/g)].map(([, command]) => command ?? ''));
}

describe('the registry of errors', () => {
  const hints = IDS.flatMap((id) => hintsOf(id).map((hint) => [hint, id] as const));

  it.each(hints)('hint "%s" of %s is a command line that parses', async (hint) => {
    expect(hint).not.toMatch(/[{}]/);
    const argv = [...hint.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    const { code, stderr } = await runCli(argv.slice(1), { commands: IDLE_COMMANDS });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it.each(IDS)('%s is spelled like an ID, has texts and something to do', (id) => {
    const { title, why, actions } = REGISTRY[id];
    expect(id).toMatch(/^ML(-[A-Z0-9]+)+$/);
    expect(title).toMatch(/^\S.*[^.\s]$/);
    expect(why).not.toBe('');
    expect(actions.length).toBeGreaterThan(0);
  });

  it('keeps every ID that was ever released', () => {
    expect(RELEASED.filter((id) => !isErrorId(id))).toEqual([]);
    expect(new Set(RELEASED).size).toBe(RELEASED.length);
  });

  it('has only exit codes of the table, and the table has a meaning for each', () => {
    const numbers = Object.values(EXIT_CODES);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(Object.keys(EXIT_MEANINGS)).toEqual(Object.keys(EXIT_CODES));
    expect(numbers.filter((code) => code >= 126 && code <= 128)).toEqual([]);
  });
});
