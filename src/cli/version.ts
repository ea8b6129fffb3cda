import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../errors/lab-error.ts';
import { PACKAGE_DIR } from './container/program-command.ts';

/** The version of this package. Read by hand: zod would cost every `--help` 30 ms. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(PACKAGE_DIR, 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new LabError('ML-INTERNAL', { text: 'package.json has no version' });
}
