import type { KubeObject } from '../../contracts/kube-client.ts';
import { invalid as invalidField, numeric } from '../../hpa/api/field-error.ts';
import type { UserInfo } from '../../kube/aggregated-auth/types.ts';
import type { Kind, KindVersion, RuleContext } from '../kinds/kind.ts';
import { type KindRegistry, storeKey, storePrefix } from '../kinds/registry.ts';
import { ownedAfterUpdate } from '../apply/field-manager.ts';
import { asDecoded } from '../apply/zero.ts';
import type { Entry, Store } from '../store/store.ts';
import { alreadyExists, ApiFailure, conflict, forbidden, internal, invalid, MODIFIED, notFound } from './failure.ts';
import { sameJson, timeText, withMeta } from './objects.ts';
import { type DeleteOptions, deletionStep } from './deletion.ts';
import { prepareCreate, prepareUpdate } from './prepare.ts';

export interface RestPorts {
  readonly store: Store;
  readonly registry: KindRegistry;
  readonly now: () => number;
  readonly newUid: () => string;
  /** Random text out of the alphabet that upstream makes names of. */
  readonly suffix: (length: number) => string;
  /** Admission that needs more than the kind knows; raises ApiFailure. `old` is undefined for a creation. */
  readonly admit: (request: WriteRequest, object: KubeObject, old: KubeObject | undefined) => void;
}

/** One write as somebody asked for it. */
export interface WriteRequest {
  readonly kind: Kind;
  /** The version that the request speaks. */
  readonly version: KindVersion;
  readonly namespace: string | undefined;
  readonly user: UserInfo;
  /** Whose fields these are, for metadata.managedFields. */
  readonly manager: string;
  readonly dryRun: boolean;
  /** `given`: metadata.managedFields of what is written is worked out already (apply, scale). */
  readonly ownership?: 'given';
  /** Told of every warning of the kind's rules. */
  readonly warn: (text: string) => void;
}

export interface Written {
  readonly object: KubeObject;
  /** False for an update that changed nothing: the version stays. */
  readonly changed: boolean;
}

/** `status` = the subresource; `main` never touches status where the kind has one. */
export type Part = 'main' | 'status' | 'other';

const MAX_GENERATED_TRIES = 8;
const MAX_RETRIES = 5;

/**
 * The generic registry (k8s.io/apiserver pkg/registry/generic/registry/store.go) over kinds described as data. Objects are in
 * the stored version. Everything raises ApiFailure.
 */
export class Rest {
  readonly #ports: RestPorts;

  constructor(ports: RestPorts) {
    this.#ports = ports;
  }

  find(kind: Kind, namespace: string | undefined, name: string): Entry | undefined {
    return this.#ports.store.get(storeKey(kind, namespace, name));
  }

  get(kind: Kind, namespace: string | undefined, name: string): Entry {
    const entry = this.find(kind, namespace, name);
    if (entry === undefined) throw notFound(kind, name);
    return entry;
  }

