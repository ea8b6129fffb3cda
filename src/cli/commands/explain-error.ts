import { EXIT_CODES } from '../../errors/exit-codes.ts';
import { LabError } from '../../errors/lab-error.ts';
import { type ErrorId, isErrorId, REGISTRY } from '../../errors/registry.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { nearest } from '../nearest.ts';
import { columns } from '../text/columns.ts';
import { paint } from '../text/paint.ts';

/** `metrics-lab explain error [ID]`. Raises ML-USAGE-ERROR-ID for an ID that does not exist. */
export async function run({ output }: CommandContext, flags: Flags): Promise<undefined> {
  const wanted = flags.text('id');
  if (wanted === undefined) {
    const items = errorIds().map(described);
    await output.print({
      kind: 'ErrorList',
      data: { items },
      items,
      names: items.map(({ id }) => id),
      text: () =>
        columns(
          ['ID', 'EXIT', 'TITLE'],
          items.map(({ id, exitCode, title }) => [id, String(exitCode), title]),
        ),
    });
    return;
  }
  const id = wanted.toUpperCase();
  if (!isErrorId(id)) {
    throw new LabError('ML-USAGE-ERROR-ID', { id: wanted, nearest: nearest(id, errorIds()).join(', ') });
  }
  const item = described(id);
  await output.print({ kind: 'Error', data: item, names: [id], text: () => text(item) });
}

type Described = ReturnType<typeof described>;

function errorIds(): ErrorId[] {
  return Object.keys(REGISTRY).filter(isErrorId).sort();
}

function described(id: ErrorId) {
  const { exit, fault, title, why, actions, retryable, related = [] } = REGISTRY[id];
  return { id, exitCode: EXIT_CODES[exit], exit, fault, title, why, actions, retryable, related };
}

const FAULTS: Readonly<Record<Described['fault'], string>> = {
  user: 'what was typed or configured',
  environment: 'the machine or network around the lab',
  lab: 'the lab itself',
};

function text(item: Described): string {
  const lines = [
    `${paint('bold', item.id)}  (exit code ${item.exitCode}, ${item.exit})`,
    '',
    `  what   ${item.title}`,
    `  why    ${item.why}`,
    ...item.actions.map((action, index) => `  ${index === 0 ? 'do ' : '   '}    ${index + 1}. ${action}`),
    `  fault  ${FAULTS[item.fault]}`,
    `  retry  ${item.retryable ? 'the same command may succeed later' : 'the same command will fail again'}`,
    ...(item.related.length === 0 ? [] : [`  see    ${item.related.join(', ')}`]),
    '',
    'Words in braces are filled in when it happens.',
  ];
  return lines.join('\n');
}
