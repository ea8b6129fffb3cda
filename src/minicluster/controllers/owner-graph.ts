import type { KubeObject } from '../../contracts/kube-client.ts';
import { ownersOf } from './pods.ts';

/** Who belongs to whom: store keys by uid of the owner. */
export class OwnerGraph {
  readonly #dependents = new Map<string, Set<string>>();
  readonly #owners = new Map<string, readonly string[]>();
  readonly #keys = new Map<string, string>();

  put(key: string, object: KubeObject): void {
    const { uid } = object.metadata;
    if (uid !== undefined) this.#keys.set(uid, key);
    const owners = ownersOf(object).map((owner) => owner.uid);
    const before = this.#owners.get(key) ?? [];
    if (owners.length === 0 && before.length === 0) return;
    for (const owner of before) if (!owners.includes(owner)) this.#drop(owner, key);
    for (const owner of owners) {
      const known = this.#dependents.get(owner) ?? new Set();
      known.add(key);
      this.#dependents.set(owner, known);
    }
    if (owners.length === 0) this.#owners.delete(key);
    else this.#owners.set(key, owners);
  }

  remove(key: string, object: KubeObject): void {
    for (const owner of this.#owners.get(key) ?? []) this.#drop(owner, key);
    this.#owners.delete(key);
    this.#keys.delete(object.metadata.uid ?? '');
  }

  dependents(uid: string): readonly string[] {
    return [...(this.#dependents.get(uid) ?? [])];
  }

  keyOf(uid: string): string | undefined {
    return this.#keys.get(uid);
  }

  #drop(owner: string, key: string): void {
    const known = this.#dependents.get(owner);
    known?.delete(key);
    if (known?.size === 0) this.#dependents.delete(owner);
  }
}
