/** One line of a vector file; its schema: hpa/vectors/SCHEMA.md of the shared material. */
export interface VectorLine {
  readonly id: string;
  readonly [field: string]: unknown;
}

export interface VectorKind {
  readonly name: string;
  /** Tells by the fields whether a line is of this kind: file names are free. */
  readonly matches: (line: VectorLine) => boolean;
  /** Runs the twin on the line; what differs from the recorded answer, empty = passed. `minor` is 26 for 1.26. */
  readonly replay: (line: VectorLine, minor: number) => readonly string[];
}

/** Minor version of a line; the large set without the field was recorded from 1.36.3. */
export function minorOf(line: VectorLine): number {
  const version = line['kubernetesVersion'];
  if (version === undefined) return 36;
  const match = typeof version === 'string' ? /^v?1\.(\d+)/.exec(version) : null;
  if (match === null) throw new Error(`unknown kubernetesVersion ${JSON.stringify(version)}`);
  return Number(match[1]);
}
