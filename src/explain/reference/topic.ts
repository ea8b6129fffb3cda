/** What is known of one field or metric, for people. */
export interface Topic {
  /** `spec.minReplicas`, `queue_length`. */
  readonly name: string;
  /** `integer`, `list of objects`. */
  readonly type: string;
  readonly what: string;
  /** null = none. */
  readonly byDefault: string | null;
  /** What surprises, with the version where it matters. */
  readonly traps: readonly string[];
  /** Functions of kube-controller-manager, or threads. */
  readonly upstream: readonly string[];
}
