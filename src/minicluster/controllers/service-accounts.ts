import type { KubeObject } from '../../contracts/kube-client.ts';
import { CONFIG_MAPS, NAMESPACES, type Resource, SERVICE_ACCOUNTS } from './client.ts';
import type { Controller } from './controller.ts';
import { fieldsOf } from '../kinds/fields.ts';

const CA_MAP = 'kube-root-ca.crt';
const CA_TEXT =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

const inNamespace = (resource: Resource, name: string) => ({
  resource,
  keys: ({ object: { metadata } }: { readonly object: KubeObject }) =>
    metadata.name === name && metadata.namespace !== undefined ? [metadata.namespace] : [],
});
const NAMESPACE = {
  resource: NAMESPACES,
  keys: ({ object }: { readonly object: KubeObject }) => [object.metadata.name],
};

/** pkg/controller/serviceaccount: every namespace has the account `default`. */
export const serviceAccountController: Controller = {
  name: 'serviceaccount',
  component: 'service-account-controller',
  account: 'service-account-controller',
  watches: [NAMESPACE, inNamespace(SERVICE_ACCOUNTS, 'default')],
  sync: (namespace, { client }) => {
    const found = client.find(NAMESPACES, undefined, namespace);
    if (found === undefined || found.metadata.deletionTimestamp !== undefined) return;
    if (client.find(SERVICE_ACCOUNTS, namespace, 'default') !== undefined) return;
    client.create(SERVICE_ACCOUNTS, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace },
    });
  },
};

/** pkg/controller/certificates/rootcacertpublisher. `ca`: PEM. */
export function rootCaController(ca: string): Controller {
  return {
    name: 'root-ca',
    component: 'root-ca-cert-publisher',
    account: 'root-ca-cert-publisher',
    watches: [NAMESPACE, inNamespace(CONFIG_MAPS, CA_MAP)],
    sync: (namespace, { client }) => {
      const found = client.find(NAMESPACES, undefined, namespace);
      if (found === undefined || found.metadata.deletionTimestamp !== undefined) return;
      const data = { 'ca.crt': ca };
      const annotations = { 'kubernetes.io/description': CA_TEXT };
      const present = client.find(CONFIG_MAPS, namespace, CA_MAP);
      if (present === undefined) {
        const metadata = { name: CA_MAP, namespace, annotations };
        client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
      } else if (fieldsOf(present['data'])['ca.crt'] !== ca || Object.keys(fieldsOf(present['data'])).length !== 1) {
        client.update(CONFIG_MAPS, present, 'main', (known) => ({ ...known, data }));
      }
    },
  };
}
