/** What a command reads from and writes to; process.stdin/stdout/stderr in the program, doubles in tests. */
export interface Streams {
  readonly stdin: InStream;
  readonly stdout: OutStream;
  readonly stderr: OutStream;
}

export interface InStream extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
}

export interface OutStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  /** Width and height of the terminal, where it is one. */
  readonly columns?: number;
  readonly rows?: number;
}

export type Env = Readonly<Record<string, string | undefined>>;
