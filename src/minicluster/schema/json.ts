/** What Go's encoding/json (as kube-apiserver uses it, sigs.k8s.io/json) makes of a text. */
export interface ParsedJson {
  readonly value: unknown;
  /** Paths of fields that stand twice in one object, e.g. `data.a`; the last one wins. */
  readonly duplicates: readonly string[];
}

/** The text is no JSON; `message` is Go's. */
export class JsonSyntaxError extends SyntaxError {
  override readonly name = 'JsonSyntaxError';
}

/** encoding/json scanner.go maxNestingDepth. */
const MAX_DEPTH = 10_000;
/** Deeper than this the recursion of `Scanner` would not be safe; the text is wrong anyway, only the wording is at stake. */
const MAX_SCANNED_DEPTH = 2_000;
const MAX_DUPLICATES = 100;

/** Parses with Go's error texts, and finds duplicate fields, which JSON.parse hides. Raises JsonSyntaxError. */
export function parseJson(text: string): ParsedJson {
  const deep = exceedsDepth(text);
  if (deep !== undefined) throw new JsonSyntaxError(`invalid character '${deep}' exceeded max depth`);
  const value = quickParse(text);
  if (value !== undefined) return { value, duplicates: findDuplicates(text) };
  throw new JsonSyntaxError(new Scanner(text).error());
}

function quickParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The bracket that nests deeper than Go allows. Without recursion: the text may be made to break ours. */
function exceedsDepth(text: string): string | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at) - 1;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > MAX_DEPTH) return character;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return undefined;
}

/** The paths of duplicate fields of a text that is valid JSON. Objects in lists count with their index: `a[0].b`. */
function findDuplicates(text: string): readonly string[] {
  const found: string[] = [];
  /** Per open object its names so far; a list counts. */
  const open: ({ readonly names: Set<string>; name: string } | { index: number })[] = [];
  const path = () =>
    open
      .map((each) => ('index' in each ? `[${each.index}]` : `.${each.name}`))
      .join('')
      .slice(1);
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    const top = open.at(-1);
    if (character === '"') {
      const end = endOfString(text, at);
      if (top !== undefined && 'names' in top && isName(text, end)) {
        top.name = JSON.parse(text.slice(at, end)) as string;
        if (top.names.has(top.name) && found.length < MAX_DUPLICATES) found.push(path());
        top.names.add(top.name);
      }
      at = end - 1;
    } else if (character === '{') open.push({ names: new Set(), name: '' });
    else if (character === '[') open.push({ index: 0 });
    else if (character === '}' || character === ']') open.pop();
    else if (character === ',' && top !== undefined && 'index' in top) top.index += 1;
  }
  return found;
}

/** Index behind the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function isName(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at += 1;
  return text[at] === ':';
}

/** Finds the place at which Go's scanner gives up, and what it says there. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  error(): string {
    const fault = this.#value(0) ?? this.#rest();
    return fault ?? 'invalid character in JSON';
  }

  #rest(): string | undefined {
    this.#blanks();
    return this.#at < this.#text.length ? this.#invalid('after top-level value') : undefined;
  }

  #value(depth: number): string | undefined {
    this.#blanks();
    const character = this.#text[this.#at];
    if (character === undefined) return END;
    if (character === '{') return depth >= MAX_SCANNED_DEPTH ? END : this.#object(depth);
    if (character === '[') return depth >= MAX_SCANNED_DEPTH ? END : this.#list(depth);
    if (character === '"') return this.#string();
    const word = LITERALS.find(([first]) => first === character)?.[1];
    if (word !== undefined) return this.#literal(word);
    return /[-\d]/.test(character) ? this.#number() : this.#invalid('looking for beginning of value');
  }

  #object(depth: number): string | undefined {
    this.#at += 1;
    for (let first = true; ; first = false) {
      this.#blanks();
      const character = this.#text[this.#at];
      if (character === undefined) return END;
      if (character === '}' && first) break;
      if (character !== '"') return this.#invalid('looking for beginning of object key string');
      const fault = this.#string() ?? this.#expect(':', 'after object key') ?? this.#value(depth + 1);
      if (fault !== undefined) return fault;
      this.#blanks();
      const next = this.#text[this.#at];
      if (next === undefined) return END;
      if (next === '}') break;
      if (next !== ',') return this.#invalid('after object key:value pair');
      this.#at += 1;
    }
    this.#at += 1;
    return undefined;
  }

  #list(depth: number): string | undefined {
    this.#at += 1;
    for (let first = true; ; first = false) {
      this.#blanks();
      if (first && this.#text[this.#at] === ']') break;
      const fault = this.#value(depth + 1);
      if (fault !== undefined) return fault;
      this.#blanks();
      const next = this.#text[this.#at];
      if (next === undefined) return END;
      if (next === ']') break;
      if (next !== ',') return this.#invalid('after array element');
      this.#at += 1;
    }
    this.#at += 1;
    return undefined;
  }

  #string(): string | undefined {
    for (this.#at += 1; ; this.#at += 1) {
      const character = this.#text[this.#at];
      if (character === undefined) return END;
      if (character < ' ') return this.#invalid('in string literal');
      if (character === '"') break;
      if (character !== '\\') continue;
      this.#at += 1;
      const escape = this.#text[this.#at];
      if (escape === undefined) return END;
      if (!'bfnrt\\/"u'.includes(escape)) return this.#invalid('in string escape code');
    }
    this.#at += 1;
    return undefined;
  }

  #literal(word: string): string | undefined {
    for (let index = 0; index < word.length; index += 1, this.#at += 1) {
      if (this.#text[this.#at] === undefined) return END;
      if (this.#text[this.#at] !== word[index]) return this.#invalid(`in literal ${word} (expecting '${word[index]}')`);
    }
    return undefined;
  }

  #number(): string | undefined {
    if (this.#text[this.#at] === '-') {
      this.#at += 1;
      if (this.#at >= this.#text.length) return END;
      if (!/\d/.test(this.#text[this.#at] ?? '')) return this.#invalid('in numeric literal');
    }
    if (this.#text[this.#at] === '0') this.#at += 1;
    else this.#digits();
    if (this.#text[this.#at] === '.') {
      this.#at += 1;
      if (this.#at >= this.#text.length) return END;
      if (!this.#digits()) return this.#invalid('after decimal point in numeric literal');
    }
    if (/[eE]/.test(this.#text[this.#at] ?? '')) {
      this.#at += 1;
      if (/[+-]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
      if (this.#at >= this.#text.length) return END;
      if (!this.#digits()) return this.#invalid('in exponent of numeric literal');
    }
    return undefined;
  }

  #digits(): boolean {
    const start = this.#at;
    while (/\d/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    return this.#at > start;
  }

  #expect(wanted: string, where: string): string | undefined {
    this.#blanks();
    const character = this.#text[this.#at];
    if (character === undefined) return END;
    if (character !== wanted) return this.#invalid(where);
    this.#at += 1;
    return undefined;
  }

  #blanks(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? 'x')) this.#at += 1;
  }

  #invalid(where: string): string {
    return `invalid character ${quoted(String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0))} ${where}`;
  }
}

const END = 'unexpected end of JSON input';
const LITERALS: readonly (readonly [string, string])[] = [
  ['t', 'true'],
  ['f', 'false'],
  ['n', 'null'],
];

/** encoding/json quoteChar. */
function quoted(character: string): string {
  if (character === "'") return `'\\''`;
  if (character === '"') return `'"'`;
  return `'${JSON.stringify(character).slice(1, -1)}'`;
}
