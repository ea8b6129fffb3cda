import { invalidText, labelKeyProblems, labelValueProblems } from './label-validation.ts';
import { ParseFault, type Token, tokens } from './selector-tokens.ts';

export type Operator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  /** Sorted, without repetitions. */
  readonly values: readonly string[];
}

export type Labels = Readonly<Record<string, string>>;

/** A label selector; all requirements must hold. */
export interface Selector {
  /** In the order of their keys. */
  readonly requirements: readonly Requirement[];
  /** Canonical text, as upstream's `Selector.String()`; empty = everything. */
  readonly text: string;
  matches(labels: Labels): boolean;
}

export const EVERYTHING: Selector = { requirements: [], text: '', matches: () => true };

const BINARY: Readonly<Record<string, Operator>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
};
const INT64 = /^[+-]?\d+$/;

/**
 * The text of a selector (`labelSelector=...`) or upstream's error text: a port of the grammar of
 * k8s.io/apimachinery pkg/labels/selector.go Parse.
 */
export function parseSelector(text: string): Selector | string {
  if (text === '') return EVERYTHING;
  try {
    return selectorOf(new Parser(tokens(text)).parse());
  } catch (error) {
    if (error instanceof ParseFault) return error.text;
    throw error;
  }
}

function selectorOf(requirements: readonly Requirement[]): Selector {
  const sorted = requirements.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return {
    requirements: sorted,
    text: sorted.map(requirementText).join(','),
    matches: (labels) => sorted.every((one) => matches(one, labels)),
  };
}

function matches({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (operator === '!') return value === undefined;
  if (operator === '!=' || operator === 'notin') return value === undefined || !values.includes(value);
  if (value === undefined) return false;
  if (operator === 'exists') return true;
  if (operator !== 'gt' && operator !== 'lt') return values.includes(value);
  if (!INT64.test(value)) return false;
  const [have, bound] = [BigInt(value.replace('+', '')), BigInt((values[0] ?? '0').replace('+', ''))];
  return operator === 'gt' ? have > bound : have < bound;
}

function requirementText({ key, operator, values }: Requirement): string {
  const list = values.join(',');
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${list})`;
    case 'gt':
      return `${key}>${list}`;
    case 'lt':
      return `${key}<${list}`;
    default:
      return `${key}${operator}${list}`;
  }
}

/** Recursive descent over the tokens; `in` and `notin` are words where an operator cannot stand. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(all: readonly Token[]) {
    this.#tokens = all;
  }

  parse(): Requirement[] {
    const found: Requirement[] = [];
    for (;;) {
      const next = this.#peek();
      if (next.kind === 'end') return found;
      if (!startsRequirement(next))
        throw new ParseFault(`found '${next.text}', expected: !, identifier, or 'end of string'`);
      found.push(this.#requirement());
      const after = this.#take();
      if (after.kind === 'end') return found;
      if (after.text !== ',') throw new ParseFault(`found '${after.text}', expected: ',' or 'end of string'`);
      const following = this.#peek();
      if (!startsRequirement(following))
        throw new ParseFault(`found '${following.text}', expected: identifier after ','`);
    }
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }
  #take(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #requirement(): Requirement {
    try {
      return this.#plainRequirement();
    } catch (error) {
      throw error instanceof ParseFault ? new ParseFault(`unable to parse requirement: ${error.text}`) : error;
    }
  }

  #plainRequirement(): Requirement {
    let token = this.#take();
    const negated = token.text === '!' && token.kind === 'symbol';
    if (negated) token = this.#take();
    if (!isWord(token)) throw new ParseFault(`found '${token.text}', expected: identifier`);
    const key = token.text;
    const wrong = invalidText('<nil>', key, labelKeyProblems(key));
    if (wrong !== undefined) throw new ParseFault(wrong);
    const next = this.#peek();
    // `!key` ends here whatever follows; the caller complains about `!key=value`.
    if (negated) return { key, operator: '!', values: [] };
    if (next.kind === 'end' || next.text === ',') return { key, operator: 'exists', values: [] };
    const operator = this.#operator();
    const values = operator === 'in' || operator === 'notin' ? this.#valueList() : [this.#exactValue()];
    return validated({ key, operator, values: [...new Set(values)].sort() });
  }

  #operator(): Operator {
    const { text } = this.#take();
    const operator = Object.hasOwn(BINARY, text) ? BINARY[text] : undefined;
    if (operator === undefined) throw new ParseFault(`found '${text}', expected: in, notin, =, ==, !=, gt, lt`);
    return operator;
  }

  #exactValue(): string {
    const next = this.#peek();
    if (next.kind === 'end' || next.text === ',') return '';
    const token = this.#take();
    if (isWord(token)) return token.text;
    throw new ParseFault(`found '${token.text}', expected: identifier`);
  }

  #valueList(): string[] {
    const open = this.#take();
    if (open.text !== '(') throw new ParseFault(`found '${open.text}' expected: '('`);
    const first = this.#peek();
    if (first.text === ')') {
      this.#take();
      return [''];
    }
    if (!isWord(first) && first.text !== ',')
      throw new ParseFault(`found '${first.text}', expected: ',', ')' or identifier`);
    const values = this.#identifiers();
    this.#take(); // the closing parenthesis, at which #identifiers stopped
    return values;
  }

  /** Words between commas; nothing between two commas is the empty value. */
  #identifiers(): string[] {
    const values: string[] = [];
    for (;;) {
      const token = this.#take();
      const next = this.#peek();
      if (isWord(token)) {
        values.push(token.text);
        if (next.text === ',') continue;
        if (next.text === ')') return values;
        throw new ParseFault(`found '${next.text}', expected: ',' or ')'`);
      }
      if (token.text !== ',') throw new ParseFault(`found '${token.text}', expected: ',', or identifier`);
      if (values.length === 0) values.push('');
      if (next.text === ')') return [...values, ''];
      if (next.text === ',') values.push('');
    }
  }
}

function validated(one: Requirement): Requirement {
  const { key, operator, values } = one;
  const problems: string[] = [];
  if ((operator === 'gt' || operator === 'lt') && !isInt64(values[0] ?? '')) {
    const rule = ["for 'Gt', 'Lt' operators, the value must be an integer"];
    problems.push(invalidText('values[0]', values[0] ?? '', rule) ?? '');
  }
  values.forEach((value, index) => {
    const wrong = invalidText(`values[${index}][${key}]`, value, labelValueProblems(value));
    if (wrong !== undefined) problems.push(wrong);
  });
  if (problems.length === 0) return one;
  throw new ParseFault(problems.length === 1 ? (problems[0] ?? '') : `[${problems.join(', ')}]`);
}

function isInt64(text: string): boolean {
  return INT64.test(text) && BigInt.asIntN(64, BigInt(text.replace('+', ''))) === BigInt(text.replace('+', ''));
}

function startsRequirement(token: Token): boolean {
  return isWord(token) || (token.kind === 'symbol' && token.text === '!');
}

function isWord(token: Token): boolean {
  return token.kind === 'word';
}
