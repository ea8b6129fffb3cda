import { z } from 'zod';
import type { KubeObject } from '../../contracts/kube-client.ts';
import { labelSelectorAsSelector } from '../../hpa/labels/label-selector.ts';
import { selectorMatches } from '../../hpa/labels/requirement.ts';
import type { RequestAttributes, UserInfo } from '../../kube/aggregated-auth/types.ts';
import { RULES } from '../kubernetes-version.ts';
import type { Store } from '../store/store.ts';
import type { Authorizer, Verdict } from './authorize.ts';
import { type PolicyRule, ruleAllows, rulesOf } from './rules.ts';

const MASTERS = 'system:masters';
const PREFIX = '/rbac.authorization.k8s.io/';
const Subject = z.object({ kind: z.string(), name: z.string(), namespace: z.string().optional() });
type Subject = z.infer<typeof Subject>;
const BindingShape = z.object({
  subjects: z.array(Subject).nullish(),
  roleRef: z.object({ kind: z.string(), name: z.string() }),
});
const Aggregation = z.object({
  clusterRoleSelectors: z.array(
    z.object({
      matchLabels: z.record(z.string(), z.string()).optional(),
      matchExpressions: z
        .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).optional() }))
        .optional(),
    }),
  ),
});

/** A binding that holds for a user, and through which subject. */
interface Grant {
  readonly rules: readonly PolicyRule[];
  readonly reason: string;
}

interface Binding {
  readonly object: KubeObject;
  readonly subjects: readonly Subject[];
  readonly role: { readonly kind: string; readonly name: string };
}

/** RBAC (plugin/pkg/auth/authorizer/rbac/rbac.go) over the roles and bindings in the store. system:masters may everything. */
export class RbacAuthorizer implements Authorizer {
  readonly #store: Store;
  /** Bindings per namespace (`''` = of the cluster), read again after any change of RBAC objects. */
  #bindings = new Map<string, readonly Binding[]>();

  constructor(store: Store) {
    this.#store = store;
    store.watch(PREFIX, store.version, () => this.#bindings.clear());
  }

  authorize(user: UserInfo, attributes: RequestAttributes): Verdict {
    if (user.groups.includes(MASTERS)) return { allowed: true, reason: '' };
    const namespace = attributes.kind === 'resource' ? attributes.namespace : undefined;
    for (const { rules, reason } of this.#grants(user, namespace)) {
      if (rules.some((rule) => ruleAllows(rule, attributes))) return { allowed: true, reason };
    }
    return { allowed: false, reason: '' };
  }

  /** Everything that a user may in a namespace, or in the whole cluster. */
  rulesFor(user: UserInfo, namespace: string | undefined): readonly PolicyRule[] {
    return [...this.#grants(user, namespace)].flatMap(({ rules }) => rules);
  }

  /** The rules of a role, those of the roles that it aggregates among them. */
  rulesOfRole(kind: string, name: string, namespace: string): readonly PolicyRule[] | undefined {
    const key = kind === 'Role' ? `${PREFIX}roles/${namespace}/${name}` : `${PREFIX}clusterroles/${name}`;
    const role = this.#store.get(key)?.object;
    return role === undefined ? undefined : this.#rulesWithAggregated(role);
  }

  *#grants(user: UserInfo, namespace: string | undefined): Generator<Grant> {
    yield* this.#grantsOf(user, '', 'ClusterRoleBinding');
    if (namespace !== undefined) yield* this.#grantsOf(user, namespace, 'RoleBinding');
  }

  *#grantsOf(user: UserInfo, namespace: string, kind: 'ClusterRoleBinding' | 'RoleBinding'): Generator<Grant> {
    for (const { object, subjects, role } of this.#bindingsIn(namespace)) {
      const subject = subjects.find((each) => appliesTo(user, each, namespace));
      if (subject === undefined) continue;
      const rules = this.rulesOfRole(role.kind, role.name, namespace);
      if (rules === undefined) continue;
      const name = namespace === '' ? object.metadata.name : `${object.metadata.name}/${namespace}`;
      const who = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace ?? ''}` : subject.name;
      const to = `${subject.kind} ${JSON.stringify(who)}`;
      yield { rules, reason: `RBAC: allowed by ${kind} "${name}" of ${role.kind} "${role.name}" to ${to}` };
    }
  }

  #bindingsIn(namespace: string): readonly Binding[] {
    const known = this.#bindings.get(namespace);
    if (known !== undefined) return known;
    const prefix = namespace === '' ? `${PREFIX}clusterrolebindings/` : `${PREFIX}rolebindings/${namespace}/`;
    const bindings = this.#store.list(prefix).map(({ object }): Binding => {
      const { subjects, roleRef } = BindingShape.parse(object);
      return { object, subjects: subjects ?? [], role: roleRef };
    });
    this.#bindings.set(namespace, bindings);
    return bindings;
  }

  /** What the aggregation controller writes into a role is found here at once, whether it runs or not. */
  #rulesWithAggregated(role: KubeObject, seen: readonly string[] = []): readonly PolicyRule[] {
    const own = rulesOf(role);
    const parsed = Aggregation.safeParse(role['aggregationRule']);
    if (!parsed.success || seen.includes(role.metadata.name)) return own;
    const selectors = parsed.data.clusterRoleSelectors.map((each) => labelSelectorAsSelector(each as never, RULES));
    const chosen = this.#store
      .list(`${PREFIX}clusterroles/`)
      .filter(({ object: { metadata } }) =>
        selectors.some(
          (each) =>
            'ok' in each && metadata.name !== role.metadata.name && selectorMatches(each.ok, metadata.labels ?? {}),
        ),
      );
    const path = [...seen, role.metadata.name];
    return [...own, ...chosen.flatMap(({ object }) => this.#rulesWithAggregated(object, path))];
  }
}

function appliesTo(user: UserInfo, { kind, name, namespace }: Subject, bindingNamespace: string): boolean {
  if (kind === 'User') return user.name === name;
  if (kind === 'Group') return user.groups.includes(name);
  const where = namespace === undefined || namespace === '' ? bindingNamespace : namespace;
  return kind === 'ServiceAccount' && where !== '' && user.name === `system:serviceaccount:${where}:${name}`;
}
