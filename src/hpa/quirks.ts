// Behaviours that differ between the Kubernetes versions 1.26 to 1.37, one row each. Code asks `quirks.<name>`, never a
// version number, so that this table is the whole answer to "what changed when".

/** Where the controller runs: decides what Go makes of a float that does not fit into an integer. */
export type Arch = 'amd64' | 'arm64';

export interface QuirkRow {
  /** Present from this minor version on (1.x); absent = from the oldest known. */
  readonly from?: number;
  /** Present up to and including this minor version; absent = still present in the newest known. */
  readonly until?: number;
  /** What it is, in one sentence. */
  readonly what: string;
  /** The upstream change, pull request or file. */
  readonly link: string;
}

const K8S = 'https://github.com/kubernetes/kubernetes';

/** Add rows at the end of the group they belong to; a name says what is true while the row holds. */
export const QUIRK_ROWS = {
  // API: defaults, validation, conversion
  toleranceField: {
    from: 33,
    what: 'behavior.scaleUp and scaleDown have a tolerance; before, the field is dropped as unknown',
    link: `${K8S}/pull/130797`,
  },
  conditionObservedGeneration: {
    from: 37,
    what: 'status.conditions[] has observedGeneration',
    link: `${K8S}/blob/v1.37.1/staging/src/k8s.io/api/autoscaling/v2/types.go`,
  },
  quantityErrorsAsGoStruct: {
    until: 33,
    what: 'a field error prints a bad quantity as the Go struct, not as its text',
    link: `${K8S}/blob/v1.34.0/staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go`,
  },
} as const satisfies Readonly<Record<string, QuirkRow>>;

export type QuirkName = keyof typeof QUIRK_ROWS;

/** Which quirks hold in one version. */
export type Quirks = Readonly<Record<QuirkName, boolean>>;

export const OLDEST_MINOR = 26;
export const NEWEST_MINOR = 37;

const cache = new Map<number, Quirks>();

/** The quirks of Kubernetes 1.`minor`. Versions outside 26..37 get the rows that hold by their numbers. */
export function quirksOf(minor: number): Quirks {
  const known = cache.get(minor);
  if (known !== undefined) return known;
  const entries = Object.entries<QuirkRow>(QUIRK_ROWS).map(([name, row]): [string, boolean] => [
    name,
    minor >= (row.from ?? minor) && minor <= (row.until ?? minor),
  ]);
  const quirks = Object.fromEntries(entries) as Quirks;
  cache.set(minor, quirks);
  return quirks;
}
