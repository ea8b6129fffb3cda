import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Condition, Values } from '../../scripts/charts/values.ts';

type Tree = Readonly<Record<string, unknown>>;

/** Real values for the builders of a chart: what its templates must give for the same values. */
export class GivenValues implements Values {
  readonly release: Values['release'];
  readonly #values: Tree;
  readonly #made: Readonly<Record<string, string>>;

  /** `made`: what the chart has made by itself in the rendering that is compared; `raw`: values that it hands on without defaults. */
  constructor(values: unknown, release: Values['release'], made: Readonly<Record<string, string>>, raw: object = {}) {
    this.#values = { ...z.record(z.string(), z.unknown()).parse(values), ...raw };
    this.release = release;
    this.#made = made;
  }

  text(path: string): string {
    return z.string().parse(this.#at(path));
  }
  choice<T extends string>(path: string): T {
    return this.#at(path) as T;
  }
  textIfAny(path: string): string | undefined {
    const text = this.text(path);
    return text === '' ? undefined : text;
  }
  integer(path: string): number {
    return z.int().parse(this.#at(path));
  }
  fraction(path: string): number {
    return z.number().parse(this.#at(path));
  }
  tree<T extends object>(path: string): T {
    return this.#at(path) as T;
  }
  treeIfAny<T extends object>(path: string): T | undefined {
    const tree = this.tree<T>(path);
    return Object.keys(tree).length === 0 ? undefined : tree;
  }
  each(path: string): readonly string[] {
    return z.array(z.string()).parse(this.#at(path));
  }
  made(helper: string): string {
    const made = this.#made[helper];
    if (made === undefined) throw new Error(`the test does not say what the helper ${helper} made`);
    return made;
  }
  madeIfAny(helper: string): string | undefined {
    return this.#made[helper];
  }
  digestOf(_secret: string, _key: string, text: string): string {
    return createHash('sha256').update(text).digest('hex').slice(0, 16);
  }

  holds(conditions: readonly Condition[]): boolean {
    return conditions.every(({ path, is }) => is.some((value) => value === this.#at(path)));
  }

  #at(path: string): unknown {
    let value: unknown = this.#values;
    for (const key of path.split('.')) value = (value as Tree)[key];
    if (value === undefined) throw new Error(`there is no value ${path}`);
    return value;
  }
}
