import type { BackendName } from '../../contracts/backend.ts';
import type { LabSpec } from '../../contracts/lab-spec.ts';
import type { FlagValue } from '../table/types.ts';

/** A lab's spec as far as settings go: which backend `auto` stands for is found out later. */
export type LabDraft = Omit<LabSpec, 'backend'> & { readonly backend: BackendName | 'auto' };

export interface SettingEntry {
  /** Path in the lab file. */
  readonly path: string;
  /** As the lab file writes it; passwords in URLs are masked. */
  readonly value: FlagValue | readonly string[];
  /** `default`, `env METRICS_LAB_MIN`, `metrics-lab.yaml:7:8`, `--min` or `--set hpa.min`. */
  readonly origin: string;
}

/** What flags, environment, files and defaults come to. */
export interface Settings {
  readonly draft: LabDraft;
  /** Every setting that has a value, in the order of the lab file. */
  readonly entries: readonly SettingEntry[];
  /** The files that were read, weakest first. */
  readonly files: readonly string[];
  /**
   * Raises ML-USAGE-BACKEND-FLAG or ML-USAGE-PIPELINE-FLAG when a flag was typed that a lab of this kind does not use. Already
   * done for the draft; call it again with what `auto` and the record of the lab turned them into.
   */
  checkFlags(kind: Pick<LabDraft, 'backend' | 'pipeline'>): void;
}