  create(request: WriteRequest, given: KubeObject): KubeObject {
    const { kind, namespace, dryRun } = request;
    if (given.metadata.resourceVersion !== undefined && given.metadata.resourceVersion !== '') {
      throw internal('resourceVersion should not be set on objects to be created');
    }
    this.#checkNamespace(request, given.metadata.name);
    const submitted = this.#owned(request, 'main', undefined, given);
    const generated = submitted.metadata.name === '' && typeof submitted.metadata['generateName'] === 'string';
    for (let round = 1; ; round += 1) {
      const object = prepareCreate(request, submitted, this.context(request), this.#ports);
      const key = storeKey(kind, namespace, object.metadata.name);
      if (dryRun) {
        if (this.#ports.store.get(key) === undefined) return object;
      } else {
        const outcome = this.#ports.store.create(key, object);
        if (outcome.ok) return outcome.entry.object;
      }
      if (!generated || round >= MAX_GENERATED_TRIES) throw this.#taken(kind, key, object.metadata.name);
    }
  }

  /**
   * Replaces an object by what `change` makes of the present one, again when somebody else was faster and the caller named no
   * version. `create`: for what may also create (PUT never does here, apply does).
   */
  update(request: WriteRequest, name: string, part: Part, change: (present: KubeObject) => KubeObject): Written {
    const { kind, namespace, dryRun } = request;
    for (let round = 0; ; round += 1) {
      const entry = this.get(kind, namespace, name);
      const given = change(entry.object);
      const expected = this.#checkPreconditions(kind, entry, given);
      const submitted = this.#owned(request, part, entry.object, given);
      const object = prepareUpdate(request, submitted, entry.object, part, this.context(request), this.#ports);
      if (sameJson(withoutVersion(object), withoutVersion(entry.object)))
        return { object: entry.object, changed: false };
      // A namespace waits for its finalizers in spec as well.
      if (mayGo(object) && kind.mark?.(object, timeText(this.#ports.now())) === undefined)
        return { object: this.#remove(kind, entry, object, dryRun), changed: true };
      if (dryRun) return { object: withMeta(object, { resourceVersion: String(entry.version) }), changed: true };
      const outcome = this.#ports.store.update(storeKey(kind, namespace, name), object, entry.version);
      if (outcome.ok) return { object: outcome.entry.object, changed: true };
      if (expected || round >= MAX_RETRIES) throw conflict(kind, name, MODIFIED);
    }
  }

  /** Removes for good, or marks when finalizers or a grace period stand in the way. */
  delete(
    request: WriteRequest,
    name: string,
    options: DeleteOptions,
  ): { readonly object: KubeObject; readonly gone: boolean } {
    const { kind, namespace, dryRun } = request;
    const entry = this.get(kind, namespace, name);
    this.#checkDeletePreconditions(kind, entry, options);
    kind.checkDelete?.(entry.object, this.context(request));
    const waiting = kind.mark?.(entry.object, timeText(this.#ports.now()));
    if (waiting !== undefined) {
      return { object: dryRun ? waiting : this.#replace(kind, entry, waiting).object, gone: false };
    }
    const now = this.#ports.now();
    const { object, over } = deletionStep(kind, entry.object, options, now);
    if (dryRun) return { object, gone: over };
    const marked = over && kind.graceSeconds === undefined ? entry : this.#replace(kind, entry, object);
    if (!over) return { object: marked.object, gone: false };
    return { object: this.#remove(kind, marked, object, false), gone: true };
  }

  /** With the owners of its fields, found before the kind's rules change anything, as upstream does. */
  #owned(request: WriteRequest, part: Part, live: KubeObject | undefined, given: KubeObject): KubeObject {
    if (request.ownership === 'given' || part === 'other') return given;
    const now = timeText(this.#ports.now());
    const next = asDecoded(request.kind, given);
    const { managedFields } = ownedAfterUpdate({ ...request, part, now }, live, next).metadata;
    return withMeta(given, { managedFields });
  }

  /** Writes an object unless it is the same. */
  #replace(kind: Kind, entry: Entry, object: KubeObject): Entry {
    if (sameJson(object, entry.object)) return entry;
    const outcome = this.#ports.store.update(entry.key, object, entry.version);
    if (!outcome.ok) throw conflict(kind, object.metadata.name, MODIFIED);
    return outcome.entry;
  }

  context(request: WriteRequest): RuleContext {
    return {
      now: timeText(this.#ports.now()),
      suffix: this.#ports.suffix,
      user: request.user,
      dryRun: request.dryRun,
      find: (group, plural, namespace, name) => {
        const kind = this.#ports.registry.get(group, plural);
        if (kind === undefined) return undefined;
        return this.find(kind, kind.namespaced ? namespace : undefined, name)?.object;
      },
      all: (group, plural) => {
        const kind = this.#ports.registry.get(group, plural);
        if (kind === undefined) return [];
        return this.#ports.store.list(storePrefix(kind, undefined)).map(({ object }) => object);
      },
    };
  }

  #taken(kind: Kind, key: string, name: string): ApiFailure {
    const failure = alreadyExists(kind, name);
    if (this.#ports.store.get(key)?.object.metadata.deletionTimestamp === undefined) return failure;
    return new ApiFailure(failure.code, failure.reason, `object is being deleted: ${failure.message}`, failure.details);
  }

  /** NamespaceLifecycle admission. */
  #checkNamespace({ kind, namespace }: WriteRequest, name: string): void {
    if (!kind.namespaced || namespace === undefined) return;
    const namespaces = this.#ports.registry.get('', 'namespaces');
    const found = namespaces === undefined ? undefined : this.find(namespaces, undefined, namespace)?.object;
    if (found === undefined) throw notFound({ group: '', plural: 'namespaces' }, namespace);
    if (found.metadata.deletionTimestamp === undefined) return;
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    const failure = forbidden(kind, name, why);
    const cause = {
      reason: 'NamespaceTerminating',
      message: `namespace ${namespace} is being terminated`,
      field: 'metadata.namespace',
    };
    throw new ApiFailure(failure.code, failure.reason, failure.message, { ...failure.details, causes: [cause] });
  }

  /** True when the caller named a version. */
  #checkPreconditions(kind: Kind, entry: Entry, { metadata }: KubeObject): boolean {
    const { name } = entry.object.metadata;
    const { resourceVersion } = metadata;
    if (resourceVersion === undefined || resourceVersion === '') {
      if (kind.needsVersion === true) throw versionMissing(kind, name);
      return false;
    }
    if (!/^\d+$/.test(resourceVersion))
      throw internal(`strconv.ParseUint: parsing "${resourceVersion}": invalid syntax`);
    if (resourceVersion === '0') return false;
    if (Number(resourceVersion) !== entry.version) throw conflict(kind, name, MODIFIED);
    return true;
  }

  /** What PUT makes of a uid in its body (storage.Preconditions). Raises ApiFailure 409. */
  checkUid(kind: Kind, present: KubeObject, uid: string | undefined): void {
    if (uid === undefined || uid === '' || uid === present.metadata.uid) return;
    const { name, namespace } = present.metadata;
    const key = storeKey(kind, namespace, name)
      .replace(/^\/core\//, '/registry/')
      .replace(/^\/(?!registry)/, '/registry/');
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${present.metadata.uid ?? ''}`;
    throw conflict(
      kind,
      name,
      `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
    );
  }

  #checkDeletePreconditions(kind: Kind, { object }: Entry, { preconditions }: DeleteOptions): void {
    const { uid, resourceVersion, name } = object.metadata;
    const refuse = (why: string) => conflict({ group: '', plural: kind.kind }, name, why);
    if (preconditions?.uid !== undefined && preconditions.uid !== uid) {
      throw refuse(
        `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid ?? ''}). The object might have been deleted and then recreated`,
      );
    }
    if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
      throw refuse(
        `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion ?? ''}). The object might have been modified`,
      );
    }
  }

  #remove(kind: Kind, entry: Entry, last: KubeObject, dryRun: boolean): KubeObject {
    if (dryRun) return last;
    // Watches show the object as it was when it went.
    const outcome = this.#ports.store.delete(entry.key, entry.version);
    if (!outcome.ok) throw conflict(kind, entry.object.metadata.name, MODIFIED);
    return withMeta(last, { resourceVersion: String(outcome.entry.version) });
  }
}

/** The one failure that names the resource where others name the kind (store.go, unconditional update). */
function versionMissing({ group, plural }: Kind, name: string): ApiFailure {
  const detail = 'must be specified for an update';
  return invalid({ group, kind: plural }, name, [invalidField(['metadata', 'resourceVersion'], numeric(0), detail)]);
}

/** A marked object whose last finalizer went, and whose grace period is over, goes for good (store.go deleteForEmptyFinalizers). */
function mayGo({ metadata }: KubeObject): boolean {
  return (
    metadata.deletionTimestamp !== undefined &&
    (metadata.finalizers ?? []).length === 0 &&
    (metadata.deletionGracePeriodSeconds ?? 0) === 0
  );
}

function withoutVersion(object: KubeObject): KubeObject {
  return withMeta(object, { resourceVersion: undefined });
}
