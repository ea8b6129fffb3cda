export type Severity = 'error' | 'warning' | 'info';

/** One anomaly of the catalogue, found in the evidence of one HPA. */
export interface CatalogueFinding {
  /** The catalogue's name in kebab-case. */
  readonly id: string;
  readonly severity: Severity;
  /** The cause in one sentence, with the names and numbers of this HPA. */
  readonly title: string;
  /** Each with its origin: observed, or computed from what. */
  readonly evidence: readonly string[];
  readonly upstream: readonly string[];
  /** A command, a patch or what to change; null = nothing to do. */
  readonly fix: string | null;
  /** What happens next if nothing changes, where that can be computed. */
  readonly next: string | null;
}

/** A short issue or pull request of kubernetes/kubernetes as a link. */
export const kk = (number: number): string => `https://github.com/kubernetes/kubernetes/issues/${number}`;
