import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LabRecord } from '../../../src/contracts/lab-record.ts';
import { LabError } from '../../../src/errors/lab-error.ts';
import { specDrift } from '../../../src/lab/drift.ts';
import { appendJournal, openJournal, readJournal } from '../../../src/lab/journal.ts';
import { labPaths, listLabs, readRecord, requireRecord, writeRecord } from '../../../src/lab/lab-store.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { SPEC } from './lab-spec.ts';

const RECORD: LabRecord = {
  apiVersion: 'metricslab.dev/v1',
  kind: 'LabState',
  createdAt: '2026-01-01T00:00:00.000Z',
  spec: SPEC,
  ports: { queue: 4711 },
  complete: false,
};

function idOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof LabError) return error.id;
    throw error;
  }
  return 'no error';
}

describe('the record of a lab', () => {
  it('comes back as it was written, and names its lab', () => {
    using dir = tempDir();
    const paths = labPaths(dir.path, 'lab');
    nodeFiles.ensureDir(paths.dir);
    expect(readRecord(nodeFiles, paths, 'lab')).toBeUndefined();
    writeRecord(nodeFiles, paths, RECORD);
    expect(readRecord(nodeFiles, paths, 'lab')).toEqual(RECORD);
    expect(listLabs(nodeFiles, dir.path)).toEqual(['lab']);
    expect(idOf(() => requireRecord(nodeFiles, dir.path, 'other'))).toBe('ML-LAB-NOT-FOUND');
  });

  it.each([
    '',
    '{',
    '[]',
    '{"apiVersion":"metricslab.dev/v1"}',
    JSON.stringify({ ...RECORD, spec: { ...SPEC, hpa: {} } }),
  ])('damaged as %j raises ML-STATE-CORRUPT', (text) => {
    using dir = tempDir();
    const paths = labPaths(dir.path, 'lab');
    nodeFiles.ensureDir(paths.dir);
    writeFileSync(paths.record, text);
    expect(idOf(() => readRecord(nodeFiles, paths, 'lab'))).toBe('ML-STATE-CORRUPT');
  });
});

describe('the journal', () => {
  const entry = { time: '2026-01-01T00:00:00.000Z', command: 'up', step: 'cluster', state: 'done', ms: 12 } as const;

  it('drops a line that a crash tore off, keeps a whole one without its line feed', () => {
    using dir = tempDir();
    const path = join(dir.path, 'journal');
    appendJournal(nodeFiles, path, entry);
    appendFileSync(path, '{"time":"2026-');
    expect(readJournal(nodeFiles, path, 'lab')).toEqual([entry]);
    openJournal(nodeFiles, path, 'lab');
    appendJournal(nodeFiles, path, entry);
    expect(readJournal(nodeFiles, path, 'lab')).toEqual([entry, entry]);
    writeFileSync(path, JSON.stringify(entry));
    expect(readJournal(nodeFiles, path, 'lab')).toEqual([entry]);
  });

  it('is damaged when a line in the middle is none', () => {
    using dir = tempDir();
    const path = join(dir.path, 'journal');
    writeFileSync(path, `garbage\n${JSON.stringify(entry)}\n`);
    expect(idOf(() => readJournal(nodeFiles, path, 'lab'))).toBe('ML-STATE-CORRUPT');
  });

  it('keeps the last 500 entries when a new command begins', () => {
    using dir = tempDir();
    const path = join(dir.path, 'journal');
    writeFileSync(path, Array.from({ length: 700 }, (_, ms) => `${JSON.stringify({ ...entry, ms })}\n`).join(''));
    openJournal(nodeFiles, path, 'lab');
    const kept = readJournal(nodeFiles, path, 'lab');
    expect([kept.length, kept[0]?.ms, kept.at(-1)?.ms]).toEqual([500, 200, 699]);
    expect(readFileSync(path, 'utf8').endsWith('\n')).toBe(true);
  });
});

describe('drift', () => {
  it('another number of nodes is for a process backend to add and remove, for one in containers another cluster', () => {
    expect(specDrift(SPEC, { ...SPEC, nodes: 2 })).toEqual({ inPlace: ['nodes: unset → 2'], needsNewCluster: [] });
    const kind = { ...SPEC, backend: 'kind', nodes: 2 } as const;
    expect(specDrift(kind, { ...kind, nodes: 3 }).needsNewCluster).toEqual(['nodes: 2 → 3']);
  });

  it('tells what can change in place from what needs a new cluster', () => {
    const wanted = { ...SPEC, hpa: { ...SPEC.hpa, max: 7 }, queue: { kind: 'beanstalkd', name: 'jobs' } } as const;
    expect(specDrift(SPEC, wanted)).toEqual({
      inPlace: ['hpa.max: 20 → 7'],
      needsNewCluster: ['queue.kind: "redis" → "beanstalkd"'],
    });
    expect(specDrift(SPEC, SPEC)).toEqual({ inPlace: [], needsNewCluster: [] });
  });

  it('never shows the URL of a queue: there may be a password in it', () => {
    const before = { ...SPEC, queue: { ...SPEC.queue, url: 'redis://:old@h:1' } };
    const wanted = { ...SPEC, queue: { ...SPEC.queue, url: 'redis://:new@h:1' } };
    expect(specDrift(before, wanted).needsNewCluster).toEqual(['queue.url']);
  });
});
