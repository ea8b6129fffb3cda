import type { Values } from './values.ts';

type HoleKind = 'text' | 'encoded' | 'textIfAny' | 'integer' | 'fraction' | 'tree' | 'treeIfAny' | 'each';

export interface Hole {
  readonly kind: HoleKind;
  /** Of Go's templates, with `$` as the root, so that it also holds inside `range` and `with`. */
  readonly expression: string;
}

/** Numbers of holes lie this far apart: a builder may add to one or take from it, and it is still known. */
const APART = 1_000;
const FIRST = 1_900_000_000;

/** Values that are marks: `template.ts` puts an expression where it finds one. */
export class Holes implements Values {
  readonly #holes: Hole[] = [];
  readonly release: Values['release'] = {
    name: this.#mark('text', '$.Release.Name'),
    namespace: this.#mark('text', '$.Release.Namespace'),
  };

  text(path: string): string {
    return this.#mark('text', `$.Values.${path}`);
  }
  choice<T extends string>(path: string): T {
    const mark: string = this.text(path);
    return mark as T;
  }
  textIfAny(path: string): string {
    return this.#mark('textIfAny', `$.Values.${path}`);
  }
  integer(path: string): number {
    return FIRST + APART * this.#add('integer', `$.Values.${path}`);
  }
  fraction(path: string): number {
    return FIRST + APART * this.#add('fraction', `$.Values.${path}`);
  }
  tree<T extends object>(path: string): T {
    return asTree<T>(this.#mark('tree', `$.Values.${path}`));
  }
  treeIfAny<T extends object>(path: string): T {
    return asTree<T>(this.#mark('treeIfAny', `$.Values.${path}`));
  }
  each(path: string): readonly string[] {
    return [this.#mark('each', `$.Values.${path}`)];
  }
  made(helper: string): string {
    return this.#mark('text', `include "metrics-lab.${helper}" $`);
  }
  madeIfAny(helper: string): string {
    return this.#mark('textIfAny', `include "metrics-lab.${helper}" $`);
  }
  digestOf(secret: string, key: string): string {
    return this.#mark('text', `include "metrics-lab.${secretHelper(secret, key)}" $ | sha256sum | trunc 16`);
  }

  /** Base64 of what a helper gives, as the data of a Secret. */
  encoded(helper: string): string {
    return this.#mark('encoded', `include "metrics-lab.${helper}" $ | b64enc`);
  }

  /** The holes of a text and what is between them. */
  split(text: string): readonly (string | Hole)[] {
    return text.split(/(hole-\d+-end|19\d{8})/).flatMap((piece) => {
      if (piece === '') return [];
      const number = /^hole-(\d+)-end$/.exec(piece)?.[1];
      return [number === undefined ? (this.#numberIn(piece) ?? piece) : this.#at(Number(number))];
    });
  }

  #numberIn(piece: string): Hole | undefined {
    if (!/^19\d{8}$/.test(piece)) return undefined;
    const offset = Number(piece) - FIRST;
    const index = Math.round(offset / APART);
    const { kind, expression } = this.#at(index);
    const added = offset - index * APART;
    const number = kind === 'fraction' ? expression : `int64 ${expression}`;
    if (added === 0) return { kind, expression: number };
    return { kind, expression: `${added > 0 ? 'add' : 'sub'} (${number}) ${Math.abs(added)}` };
  }

  #at(index: number): Hole {
    const hole = this.#holes[index];
    if (hole === undefined) throw new Error(`there is no hole ${index}`);
    return hole;
  }

  #mark(kind: HoleKind, expression: string): string {
    return `hole-${this.#add(kind, expression)}-end`;
  }

  #add(kind: HoleKind, expression: string): number {
    const known = this.#holes.findIndex((hole) => hole.kind === kind && hole.expression === expression);
    return known >= 0 ? known : this.#holes.push({ kind, expression }) - 1;
  }
}

/** A builder puts a tree where it belongs and looks at nothing in it. */
function asTree<T extends object>(mark: string): T {
  const tree: unknown = mark;
  return tree as T;
}

/** Name of the helper with the text of one key of a Secret. */
export function secretHelper(secret: string, key: string): string {
  return `${secret}.${key}`;
}
