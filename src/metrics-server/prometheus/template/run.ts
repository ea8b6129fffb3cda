import { callFunction, isTrue, printed, type Value } from './functions.ts';
import type { Node, Operand, Pipeline } from './parse.ts';
import { TemplateFault } from './tokens.ts';

type Scope = ReadonlyMap<string, Value>;
interface Position {
  readonly dot: Value;
  readonly variables: Scope;
}

/** The text of a template for `data`. Raises TemplateFault, e.g. for a field that `data` has not. */
export function runTemplate(nodes: readonly Node[], data: Readonly<Record<string, Value>>): string {
  return run(nodes, { dot: data, variables: new Map<string, Value>([['', data]]) });
}

function run(nodes: readonly Node[], start: Position): string {
  let { variables } = start;
  let text = '';
  for (const node of nodes) {
    const here = { dot: start.dot, variables };
    if (node.kind === 'text') text += node.text;
    else if (node.kind === 'print') {
      const value = evaluate(node.pipeline, here);
      const [name] = node.pipeline.variables;
      if (name === undefined) text += printed(value);
      else variables = new Map([...variables, [name, value]]);
    } else text += runBlock(node, here);
  }
  return text;
}

function runBlock(node: Extract<Node, { readonly body: unknown }>, here: Position): string {
  const value = evaluate(node.pipeline, here);
  const { variables: names } = node.pipeline;
  const inside = (dot: Value, values: readonly Value[]) => ({
    dot,
    variables: new Map([...here.variables, ...names.map((name, index) => [name, values[index]] as const)]),
  });
  if (!isTrue(value)) return run(node.otherwise, here);
  if (node.kind === 'if') return run(node.body, inside(here.dot, [value]));
  if (node.kind === 'with') return run(node.body, inside(value, [value]));
  const entries = entriesOf(value);
  // With one variable a range gives the element, with two the key before it.
  return entries.map(([key, one]) => run(node.body, inside(one, names.length > 1 ? [key, one] : [one]))).join('');
}

function entriesOf(value: Value): readonly (readonly [string | number, Value])[] {
  if (Array.isArray(value)) return value.map((one: Value, index) => [index, one]);
  if (typeof value === 'object') return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  throw new TemplateFault(`range cannot go over ${printed(value)}`);
}

function evaluate({ commands }: Pipeline, here: Position): Value {
  let value: Value;
  commands.forEach((command, index) => {
    const [first, ...rest] = command;
    const passed = index === 0 ? [] : [value];
    if (first?.kind === 'function') {
      value = callFunction(first.name, [...rest.map((one) => operandValue(one, here)), ...passed]);
      return;
    }
    if (first === undefined || rest.length + passed.length > 0) throw new TemplateFault('a value takes no arguments');
    value = operandValue(first, here);
  });
  return value;
}

function operandValue(operand: Operand, here: Position): Value {
  switch (operand.kind) {
    case 'literal':
      return operand.value;
    case 'field':
      return fieldOf(here.dot, operand.names, here);
    case 'variable':
      if (!here.variables.has(operand.name)) throw new TemplateFault(`there is no variable $${operand.name}`);
      return fieldOf(here.variables.get(operand.name), operand.names, here);
    case 'function':
      return callFunction(operand.name, []);
    case 'pipeline':
      return evaluate(operand.pipeline, here);
  }
}

/** A missing key of a map is no value; a missing field of the data is a mistake in the template. */
function fieldOf(from: Value, names: readonly string[], { variables }: Position): Value {
  let value = from;
  for (const name of names) {
    if (typeof value !== 'object' || Array.isArray(value))
      throw new TemplateFault(`${printed(value)} has no field ${name}`);
    const map = value as Readonly<Record<string, Value>>;
    if (!Object.hasOwn(map, name) && map === variables.get(''))
      throw new TemplateFault(
        `there is no .${name}; there are ${Object.keys(map)
          .map((key) => `.${key}`)
          .join(', ')}`,
      );
    value = Object.hasOwn(map, name) ? map[name] : undefined;
  }
  return value;
}
