import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { capLog } from '../../../src/platform/log-cap.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

test('a log past its size moves to .1 and starts anew, under the feet of the process that writes it', () => {
  using dir = tempDir();
  const path = join(dir.path, 'a.log');
  const writer = openSync(path, 'a', 0o600);
  writeSync(writer, 'first\n');
  expect(capLog(path, 6)).toBe(false);
  writeSync(writer, 'second\n');
  expect(capLog(path, 6)).toBe(true);
  writeSync(writer, 'third\n');
  closeSync(writer);
  expect(readFileSync(path, 'utf8')).toBe('third\n');
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('first\nsecond\n');
  expect(statSync(`${path}.1`).mode & 0o777).toBe(0o600);
  expect(capLog(path, 3)).toBe(true);
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('third\n');
  expect(capLog(join(dir.path, 'absent.log'), 0)).toBe(false);
});
