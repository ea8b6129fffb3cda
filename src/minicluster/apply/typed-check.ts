import { goMap } from '../patch/strategic-merge.ts';
import type { Type } from '../schema/type.ts';
import { elementText } from './field-set.ts';
import { childOf, ElementError, isFields, itemElement, itemsOf, shapeOf } from './schema.ts';

/**
 * Every way in which a value does not fit its type, in the words of structured-merge-diff (typed/validate.go), which are what a
 * user of `kubectl apply --server-side` sees. `twice`: items of a list may stand twice (live objects that were not applied).
 */
export function typeErrors(type: Type, value: unknown, twice: boolean, path = ''): readonly string[] {
  const fault = (text: string) => [path === '' ? text : `${path}: ${text}`];
  if (value === null || value === undefined) return [];
  switch (type.is) {
    case 'struct':
    case 'map':
      if (!isFields(value)) return fault(`expected map, got ${goPlain(value)}`);
      return Object.entries(value).flatMap(([name, child]) => {
        const below = childOf(type, name);
        const where = `${path}.${name}`;
        if (below === undefined) return [`${where}: field not declared in schema`];
        return typeErrors(below, child, twice, where);
      });
    case 'list':
      if (!Array.isArray(value)) return fault(`expected list, got ${goPlain(value)}`);
      return itemErrors(type, value, twice, path);
    case 'raw':
      return [];
    default: {
      const wrong = scalarFault(type, value);
      return wrong === undefined ? [] : fault(wrong);
    }
  }
}

function itemErrors(type: Type, items: readonly unknown[], twice: boolean, path: string): readonly string[] {
  const errors: string[] = [];
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    let where = `[${index}]`;
    if (shapeOf(type) === 'list') {
      try {
        const element = itemElement(type, item);
        where = elementText(element);
        if (seen.has(element) && !twice) errors.push(`${path}: duplicate entries for key ${where}`);
        seen.add(element);
      } catch (error) {
        if (!(error instanceof ElementError)) throw error;
        return [...errors, `${path}: element ${index}: ${error.message}`];
      }
    }
    errors.push(...typeErrors(itemsOf(type), item, twice, `${path}${where}`));
  }
  return errors;
}

function scalarFault(type: Type, value: unknown): string | undefined {
  switch (type.is) {
    case 'bool':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${goPlain(value)}`;
    case 'int32':
    case 'int64':
    case 'float64':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case 'quantity':
      return typeof value === 'object' ? `expected any scalar, got ${goPlain(value)}` : undefined;
    case 'intOrString':
      return undefined;
    default:
      return typeof value === 'string' ? undefined : `expected string, got ${goValue(value)}`;
  }
}

/** Go's %v of a value.Value. */
function goPlain(value: unknown): string {
  return `&{${goMap(value)}}`;
}

/** Go's %#v of the same. */
function goValue(value: unknown): string {
  return `&value.valueUnstructured{Value:${goSyntax(value)}}`;
}

function goSyntax(value: unknown): string {
  if (value === null) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (isFields(value)) {
    const entries = Object.keys(value).sort();
    return `map[string]interface {}{${entries.map((name) => `${JSON.stringify(name)}:${goSyntax(value[name])}`).join(', ')}}`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

/** typed/validate.go ValidationErrors.Error. */
export function errorsText(errors: readonly string[]): string {
  return errors.length === 1 ? (errors[0] ?? '') : `errors:\n${errors.map((each) => `  ${each}`).join('\n')}`;
}
