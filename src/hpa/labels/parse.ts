import type { Rules } from '../rules.ts';
import {
  newRequirement,
  type Operator,
  type Parsed,
  type Requirement,
  type Selector,
  selectorOf,
} from './requirement.ts';
import { type ParsedToken, scan, type TokenKind } from './scan.ts';
import { labelKeyErrors, labelTexts } from './validation.ts';
import { quote } from '../go-format.ts';

const OPERATORS: Readonly<Partial<Record<TokenKind, Operator>>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
};

/** Reads requirements off a list of tokens. Errors are texts that `run` turns into the result. */
class Parser {
  private at = 0;
  private readonly tokens: readonly ParsedToken[];
  private readonly rules: Rules;

  constructor(tokens: readonly ParsedToken[], rules: Rules) {
    this.tokens = tokens;
    this.rules = rules;
  }

  /** labels/selector.go Parser.lookahead: where a value is meant, "in" and "notin" are ordinary words. */
  private peek(asValue = true): ParsedToken {
    const token = this.tokens[this.at] ?? { kind: 'end', text: '' };
    return asValue && (token.kind === 'in' || token.kind === 'notin') ? { kind: 'word', text: token.text } : token;
  }

  private take(asValue = true): ParsedToken {
    const token = this.peek(asValue);
    this.at += 1;
    return token;
  }

  /** labels/selector.go Parser.parse. */
  parse(): Parsed<Selector> {
    const requirements: Requirement[] = [];
    for (;;) {
      const token = this.peek();
      if (token.kind === 'end') return { ok: selectorOf(requirements) };
      if (token.kind !== 'word' && token.kind !== '!') {
        return { error: `found '${token.text}', expected: !, identifier, or 'end of string'` };
      }
      const requirement = this.requirement();
      if ('error' in requirement) return { error: `unable to parse requirement: ${requirement.error}` };
      requirements.push(requirement.ok);
      const next = this.take();
      if (next.kind === 'end') return { ok: selectorOf(requirements) };
      if (next.kind !== ',') return { error: `found '${next.text}', expected: ',' or 'end of string'` };
      const after = this.peek();
      if (after.kind !== 'word' && after.kind !== '!') {
        return { error: `found '${after.text}', expected: identifier after ','` };
      }
    }
  }

  /** labels/selector.go Parser.parseRequirement, parseKeyAndInferOperator, parseOperator. */
  private requirement(): Parsed<Requirement> {
    let token = this.take();
    const negated = token.kind === '!';
    if (negated) token = this.take();
    if (token.kind !== 'word') return { error: `found '${token.text}', expected: identifier` };
    const key = token.text;
    const keyErrors = labelKeyErrors(key, labelTexts(this.rules.labelKeyTexts));
    if (keyErrors.length > 0) return { error: `<nil>: Invalid value: ${quote(key)}: ${keyErrors.join('; ')}` };
    const next = this.peek().kind;
    if (negated) return newRequirement(key, '!', [], this.rules);
    if (next === 'end' || next === ',') return newRequirement(key, 'exists', [], this.rules);
    const sign = this.take(false);
    const operator = OPERATORS[sign.kind];
    if (operator === undefined) {
      return { error: `found '${sign.text}', expected: in, notin, =, ==, !=, gt, lt` };
    }
    const values = operator === 'in' || operator === 'notin' ? this.valueList() : this.exactValue();
    // Upstream keeps them in a set and lists it sorted.
    return 'error' in values ? values : newRequirement(key, operator, [...new Set(values.ok)].toSorted(), this.rules);
  }

  /** labels/selector.go Parser.parseExactValue. */
  private exactValue(): Parsed<readonly string[]> {
    const { kind } = this.peek();
    if (kind === 'end' || kind === ',') return { ok: [''] };
    const token = this.take();
    return token.kind === 'word' ? { ok: [token.text] } : { error: `found '${token.text}', expected: identifier` };
  }

  /** labels/selector.go Parser.parseValues. */
  private valueList(): Parsed<readonly string[]> {
    const open = this.take();
    if (open.kind !== '(') return { error: `found '${open.text}' expected: '('` };
    const first = this.peek();
    if (first.kind === ')') {
      this.take();
      return { ok: [''] };
    }
    if (first.kind !== 'word' && first.kind !== ',') {
      return { error: `found '${first.text}', expected: ',', ')' or identifier` };
    }
    const list = this.identifiers();
    if ('error' in list) return list;
    return this.take().kind === ')' ? list : { error: `found '${first.text}', expected: ')'` };
  }

  /** labels/selector.go Parser.parseIdentifiersList. */
  private identifiers(): Parsed<readonly string[]> {
    const values: string[] = [];
    for (;;) {
      const token = this.take();
      const next = this.peek();
      if (token.kind === 'word') {
        values.push(token.text);
        if (next.kind === ')') return { ok: values };
        if (next.kind !== ',') return { error: `found '${next.text}', expected: ',' or ')'` };
      } else if (token.kind === ',') {
        if (values.length === 0 || next.kind === ')' || next.kind === ',') values.push('');
        if (next.kind === ')') return { ok: values };
        if (next.kind === ',' && this.rules.selectorSkipsDoubleComma) this.take();
      } else {
        return { error: `found '${token.text}', expected: ',', or identifier` };
      }
    }
  }
}

interface Memo {
  readonly text: string;
  readonly rules: Rules;
  readonly result: Parsed<Selector>;
}

/** The last selector: an HPA asks for the same one in every cycle. */
let last: Memo | null = null;

/** A selector's text parsed, or upstream's error. Upstream: apimachinery labels/selector.go Parse. */
export function parseSelector(text: string, rules: Rules): Parsed<Selector> {
  if (last !== null && last.text === text && last.rules === rules) return last.result;
  const result = new Parser(scan(text), rules).parse();
  last = { text, rules, result };
  return result;
}
