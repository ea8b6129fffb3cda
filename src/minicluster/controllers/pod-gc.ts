import { textOf } from '../kinds/fields.ts';
import { specOf, statusOf } from '../kinds/workload.ts';
import { EVENTS, NODES, PODS } from './client.ts';
import { type Controller, keyOf, splitKey } from './controller.ts';
import { isOver } from './pods.ts';

/** A node that registers itself anew must find its pods (podgc quarantineTime). */
const QUARANTINE_MS = 40_000;
/** kube-apiserver --event-ttl */
const EVENT_TTL_MS = 3_600_000;

/** pkg/controller/podgc: pods of a node that is gone have nobody who ends them. */
export const podGcController: Controller = {
  name: 'pod-gc',
  component: 'pod-garbage-collector',
  account: 'pod-garbage-collector',
  watches: [
    { resource: PODS, keys: ({ object }) => (textOf(specOf(object)['nodeName']) === '' ? [] : [keyOf(object)]) },
    {
      resource: NODES,
      keys: ({ type, object }, { client }) => {
        if (type !== 'DELETED') return [];
        return client
          .list(PODS)
          .filter((pod) => specOf(pod)['nodeName'] === object.metadata.name)
          .map(keyOf);
      },
    },
  ],
  sync: (key, { client, clock, again }) => {
    const [namespace, name] = splitKey(key);
    const pod = client.find(PODS, namespace, name);
    if (pod === undefined) return;
    if (client.find(NODES, undefined, textOf(specOf(pod)['nodeName'])) !== undefined) {
      GONE_SINCE.delete(pod.metadata.uid ?? '');
      return;
    }
    const uid = pod.metadata.uid ?? '';
    const since = GONE_SINCE.get(uid) ?? clock.monotonic();
    GONE_SINCE.set(uid, since);
    const left = since + QUARANTINE_MS - clock.monotonic();
    if (left > 0) return again(key, left);
    GONE_SINCE.delete(uid);
    if (!isOver(pod)) {
      client.update(PODS, pod, 'status', (present) => ({
        ...present,
        status: { ...statusOf(present), phase: 'Failed' },
      }));
    }
    client.delete(PODS, pod, { gracePeriodSeconds: 0 });
  },
};
/** When a pod was first seen without its node; by uid. Lost with the process: then the quarantine begins anew. */
const GONE_SINCE = new Map<string, number>();

/** Events are news: after an hour they go, as the API server's leases have it. */
export const eventTtlController: Controller = {
  name: 'event-ttl',
  component: 'event-ttl',
  account: 'generic-garbage-collector',
  watches: [{ resource: EVENTS, keys: ({ type, object }) => (type === 'DELETED' ? [] : [keyOf(object)]) }],
  sync: (key, { client, clock, again }) => {
    const [namespace, name] = splitKey(key);
    const event = client.find(EVENTS, namespace, name);
    if (event === undefined) return;
    const times = [event['lastTimestamp'], event['eventTime'], event.metadata.creationTimestamp].map((time) =>
      Date.parse(textOf(time)),
    );
    const left = Math.max(...times.filter((time) => !Number.isNaN(time))) + EVENT_TTL_MS - clock.now();
    if (left > 0) again(key, left);
    else client.delete(EVENTS, event);
  },
};
