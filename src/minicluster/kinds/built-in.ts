import { apiService } from './api-service.ts';
import { configMap } from './config-map.ts';
import { customResourceDefinition } from './custom-resource-definition.ts';
import { deployment } from './deployment.ts';
import { endpoints, endpointSlice } from './endpoints.ts';
import { coreEvent, event } from './event.ts';
import { hpa } from './hpa.ts';
import { KEPT } from './kept.ts';
import type { Kind } from './kind.ts';
import { lease } from './lease.ts';
import { namespace } from './namespace.ts';
import { node } from './node.ts';
import { pod } from './pod.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from './rbac.ts';
import { replicaSet } from './replica-set.ts';
import { REVIEWS } from './reviews.ts';
import { secret } from './secret.ts';
import { service } from './service.ts';
import { serviceAccount } from './service-account.ts';
import { statefulSet } from './stateful-set.ts';

/** Every kind that is served from the start. A new one is a file beside this and a line here. */
export const BUILT_IN: readonly Kind[] = [
  configMap,
  endpoints,
  coreEvent,
  namespace,
  node,
  pod,
  secret,
  serviceAccount,
  service,
  apiService,
  event,
  ...REVIEWS,
  customResourceDefinition,
  hpa,
  lease,
  clusterRole,
  clusterRoleBinding,
  role,
  roleBinding,
  endpointSlice,
  deployment,
  replicaSet,
  statefulSet,
  ...KEPT,
];
