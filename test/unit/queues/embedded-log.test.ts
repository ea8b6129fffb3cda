import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppendLog } from '../../../src/workload/embedded-queue/append-log.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

function recordsOf(path: string): string[] {
  const found: string[] = [];
  AppendLog.open(path, (record) => found.push(record.toString('latin1'))).close();
  return found;
}

function logWith(path: string, ...records: readonly string[]): void {
  const log = AppendLog.open(path, () => {});
  for (const record of records) log.append(record);
  log.close();
}

describe('the log of the embedded queue', () => {
  test('gives back what was flushed, byte for byte, and is for its owner alone', () => {
    using dir = tempDir();
    const path = join(dir.path, 'queue.log');
    logWith(path, 'one', '\x00\xff\r\n', 'x'.repeat(100_000));
    logWith(path, 'later');
    expect(recordsOf(path)).toEqual(['one', '\x00\xff\r\n', 'x'.repeat(100_000), 'later']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('torn off at any byte, the records before are whole and new ones follow them', () => {
    using dir = tempDir();
    const path = join(dir.path, 'queue.log');
    logWith(path, 'one', 'two');
    const whole = readFileSync(path);
    const first = whole.length / 2;
    for (let length = 0; length < whole.length; length += 1) {
      writeFileSync(path, whole);
      truncateSync(path, length);
      logWith(path, 'new');
      expect(recordsOf(path)).toEqual([...(length < first ? [] : ['one']), 'new']);
    }
  });

  test('zeros behind the last record, as a power cut leaves them, are cut away', () => {
    using dir = tempDir();
    const path = join(dir.path, 'queue.log');
    logWith(path, 'one');
    appendFileSync(path, Buffer.alloc(4096));
    logWith(path, 'two');
    expect(recordsOf(path)).toEqual(['one', 'two']);
  });

  test('damage before the end is refused, and the file left as it is', () => {
    using dir = tempDir();
    const path = join(dir.path, 'queue.log');
    logWith(path, 'one', 'two', 'three');
    const bytes = readFileSync(path);
    bytes[bytes.indexOf('two')] = 0x58;
    writeFileSync(path, bytes);
    expect(() => recordsOf(path)).toThrow(expect.objectContaining({ id: 'ML-QUEUE-LOG-CORRUPT' }));
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  test('a rewrite puts other records in its place, and what comes after follows them', () => {
    using dir = tempDir();
    const path = join(dir.path, 'queue.log');
    const log = AppendLog.open(path, () => {}, 1_000);
    for (let i = 0; i < 50; i += 1) log.append(`record ${i} of many`);
    log.flush();
    expect(log.wantsRewrite).toBe(true);
    log.rewrite(['all in one']);
    expect([log.wantsRewrite, log.size]).toEqual([false, statSync(path).size]);
    log.append('after');
    log.close();
    expect(recordsOf(path)).toEqual(['all in one', 'after']);
  });

  test('is not rewritten again before it has twice the size that it then had', () => {
    using dir = tempDir();
    const log = AppendLog.open(join(dir.path, 'queue.log'), () => {}, 100);
    log.rewrite(['x'.repeat(200)]);
    log.append('y'.repeat(150));
    log.flush();
    expect(log.wantsRewrite).toBe(false);
    log.append('y'.repeat(150));
    log.flush();
    expect(log.wantsRewrite).toBe(true);
    log.close();
  });
});
