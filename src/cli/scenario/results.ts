import { join } from 'node:path';
import type { Files } from '../../contracts/files.ts';
import type { TimelineEntry } from '../../simulate/options.ts';
import { safeJson } from '../text/json.ts';

/** The folder of one run below the runs folder: run.json and samples.ndjson. What is written stays whatever happens to the run. */
export class RunResults {
  readonly id: string;
  readonly dir: string;
  readonly #files: Files;

  /** `now`: epoch ms. */
  constructor(files: Files, runsDir: string, name: string, now: number) {
    this.#files = files;
    const stamp = new Date(now)
      .toISOString()
      .replaceAll(/[-:]/g, '')
      .replace(/\.\d+Z$/, 'Z');
    let id = `${stamp}-${name}`;
    for (let n = 2; files.exists(join(runsDir, id)); n += 1) id = `${stamp}-${name}-${n}`;
    this.id = id;
    this.dir = join(runsDir, id);
    files.ensureDir(this.dir);
  }

  sample(entry: TimelineEntry): void {
    this.#files.appendLine(join(this.dir, 'samples.ndjson'), safeJson({ ...entry }), { durable: false });
  }

  run(document: Readonly<Record<string, unknown>>): void {
    this.#files.writeAtomic(join(this.dir, 'run.json'), `${safeJson(document, 2)}\n`);
  }
}
