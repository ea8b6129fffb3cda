import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLog } from '../../../src/lab/logs.ts';
import { tailReader } from '../../../src/platform/tail-reader.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

describe('reading a log that grows', () => {
  it('gives the last lines, then what is added, then a log that was begun anew', async () => {
    using dir = tempDir();
    const path = join(dir.path, 'log');
    writeFileSync(path, 'one\ntwo\nthree\n');
    const stop = new AbortController();
    const seen: string[] = [];
    const clock = new VirtualClock();
    const options = { reader: tailReader, clock, follow: true, tail: 2, signal: stop.signal };
    for await (const text of readLog(path, options)) {
      seen.push(text);
      if (seen.length === 1) appendFileSync(path, 'four\n');
      else if (seen.length === 2) writeFileSync(path, 'new\n');
      else stop.abort();
    }
    expect(seen).toEqual(['two\nthree\n', 'four\n', 'new\n']);
  });

  it('cuts large files into pieces of whole lines', async () => {
    using dir = tempDir();
    const path = join(dir.path, 'log');
    const line = `${'ü'.repeat(999)}\n`;
    writeFileSync(path, line.repeat(1_000));
    const signal = new AbortController().signal;
    let all = '';
    for await (const text of readLog(path, { reader: tailReader, clock: new VirtualClock(), follow: false, signal })) {
      expect(text.endsWith('\n')).toBe(true);
      all += text;
    }
    expect(all).toBe(line.repeat(1_000));
    expect(tailReader.startOf(path, 3)).toBe(Buffer.byteLength(line) * 997);
    expect(tailReader.startOf(path, 5_000)).toBe(0);
    expect(tailReader.startOf(path, 0)).toBe(Buffer.byteLength(line) * 1_000);
  });
});
