import { LabError } from '../../errors/lab-error.ts';
import type { Topic } from '../../explain/reference/topic.ts';
import type { CommandContext } from '../context.ts';
import { nearest } from '../nearest.ts';
import { columns } from '../text/columns.ts';
import { paint } from '../text/paint.ts';

interface Reference {
  /** `field`, `metric`: the word of the command. */
  readonly word: string;
  readonly kind: string;
  readonly topics: readonly Topic[];
}

/** Prints one topic, or all of them without a name. Raises ML-USAGE-TOPIC for one that there is not. */
export async function explainTopic(
  { output }: CommandContext,
  { word, kind, topics }: Reference,
  wanted: string | undefined,
): Promise<void> {
  const names = topics.map(({ name }) => name);
  if (wanted === undefined) {
    const items = topics.map((topic) => ({ ...topic }));
    const text = () =>
      columns(
        ['NAME', 'TYPE', 'WHAT'],
        topics.map(({ name, type, what }) => [name, type, what]),
      );
    await output.print({ kind: `${kind}List`, data: { items }, items, names, text });
    return;
  }
  const topic = topics.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (topic === undefined)
    throw new LabError('ML-USAGE-TOPIC', { word, name: wanted, nearest: nearest(wanted, names).join(', ') });
  const below = names.filter(
    (name) => name.startsWith(`${topic.name}.`) && !name.slice(topic.name.length + 1).includes('.'),
  );
  await output.print({ kind, data: { ...topic, below }, names: [topic.name], text: () => topicText(topic, below) });
}

function topicText({ name, type, what, byDefault, traps, upstream }: Topic, below: readonly string[]): string {
  const list = (label: string, lines: readonly string[]) =>
    lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(8)} ${line}`);
  return [
    `${paint('bold', name)}  (${type})`,
    '',
    ...list('what', [what]),
    ...list('default', byDefault === null ? [] : [byDefault]),
    ...list('careful', traps),
    ...list('below', below),
    ...list('see', upstream),
  ].join('\n');
}
