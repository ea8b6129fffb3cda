import type { KubeObject } from '../../../contracts/kube-client.ts';
import type { HpaV2, ScaleAnswer, ScaleUpdateError } from '../../../hpa/index.ts';
import { ApiFailure, conflict, MODIFIED, noResource, notFound } from '../../api/failure.ts';
import { fieldAt } from '../../api/objects.ts';
import { fieldsOf, numberOf } from '../../kinds/fields.ts';
import type { Kind } from '../../kinds/kind.ts';
import { splitGroupVersion } from '../../kinds/registry.ts';
import type { ControllerClient } from '../client.ts';

/** The object that an HPA scales, as it was read. */
export interface Target {
  readonly kind: Kind;
  readonly object: KubeObject;
}

/** horizontal.go scaleForResourceMappings: the target and its scale. The version of the reference does not matter. */
export function readTarget(
  hpa: HpaV2,
  namespace: string,
  client: ControllerClient,
): { readonly answer: ScaleAnswer; readonly target: Target | undefined } {
  const { kind: name, apiVersion = '', name: objectName } = hpa.spec.scaleTargetRef;
  const [group] = splitGroupVersion(apiVersion);
  const kind = client.registry.all().find((each) => each.group === group && each.kind === name);
  if (kind === undefined) {
    const mappingError = `no matches for kind "${name}" in group "${group}"`;
    return { answer: { mappingError }, target: undefined };
  }
  const failed = (failure: ApiFailure) => ({ answer: { getError: failure.message }, target: undefined });
  const rules = kind.subresources?.scale;
  if (rules === undefined) return failed(noResource());
  const object = client.find(kind, namespace, objectName);
  if (object === undefined) return failed(notFound(kind, objectName));
  const answer = {
    specReplicas: numberOf(fieldAt(object, rules.specReplicas)),
    statusReplicas: numberOf(fieldAt(object, rules.statusReplicas)),
    selector: rules.selector(object),
  };
  return { answer, target: { kind, object } };
}

const MAX_TRIES = 5;

/** UPDATE scale; the errors of the tries in order, none when the first succeeds. `retries`: after conflicts (1.34 on). */
export function writeScale(
  { kind, object }: Target,
  replicas: number,
  retries: boolean,
  client: ControllerClient,
): readonly ScaleUpdateError[] {
  const errors: ScaleUpdateError[] = [];
  const path = kind.subresources?.scale?.specReplicas ?? [];
  while (errors.length < MAX_TRIES) {
    try {
      client.update(kind, object, 'main', (present) => {
        // The first try names the version that was read; the next one reads again.
        const isOld = present.metadata.resourceVersion !== object.metadata.resourceVersion;
        if (errors.length === 0 && isOld) throw conflict(kind, object.metadata.name, MODIFIED);
        return withField(present, path, replicas) as KubeObject;
      });
      return errors;
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      errors.push({ conflict: error.code === 409, message: error.message });
      if (error.code !== 409 || !retries) return errors;
    }
  }
  return errors;
}

function withField(object: unknown, path: readonly string[], value: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const fields = fieldsOf(object);
  return { ...fields, [name]: withField(fields[name], rest, value) };
}
