import type { Clock } from '../../contracts/clock.ts';
import type { KubeObject } from '../../contracts/kube-client.ts';
import { describe } from '../../errors/lab-error.ts';
import { timeText, withMeta } from '../api/objects.ts';
import type { Rest } from '../api/rest.ts';
import { systemRequest } from '../bootstrap.ts';
import { CLEANUP, customResourceDefinition } from '../kinds/custom-resource-definition.ts';
import { type Fields, fieldsOf, listOf } from '../kinds/fields.ts';
import type { Kind } from '../kinds/kind.ts';
import { type KindRegistry, storePrefix } from '../kinds/registry.ts';
import type { Store } from '../store/store.ts';
import { customKind, sameDefinition } from './custom-kind.ts';
import { type Definition, definitionOf } from './definition.ts';

export interface DefinitionControllerPorts {
  readonly store: Store;
  readonly rest: Rest;
  readonly registry: KindRegistry;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** Makes kinds of CustomResourceDefinitions, and takes them away with their objects (apiextensions-apiserver's controllers). */
export class DefinitionController implements Disposable {
  readonly #ports: DefinitionControllerPorts;
  readonly #served = new Map<string, { readonly definition: Definition; readonly kind: Kind | undefined }>();
  readonly #unwatch: () => void;
  readonly #dirty = new Set<string>();
  #scheduled = false;
  #stopped = false;

  constructor(ports: DefinitionControllerPorts) {
    this.#ports = ports;
    const { store } = ports;
    const prefix = storePrefix(customResourceDefinition, undefined);
    for (const { object } of store.list(prefix)) this.#sync(object.metadata.name);
    // After the write that is going on: what it changes is then in the store.
    const stop = store.watch('/', store.version, ({ entry: { key, object } }) => {
      if (key.startsWith(prefix)) this.#later(object.metadata.name);
      else if (this.#terminating.size > 0) for (const name of this.#terminating) this.#later(name);
    });
    this.#unwatch = stop ?? (() => {});
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    this.#unwatch();
  }

  readonly #terminating = new Set<string>();

  #later(name: string): void {
    this.#dirty.add(name);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      const names = [...this.#dirty];
      this.#dirty.clear();
      if (this.#stopped) return;
      for (const each of names) {
        try {
          this.#sync(each);
        } catch (error) {
          this.#ports.log(`error: definition ${each}: ${describe(error)}`);
        }
      }
    });
  }

  #sync(name: string): void {
    const { rest } = this.#ports;
    const object = rest.find(customResourceDefinition, undefined, name)?.object;
    const definition = object === undefined ? undefined : definitionOf(object);
    if (object === undefined || definition === undefined) {
      this.#withdraw(name);
      return;
    }
    this.#serve(name, definition);
    if (object.metadata.deletionTimestamp === undefined) this.#establish(object, definition);
    else this.#cleanUp(name, object);
  }

  #serve(name: string, definition: Definition): void {
    const known = this.#served.get(name);
    if (sameDefinition(known?.definition, definition)) return;
    this.#withdraw(name);
    const kind = customKind(definition);
    this.#served.set(name, { definition, kind });
    if (kind !== undefined) this.#ports.registry.add({ ...kind, since: this.#ports.store.version });
  }

  #withdraw(name: string): void {
    const kind = this.#served.get(name)?.kind;
    if (kind !== undefined) this.#ports.registry.remove(kind.group, kind.plural);
    this.#served.delete(name);
    this.#terminating.delete(name);
  }

  #establish(object: KubeObject, { names }: Definition): void {
    const { name } = object.metadata;
    const status = fieldsOf(object['status']);
    const conditions = listOf(status['conditions']);
    const established = conditions.some(({ type, status: is }) => type === 'Established' && is === 'True');
    if (!established || JSON.stringify(status['acceptedNames']) !== JSON.stringify(accepted(names))) {
      const lastTransitionTime = timeText(this.#ports.clock.now());
      const condition = (type: string, reason: string, message: string): Fields =>
        conditions.find((each) => each['type'] === type) ?? {
          type,
          status: 'True',
          lastTransitionTime,
          reason,
          message,
        };
      this.#write(name, 'status', (present) => ({
        ...present,
        status: {
          ...fieldsOf(present['status']),
          acceptedNames: accepted(names),
          conditions: [
            condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
            condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
          ],
        },
      }));
    }
  }

  /** Deletes the objects; when the last one is gone, the finalizer goes and with it the definition. */
  #cleanUp(name: string, object: KubeObject): void {
    const kind = this.#served.get(name)?.kind;
    if (!(object.metadata.finalizers ?? []).includes(CLEANUP)) return;
    this.#terminating.add(name);
    const left = this.#deleteObjects(kind);
    if (left === 0) {
      this.#terminating.delete(name);
      this.#write(name, 'main', (present) =>
        withMeta(present, { finalizers: (present.metadata.finalizers ?? []).filter((each) => each !== CLEANUP) }),
      );
      return;
    }
    const conditions = listOf(fieldsOf(object['status'])['conditions']);
    if (conditions.some(({ reason }) => reason === 'InstanceDeletionInProgress')) return;
    const progress = { reason: 'InstanceDeletionInProgress', message: 'CustomResource deletion is in progress' };
    this.#write(name, 'status', (present) => ({
      ...present,
      status: {
        ...fieldsOf(present['status']),
        conditions: conditions.map((each) => (each['type'] === 'Terminating' ? { ...each, ...progress } : each)),
      },
    }));
  }

  #deleteObjects(kind: Kind | undefined): number {
    if (kind === undefined) return 0;
    const { store, rest } = this.#ports;
    const prefix = storePrefix(kind, undefined);
    for (const { object } of store.list(prefix)) {
      if (object.metadata.deletionTimestamp !== undefined) continue;
      rest.delete(systemRequest(kind, object.metadata.namespace), object.metadata.name, {});
    }
    return store.list(prefix).length;
  }

  #write(name: string, part: 'main' | 'status', change: (present: KubeObject) => KubeObject): void {
    this.#ports.rest.update(systemRequest(customResourceDefinition, undefined), name, part, change);
  }
}

function accepted({ plural, singular, shortNames, kind, listKind, categories }: Definition['names']): Fields {
  return {
    plural,
    singular,
    ...(shortNames === undefined ? {} : { shortNames }),
    kind,
    listKind,
    ...(categories === undefined ? {} : { categories }),
  };
}
