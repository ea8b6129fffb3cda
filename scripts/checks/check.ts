/** What one check found: the lines to show, and whether they fail the run. */
export interface Finding {
  readonly ok: boolean;
  /** Shown below the check's line; a check that passed may still warn. */
  readonly lines: readonly string[];
  /** What was looked at, for the check's line: "214 files". */
  readonly scope: string;
}

export interface Check {
  readonly name: string;
  readonly run: () => Finding;
}
