import { z } from 'zod';
import { type HpaV2, metricQueries, type MetricQuery, NEWEST_MINOR, quantitySum, rulesOf } from '../../hpa/index.ts';
import { type Hpa, targetRef } from '../../explain/collect/lists.ts';
import { MetricReader } from '../../explain/collect/metrics.ts';
import { keyOf, readTargets } from '../../explain/collect/targets.ts';
import { parseAs } from '../../kube/objects.ts';
import { type Check, check } from '../report.ts';
import type { Access, ClusterReader } from './cluster-reader.ts';
import { decodeHpa } from './wanted.ts';

/** More HPAs say nothing new about the path; `explain hpa --all` looks at each. */
const AT_MOST = 10;
const RULES = rulesOf({ minor: NEWEST_MINOR, arch: 'amd64', gates: {} });
/** A sample that is older is from a source that stands still. */
const OLD_SECONDS = 300;

const Scale = z.looseObject({ status: z.looseObject({ selector: z.string().default('') }) });
const Items = z.object({
  items: z.array(z.looseObject({ timestamp: z.string().optional(), value: z.string().optional() })),
});
const Resources = z.object({ resources: z.array(z.object({ name: z.string() })) });

/** RBAC of the controller, discovery, its own question, and how fresh the answer is. Raises ML-KUBE-UNREACHABLE. */
export async function queryChecks(cluster: ClusterReader, objects: readonly Hpa[]): Promise<readonly Check[]> {
  const some = objects.slice(0, AT_MOST);
  const asked = await questions(cluster, some);
  return [
    ...(await rbacChecks(cluster, some, asked)),
    ...(await discoveryChecks(cluster, asked)),
    ...(await answerChecks(cluster, asked)),
  ];
}

interface Asked {
  readonly hpa: HpaV2;
  readonly namespace: string;
  readonly query: MetricQuery;
}

async function questions(cluster: ClusterReader, objects: readonly Hpa[]): Promise<readonly Asked[]> {
  const targets = await readTargets(cluster.reader, objects.map(targetRef), null);
  return objects.flatMap((object) => {
    const hpa = decodeHpa(object);
    const { namespace } = object.metadata;
    const scale = Scale.safeParse(targets.get(keyOf(targetRef(object)))?.scale);
    const selector = scale.success && scale.data.status.selector !== '' ? scale.data.status.selector : 'no=pods';
    return metricQueries(hpa.spec, namespace, selector, RULES).flatMap((query) =>
      query === null ? [] : [{ hpa, namespace, query }],
    );
  });
}

function accessOf({ query, namespace }: Asked): Access {
  if (query.api === 'resource') return { group: 'metrics.k8s.io', resource: 'pods', verb: 'list', namespace };
  if (query.api === 'external')
    return { group: 'external.metrics.k8s.io', resource: query.metric, verb: 'list', namespace };
  const resource = query.kind === 'pods' ? 'pods' : pluralOf(query.object.kind);
  return { group: 'custom.metrics.k8s.io', resource, subresource: query.metric, verb: 'get', namespace };
}

/** apimachinery meta.UnsafeGuessKindToResource: the plurals that built-in kinds have. */
function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  return lower.endsWith('y') ? `${lower.slice(0, -1)}ies` : lower.endsWith('s') ? `${lower}es` : `${lower}s`;
}

/** What the controller may do itself; an adapter with delegated authorization asks the same. */
async function rbacChecks(
  cluster: ClusterReader,
  objects: readonly Hpa[],
  asked: readonly Asked[],
): Promise<readonly Check[]> {
  const scales = objects.map((object): Access => {
    const { namespace, apiVersion, kind } = targetRef(object);
    const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
    return { group, resource: pluralOf(kind), subresource: 'scale', verb: 'update', namespace };
  });
  const podLists = asked.map(({ namespace }): Access => ({ group: '', resource: 'pods', verb: 'list', namespace }));
  const wanted = new Map(
    [...asked.map(accessOf), ...scales, ...podLists].map((access) => [JSON.stringify(access), access]),
  );
  const answers = await Promise.all(
    [...wanted.values()].map(async (access) => ({ access, allowed: await cluster.hpaMay(access) })),
  );
  const unknown = answers.find(({ allowed }) => typeof allowed === 'object')?.allowed;
  if (typeof unknown === 'object') return [check('rbac/hpa-controller', 'unknown', `unknown: ${unknown.unknown}`)];
  const refused = answers.filter(({ allowed }) => allowed === false).map(({ access }) => access);
  if (refused.length === 0) {
    if (answers.length === 0) return [];
    return [
      check(
        'rbac/hpa-controller',
        'ok',
        `the HPA controller may do all of the ${answers.length} things that its HPAs need`,
      ),
    ];
  }
  const [first] = refused;
  return [
    check('rbac/hpa-controller', 'broken', `the HPA controller may not ${accessText(first)}`, {
      evidence: refused.map(
        (access) =>
          `observed: SubjectAccessReview for system:serviceaccount:kube-system:horizontal-pod-autoscaler: ${accessText(access)}: no`,
      ),
      fix: `kubectl create clusterrole hpa-metrics --verb=${first?.verb} --resource='*.${first?.group}' && kubectl create clusterrolebinding hpa-metrics --clusterrole=hpa-metrics --serviceaccount=kube-system:horizontal-pod-autoscaler`,
    }),
  ];
}

