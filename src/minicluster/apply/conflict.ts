import { ApiFailure } from '../api/failure.ts';
import { pathText } from './field-set.ts';
import type { Owner } from './managed.ts';
import type { Conflict } from './updater.ts';

/** 409 with every field that somebody else owns (managedfields/internal/conflict.go). */
export function conflictFailure(conflicts: readonly Conflict[]): ApiFailure {
  const causes = conflicts.map(({ owner, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${ownerText(owner)}`,
    field: pathText(path),
  }));
  return new ApiFailure(409, 'Conflict', message(conflicts), { causes });
}

function message(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (conflicts.length === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: conflict with ${ownerText(first.owner)}: ${pathText(first.path)}`;
  }
  const byOwner = Map.groupBy(conflicts, ({ owner }) => ownerText(owner));
  const texts = [...byOwner]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([owner, its]) => [`conflicts with ${owner}:`, ...its.map(({ path }) => `- ${pathText(path)}`)].join('\n'));
  return `Apply failed with ${conflicts.length} conflicts: ${texts.join('\n')}`;
}

function ownerText({ manager, operation, apiVersion, subresource }: Owner): string {
  const part = subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`;
  const using = operation === 'Update' ? ` using ${apiVersion}` : '';
  return `${JSON.stringify(manager)}${part}${using}`;
}
