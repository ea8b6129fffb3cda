import type { OutputFormat } from '../table/types.ts';
import type { OutStream } from '../streams.ts';
import { safeJson, safeYaml } from '../text/json.ts';
import { toTerminal } from '../text/paint.ts';

export const API_VERSION = 'metricslab.dev/v1';

/** What a command found out or did, in every form it may be asked for. */
export interface Result {
  /** `kind` of the JSON document, e.g. `LabStatus`. */
  readonly kind: string;
  /** The rest of the document. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The text for people, without a last line feed; `paint` may be used in it. Empty prints nothing. */
  readonly text: (page: Page) => string;
  /** The list items: one line each with -o ndjson, same shape as in the document. Without it the document is the one line. */
  readonly items?: readonly Readonly<Record<string, unknown>>[];
  /** The lines of -o csv, the header first; of commands that offer it. */
  readonly csv?: () => string;
  /** The document of -o junit; of commands that offer it. */
  readonly junit?: () => string;
  /** The document of -o sarif; of commands that offer it. */
  readonly sarif?: () => object;
  /** The lines of -o name. */
  readonly names?: readonly string[];
}

/** The page that text is laid out for. */
export interface Page {
  /** -o wide: every column. */
  readonly wide: boolean;
  /** Width of the terminal; undefined = no terminal: one record per line, never shortened or wrapped. */
  readonly columns: number | undefined;
}

/** Prints results on stdout. */
export interface Output {
  readonly format: OutputFormat;
  /** Prints the result in the format asked for; json and yaml: exactly one document. */
  print(result: Result): Promise<void>;
  /** Prints lines of a stream (`logs`, `watch`); control characters are shown, not obeyed. */
  lines(text: string): Promise<void>;
  /** Prints an object as one line of JSON (`watch -o json`, ndjson). */
  record(object: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface OutputOptions {
  readonly format: OutputFormat;
  readonly stdout: OutStream;
  readonly color: boolean;
  /** Called before anything is printed: takes a moving line off the terminal. */
  readonly before: () => void;
}

export function newOutput({ format, stdout, color, before }: OutputOptions): Output {
  const page: Page = { wide: format === 'wide', columns: stdout.isTTY === true ? (stdout.columns ?? 80) : undefined };
  const write = async (text: string): Promise<void> => {
    if (text === '') return;
    before();
    await written(stdout, text.endsWith('\n') ? text : `${text}\n`);
  };
  return {
    format,
    print: async (result) => write(await rendered(result, format, page, color)),
    lines: (text) => write(toTerminal(text, color)),
    record: (object) => write(safeJson(object)),
  };
}

async function rendered(result: Result, format: OutputFormat, page: Page, color: boolean): Promise<string> {
  const document = { apiVersion: API_VERSION, kind: result.kind, ...result.data };
  switch (format) {
    case 'json':
      return safeJson(document, 2);
    case 'yaml':
      return safeYaml(document);
    case 'ndjson':
      return (result.items ?? [document]).map((item) => safeJson(item)).join('\n');
    case 'csv':
      return result.csv?.() ?? '';
    case 'junit':
      return result.junit?.() ?? '';
    case 'sarif':
      return safeJson(result.sarif?.() ?? {}, 2);
    case 'name':
      return toTerminal((result.names ?? []).join('\n'), false);
    case 'text':
    case 'wide':
      return toTerminal(result.text(page), color);
  }
}

/** Resolves when the stream has taken the text. A broken pipe is the business of `broken-pipe.ts`, not of the command. */
function written(stream: OutStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}
