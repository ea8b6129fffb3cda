import { z } from 'zod';
import type { KubeClient } from '../../contracts/kube-client.ts';
import { parseAs } from '../../kube/objects.ts';
import { type Need, Reader, type ReaderOptions } from '../../explain/collect/reader.ts';

/** What a reading came to: a body, that it is not there, or why it is not known. */
export type Found = { readonly body: unknown } | 'absent' | { readonly unknown: string };

const Review = z.looseObject({
  status: z.looseObject({ allowed: z.boolean(), reason: z.string().optional() }),
});

/** What an access review asks for. */
export interface Access {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly verb: string;
  readonly namespace: string;
}

/** Who the HPA controller is when kube-controller-manager uses service account credentials. */
const HPA_USER = 'system:serviceaccount:kube-system:horizontal-pod-autoscaler';
const HPA_GROUPS = ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'];

/** Reads of a cluster as outcomes. The one POST is a SubjectAccessReview, which stores nothing. */
export class ClusterReader {
  readonly reader: Reader;
  readonly #client: KubeClient;
  readonly #options: ReaderOptions;

  constructor(client: KubeClient, options: ReaderOptions) {
    this.#client = client;
    this.#options = options;
    this.reader = new Reader(client, options);
  }

  /** Raises ML-KUBE-UNREACHABLE. */
  async get(path: string, what: string): Promise<Found> {
    const need: Need = { what, rule: null };
    const answer = await this.reader.ask(path, need);
    if (answer === null) return { unknown: `cannot ${what} (${this.#refusal(path)})` };
    if (answer.status === 404) return 'absent';
    if (answer.status === 200) return { body: answer.body };
    return { unknown: `cannot ${what} (${answer.status})` };
  }

  /** Whether the HPA controller may do this; the reason when that may not be asked. Raises ML-KUBE-UNREACHABLE. */
  async hpaMay({
    group,
    resource,
    subresource,
    verb,
    namespace,
  }: Access): Promise<boolean | { readonly unknown: string }> {
    const attributes = { group, resource, verb, namespace, ...(subresource === undefined ? {} : { subresource }) };
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user: HPA_USER, groups: HPA_GROUPS, resourceAttributes: attributes },
    };
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    const { signal, timeoutMs = 10_000 } = this.#options;
    const { status, text } = await this.#client.request('POST', path, body, { signal, timeoutMs });
    if (status !== 201 && status !== 200) return { unknown: `cannot create subjectaccessreviews (${status})` };
    return parseAs(Review, JSON.parse(text), 'a SubjectAccessReview').status.allowed;
  }

  #refusal(path: string): string {
    const unread = this.reader.unread.findLast((entry) => entry.path === path);
    return unread?.status == null ? (unread?.message ?? 'no answer') : String(unread.status);
  }
}
