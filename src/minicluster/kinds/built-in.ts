import { configMap } from './config-map.ts';
import type { Kind } from './kind.ts';
import { namespace } from './namespace.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from './rbac.ts';
import { REVIEWS } from './reviews.ts';
import { secret } from './secret.ts';
import { serviceAccount } from './service-account.ts';

/** Every kind that is served from the start. A new one is a file beside this and a line here. */
export const BUILT_IN: readonly Kind[] = [
  configMap,
  namespace,
  secret,
  serviceAccount,
  role,
  clusterRole,
  roleBinding,
  clusterRoleBinding,
  ...REVIEWS,
];
