import { readFileSync } from 'node:fs';
import { LabError } from '../errors/lab-error.ts';

/** The version of this package. Read by hand: zod would cost every `--help` 30 ms. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new LabError('ML-INTERNAL', { text: 'package.json has no version' });
}
