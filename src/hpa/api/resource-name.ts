import type { Quirks } from '../quirks.ts';
import { type FieldError, invalid, named, plain } from './field-error.ts';
import type { FieldPath } from './field-path.ts';
import { labelKeyFaults } from './names.ts';

// pkg/apis/core/validation: names of compute resources, asked for by ContainerResource metrics only.

const FOR_CONTAINERS: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
const STANDARD: ReadonlySet<string> = new Set([
  ...FOR_CONTAINERS,
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
  'requests.storage',
  'services.nodeports',
  'services.loadbalancers',
]);

const isHugePage = (name: string): boolean => name.startsWith('hugepages-');
const isStandard = (name: string): boolean =>
  STANDARD.has(name) || isHugePage(name) || name.startsWith('requests.hugepages-');

/** ValidateContainerResourceName. */
export function containerResourceNameErrors(name: string, path: FieldPath, quirks: Quirks): readonly FieldError[] {
  const errors = resourceNameErrors(name, path, quirks);
  if (!name.includes('/')) {
    if (FOR_CONTAINERS.has(name) || isHugePage(name)) return errors;
    return [...errors, invalid(path, named(name), 'must be a standard resource for containers')];
  }
  if (name.includes('kubernetes.io/') || isExtended(name, quirks)) return errors;
  return [...errors, invalid(path, named(name), "doesn't follow extended resource name standard")];
}

function resourceNameErrors(name: string, path: FieldPath, quirks: Quirks): readonly FieldError[] {
  const faults = labelKeyFaults(name, quirks);
  const value = quirks.resourceNameAsJson ? named(name) : plain(name);
  if (faults.length > 0) return faults.map((fault) => invalid(path, value, fault));
  if (name.includes('/') || isStandard(name)) return [];
  return [invalid(path, named(name), 'must be a standard resource type or fully qualified')];
}

function isExtended(name: string, quirks: Quirks): boolean {
  return !name.startsWith('requests.') && labelKeyFaults(`requests.${name}`, quirks).length === 0;
}
