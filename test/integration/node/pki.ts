import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Issued {
  readonly cert: string;
  readonly key: string;
}

/** A CA of a test, made by openssl, and the certificates that it issues, as files in one folder. */
export class TestCa {
  readonly #dir: string;
  readonly #name: string;

  constructor(dir: string, name: string) {
    this.#dir = dir;
    this.#name = name;
    const files = ['-keyout', this.#file('key'), '-out', this.#file('crt')];
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      ...files,
    );
  }

  get cert(): string {
    return readFileSync(this.#file('crt'), 'utf8');
  }

  /** `subject` such as `/O=y/CN=x`; with `names` a server's certificate for them and 127.0.0.1. */
  issue(file: string, subject: string, names: readonly string[] = []): Issued {
    const at = (ending: string) => join(this.#dir, `${file}.${ending}`);
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      subject,
      '-keyout',
      at('key'),
      '-out',
      at('csr'),
    );
    const alternative = ['IP:127.0.0.1', ...names.map((name) => `DNS:${name}`)].join(',');
    const server = `extendedKeyUsage=serverAuth\nsubjectAltName=${alternative}\n`;
    writeFileSync(at('ext'), names.length > 0 ? server : 'extendedKeyUsage=clientAuth\n');
    const ca = ['-CA', this.#file('crt'), '-CAkey', this.#file('key'), '-CAcreateserial'];
    openssl('x509', '-req', '-in', at('csr'), ...ca, '-days', '2', '-extfile', at('ext'), '-out', at('crt'));
    return { cert: readFileSync(at('crt'), 'utf8'), key: readFileSync(at('key'), 'utf8') };
  }

  #file(ending: string): string {
    return join(this.#dir, `${this.#name}.${ending}`);
  }
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
