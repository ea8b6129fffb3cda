import type { KubeObject } from '../../contracts/kube-client.ts';
import type { UserInfo } from '../../kube/aggregated-auth/types.ts';
import { forbidden } from '../api/failure.ts';
import type { Kind } from '../kinds/kind.ts';
import type { RbacAuthorizer } from './rbac.ts';
import { notCovered, type PolicyRule, rulesOf, ruleText } from './rules.ts';

const GROUP = 'rbac.authorization.k8s.io';

/**
 * Nobody may grant more than they have (pkg/registry/rbac escalation_check.go, policybased storages), unless they may
 * `escalate` roles or `bind` them. Raises ApiFailure 403.
 */
export function checkEscalation(
  kind: Kind,
  object: KubeObject,
  old: KubeObject | undefined,
  user: UserInfo,
  rbac: RbacAuthorizer,
): void {
  if (kind.group !== GROUP || user.groups.includes('system:masters')) return;
  const { name, namespace } = object.metadata;
  const may = (verb: string, resource: string, whom: string) =>
    rbac.authorize(user, {
      kind: 'resource',
      verb,
      group: GROUP,
      version: 'v1',
      resource,
      name: whom,
      ...(namespace === undefined ? {} : { namespace }),
    }).allowed;
  const isRole = kind.plural === 'roles' || kind.plural === 'clusterroles';
  if (isRole ? may('escalate', kind.plural, name) : mayBind(object, may)) return;
  const rules = isRole ? rulesOf(object) : boundRules(object, rbac);
  if (old !== undefined && isRole && notCovered(rulesOf(old), rules).length === 0) return;
  const missing = notCovered(rbac.rulesFor(user, namespace), rules);
  if (missing.length === 0) return;
  const groups = `[${user.groups.map((group) => JSON.stringify(group)).join(' ')}]`;
  const who = `user ${JSON.stringify(user.name)} (groups=${groups})`;
  const list = [...new Set(missing.map(ruleText))].sort().join('\n');
  throw forbidden(kind, name, `${who} is attempting to grant RBAC permissions not currently held:\n${list}`);
}

function mayBind(object: KubeObject, may: (verb: string, resource: string, name: string) => boolean): boolean {
  const { kind, name } = refOf(object);
  return may('bind', kind === 'Role' ? 'roles' : 'clusterroles', name);
}

function boundRules(object: KubeObject, rbac: RbacAuthorizer): readonly PolicyRule[] {
  const { kind, name } = refOf(object);
  return rbac.rulesOfRole(kind, name, object.metadata.namespace ?? '') ?? [];
}

function refOf(object: KubeObject): { readonly kind: string; readonly name: string } {
  return object['roleRef'] as { readonly kind: string; readonly name: string };
}
