/** What is known about the lab before anything was watched. */
export interface FrameLabels {
  readonly lab: string;
  readonly backend: string;
  readonly context: string;
  /** Whether the lab made the cluster; a foreign context is shown in red. */
  readonly own: boolean;
  readonly namespace: string;
  readonly utc: boolean;
}

/** What the keys have changed. */
export interface FrameUi {
  readonly selected: number;
  readonly spanMs: number;
  readonly help: boolean;
  /** The last answer to a key, instead of the list of keys. */
  readonly message: string;
}

export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
}
