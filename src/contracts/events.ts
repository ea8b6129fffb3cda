/** What long work reports. Use cases emit these; renderers in cli/ decide how they look (STYLE rule 8). */
export type LabEvent =
  | { readonly type: 'plan'; readonly steps: readonly { readonly id: string; readonly title: string }[] }
  | { readonly type: 'step.started'; readonly step: string; readonly title: string }
  /** What a step waits for, repeated at least every 10 s. */
  | { readonly type: 'step.progress'; readonly step: string; readonly text: string }
  | {
      readonly type: 'step.done';
      readonly step: string;
      readonly title: string;
      readonly ms: number;
      readonly changed: boolean;
      readonly detail?: string;
    }
  | {
      readonly type: 'step.failed';
      readonly step: string;
      readonly title: string;
      readonly ms: number;
      readonly errorId: string;
    }
  /** Counted work such as publishing 100,000 items. */
  | { readonly type: 'progress'; readonly label: string; readonly done: number; readonly total: number }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'warning'; readonly text: string };

export interface IoHost {
  emit(event: LabEvent): void;
}
