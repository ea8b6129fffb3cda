import { expand } from './expand.ts';
import { fieldValue, resourceValue } from './field-ref.ts';
import type { Container, EnvFrom, EnvVar, Pod } from './pod.ts';

/** Reads the objects that environments come from; undefined = not there. Values are decoded. */
export interface ConfigReader {
  secret(namespace: string, name: string): Promise<Readonly<Record<string, string>> | undefined>;
  configMap(namespace: string, name: string): Promise<Readonly<Record<string, string>> | undefined>;
}

export interface PodFacts {
  readonly podIP: string;
  readonly hostIP: string;
  readonly allocatable: { readonly cpu: string; readonly memory: string };
}

export type EnvResult =
  | { readonly ok: true; readonly env: Readonly<Record<string, string>> }
  /** The kubelet's words for what is missing. */
  | { readonly ok: false; readonly message: string };

type Value = { readonly value: string | undefined } | { readonly missing: string };

/** The environment that a container's `envFrom` and `env` ask for, in the kubelet's order (makeEnvironmentVariables). */
export async function containerEnv(
  pod: Pod,
  container: Container,
  facts: PodFacts,
  reader: ConfigReader,
): Promise<EnvResult> {
  const env: Record<string, string> = {};
  for (const from of container.envFrom ?? []) {
    const missing = await addAll(env, from, pod.metadata.namespace ?? '', reader);
    if (missing !== undefined) return { ok: false, message: missing };
  }
  for (const variable of container.env ?? []) {
    const value = await valueOf(variable, env, { pod, container, facts, reader });
    if ('missing' in value) return { ok: false, message: value.missing };
    if (value.value !== undefined) env[variable.name] = value.value;
  }
  return { ok: true, env };
}

/** Adds the keys of one envFrom source; the text of what is missing, or undefined. */
async function addAll(
  env: Record<string, string>,
  from: EnvFrom,
  namespace: string,
  reader: ConfigReader,
): Promise<string | undefined> {
  const source = from.configMapRef ?? from.secretRef;
  if (source === undefined) return undefined;
  const [kind, read] =
    from.configMapRef === undefined
      ? (['secret', reader.secret.bind(reader)] as const)
      : (['configmap', reader.configMap.bind(reader)] as const);
  const data = await read(namespace, source.name);
  if (data === undefined) return source.optional === true ? undefined : `${kind} "${source.name}" not found`;
  for (const [key, value] of Object.entries(data)) env[from.prefix + key] = value;
  return undefined;
}

interface Context {
  readonly pod: Pod;
  readonly container: Container;
  readonly facts: PodFacts;
  readonly reader: ConfigReader;
}

async function valueOf(variable: EnvVar, env: Readonly<Record<string, string>>, context: Context): Promise<Value> {
  const from = variable.valueFrom;
  if (from === undefined) return { value: expand(variable.value ?? '', env) };
  if (from.secretKeyRef !== undefined) return keyOf('Secret', from.secretKeyRef, context);
  if (from.configMapKeyRef !== undefined) return keyOf('ConfigMap', from.configMapKeyRef, context);
  if (from.fieldRef !== undefined) {
    const value = fieldValue(context.pod, from.fieldRef.fieldPath, context.facts);
    return value === undefined ? { missing: `unsupported fieldPath: ${from.fieldRef.fieldPath}` } : { value };
  }
  if (from.resourceFieldRef === undefined) return { value: '' };
  const value = resourceValue(context.pod, context.container, from.resourceFieldRef, context.facts);
  return value === undefined ? { missing: `unsupported resource: ${from.resourceFieldRef.resource}` } : { value };
}

async function keyOf(
  kind: 'Secret' | 'ConfigMap',
  ref: { readonly name: string; readonly key: string; readonly optional?: boolean | undefined },
  { pod, reader }: Context,
): Promise<Value> {
  const namespace = pod.metadata.namespace ?? '';
  const data = await (kind === 'Secret' ? reader.secret(namespace, ref.name) : reader.configMap(namespace, ref.name));
  const value = data?.[ref.key];
  if (value !== undefined) return { value };
  if (ref.optional === true) return { value: undefined };
  return {
    missing:
      data === undefined
        ? `${kind.toLowerCase()} "${ref.name}" not found`
        : `couldn't find key ${ref.key} in ${kind} ${namespace}/${ref.name}`,
  };
}
