import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../src/contracts/kube-client.ts';
import { parseObject } from '../../src/kube/objects.ts';
import { binDir, haveReal } from './real-binaries.ts';

/** Whether the real Helm is here; see `haveReal`. */
export function haveHelm(): boolean {
  if (!haveReal()) return false;
  if (existsSync(join(binDir(), 'helm'))) return true;
  if (process.env['METRICS_LAB_REQUIRE_REAL'] === '1') throw new Error(`missing: ${join(binDir(), 'helm')}`);
  console.warn(`SKIPPED: no helm in ${binDir()}`);
  return false;
}

/** The folder of one of our charts. */
export function chartDir(name: 'lab' | 'metrics-server'): string {
  return join(import.meta.dirname, '../../charts', name);
}

/** Real helm and kubectl for one cluster (or none), with a home of their own. */
export class Helm {
  readonly #env: Readonly<Record<string, string>>;
  readonly #dir: string;

  constructor(dir: string, kubeconfig = '') {
    this.#dir = dir;
    this.#env = { KUBECONFIG: kubeconfig, HOME: dir, PATH: '' };
  }

  helm(...args: readonly string[]): Promise<string> {
    return this.#run('helm', args);
  }
  kubectl(...args: readonly string[]): Promise<string> {
    return this.#run('kubectl', args);
  }

  /** Writes a values file and returns `--values FILE`. */
  values(name: string, values: unknown): readonly string[] {
    const path = join(this.#dir, `${name}.json`);
    writeFileSync(path, JSON.stringify(values));
    return ['--values', path];
  }

  /** The objects of `helm template`, without a cluster. */
  async template(
    chart: string,
    release: { readonly name: string; readonly namespace: string },
    ...args: readonly string[]
  ): Promise<readonly KubeObject[]> {
    const text = await this.helm('template', release.name, chart, '--namespace', release.namespace, ...args);
    return parseAllDocuments(text).flatMap((document) => {
      if (document.errors.length > 0) throw new Error(`${document.errors.join('\n')}\n${text}`);
      const object: unknown = document.toJS();
      return object === null ? [] : [parseObject(object)];
    });
  }

  #run(program: string, args: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      execFile(join(binDir(), program), [...args], { env: this.#env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${program} ${args.join(' ')}: ${stderr}${stdout}`, { cause: error }));
      });
    });
  }
}

/** The values of charts/metrics-server that the notes of a lab print, as `--values FILE`. */
export function notesFile(dir: string, notes: string): readonly string[] {
  const values = /^--- FILE\n(.*?)^---$/ms.exec(notes)?.[1];
  if (values === undefined) throw new Error(`no values in the notes:\n${notes}`);
  const path = join(dir, 'metrics-server-values.yaml');
  writeFileSync(path, values);
  return ['--values', path];
}