function accessText(access: Access | undefined): string {
  if (access === undefined) return '';
  const { verb, resource, subresource, group, namespace } = access;
  return `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}${group === '' ? '' : `.${group}`} in ${namespace}`;
}

/** A metric of the custom API is found by discovery; external ones need not be listed there. */
async function discoveryChecks(cluster: ClusterReader, asked: readonly Asked[]): Promise<readonly Check[]> {
  const groups = new Set(asked.map((one) => accessOf(one).group));
  return Promise.all(
    [...groups].map(async (group): Promise<Check> => {
      const id = `metrics-path/${group}/discovery`;
      const path = `/apis/${group}/${group === 'custom.metrics.k8s.io' ? 'v1beta2' : 'v1beta1'}`;
      let found = await cluster.get(path, `get ${path}`);
      if (found === 'absent') found = await cluster.get(`/apis/${group}/v1beta1`, `get /apis/${group}/v1beta1`);
      if (found === 'absent')
        return check(id, 'broken', `the discovery of ${group} is not served`, {
          evidence: [`observed: GET ${path}: 404`],
          fix: 'see the APIService above',
        });
      if ('unknown' in found) {
        const refused = /\((?:401|403)\)$/.test(found.unknown);
        const detail = {
          evidence: [`observed: GET ${path}`],
          fix: 'see the APIService above, then the logs of the adapter',
        };
        return refused
          ? check(id, 'unknown', `unknown: ${found.unknown}`)
          : check(id, 'broken', `the discovery of ${group} does not answer: ${found.unknown}`, detail);
      }
      const resources = Resources.safeParse(found.body);
      const count = resources.success ? resources.data.resources.length : 0;
      return check(id, 'ok', `the discovery of ${group} answers`, {
        evidence: [`observed: GET ${path} lists ${count} resources`],
      });
    }),
  );
}

async function answerChecks(cluster: ClusterReader, asked: readonly Asked[]): Promise<readonly Check[]> {
  const metrics = new MetricReader(cluster.reader);
  const checks = await Promise.all(
    asked.map(async ({ hpa, namespace, query }) => {
      const name = query.api === 'resource' ? 'resource metrics of its pods' : query.metric;
      const id = `query/${namespace}/${hpa.metadata.name ?? ''}/${query.api === 'resource' ? 'resource' : query.metric}`;
      const read = await metrics.read(namespace, query);
      const who = `HPA ${namespace}/${hpa.metadata.name ?? ''}`;
      if (read === null) {
        const refused = cluster.reader.unread.findLast(({ of }) => of !== undefined);
        return [check(id, 'unknown', `unknown: cannot ask for ${name} of ${who} (${refused?.status ?? 'no answer'})`)];
      }
      return answerCheck(id, `${name} of ${who}`, read, cluster.reader.now());
    }),
  );
  return checks.flat();
}

function answerCheck(
  id: string,
  what: string,
  {
    path,
    answer,
  }: {
    readonly path: string;
    readonly answer: { readonly status: number; readonly ms: number; readonly body?: unknown };
  },
  now: number,
): readonly Check[] {
  const { status, ms, body } = answer;
  const evidence = [`observed: GET ${path}: ${status} after ${ms} ms`];
  if (status !== 200) {
    const message =
      typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : String(body);
    return [check(id, 'broken', `${what}: ${message}`, { evidence, fix: `kubectl get --raw '${path}'` })];
  }
  const { items } = parseAs(Items, body, 'a metrics API');
  if (items.length === 0) {
    const fix = 'let the adapter answer 0 instead of nothing while its source is idle; see its logs and query';
    return [check(id, 'broken', `${what}: the API answers an empty list`, { evidence, fix })];
  }
  const total = quantitySum(items.flatMap(({ value }) => value ?? []));
  const ages = items.flatMap(({ timestamp }) => {
    const at = Date.parse(timestamp ?? '');
    return Number.isNaN(at) || at < Date.UTC(2000) ? [] : [Math.round((now - at) / 1000)];
  });
  const age = ages.length === 0 ? null : Math.max(...ages);
  const known = check(id, 'ok', `${what}: ${items.length} item(s)${total === null ? '' : `, together ${total}`}`, {
    evidence,
  });
  if (age === null) return [known];
  const fresh = `freshness/${id.slice('query/'.length)}`;
  if (age <= OLD_SECONDS) return [known, check(fresh, 'ok', `${what}: ${age} s old`)];
  return [
    known,
    check(fresh, 'warning', `${what}: the sample is ${age} s old, and the controller does not look at its time`, {
      evidence,
      fix: 'shorten the interval or the cache of the adapter, and alert on the age of the sample',
    }),
  ];
}
