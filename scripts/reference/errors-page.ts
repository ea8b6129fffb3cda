import type { ErrorEntry } from '../../src/errors/entry.ts';
import { EXIT_CODES } from '../../src/errors/exit-codes.ts';
import { REGISTRY } from '../../src/errors/registry.ts';
import { GENERATED, markdownTable } from './markdown.ts';

/** docs/errors.md */
export function errorsPage(): string {
  const entries = Object.entries(REGISTRY).sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = entries.map(([id, { exit, title }]) => [
    `[${id}](#${id.toLowerCase()})`,
    String(EXIT_CODES[exit]),
    escaped(title),
  ]);
  return `${[
    GENERATED,
    '# Errors of metrics-lab',
    'Every error has an ID that never changes. `metrics-lab explain error <ID>` prints the same as this page. Words in braces are filled in when it happens.',
    markdownTable(['ID', 'exit code', 'what happened'], rows),
    ...entries.map(([id, entry]) => section(id, entry)),
  ].join('\n\n')}\n`;
}

function section(id: string, entry: ErrorEntry): string {
  const related = entry.related ?? [];
  return [
    `## ${id}`,
    `${escaped(entry.title)}.`,
    `Why: ${escaped(entry.why)}.`,
    entry.actions.map((action, index) => `${index + 1}. ${escaped(action)}`).join('\n'),
    `Exit code ${EXIT_CODES[entry.exit]} (${entry.exit}). ${entry.retryable ? 'The same command may succeed later.' : 'The same command will fail again.'}`,
    ...(related.length === 0 ? [] : [`See ${related.join(', ')}.`]),
  ].join('\n\n');
}

/** Angle brackets outside of backquotes would be taken for HTML. */
function escaped(text: string): string {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '&lt;') : part))
    .join('`');
}
