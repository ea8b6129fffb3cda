import { z } from 'zod';
import type { Files } from '../contracts/files.ts';
import { describe, LabError } from '../errors/lab-error.ts';

export interface JournalEntry {
  /** RFC 3339. */
  readonly time: string;
  readonly command: string;
  readonly step: string;
  readonly state: 'started' | 'done' | 'failed' | 'interrupted';
  readonly ms?: number;
  readonly error?: string;
}

const Entry: z.ZodType<JournalEntry> = z.object({
  time: z.string(),
  command: z.string(),
  step: z.string(),
  state: z.enum(['started', 'done', 'failed', 'interrupted']),
  ms: z.number().exactOptional(),
  error: z.string().exactOptional(),
});

/** The last entries are enough to tell the story; older ones go when a new `up` begins. */
const KEEP = 500;

/**
 * What each command did to a lab, one line per step. A line that a crash tore off at the end is dropped; anything else
 * that cannot be read raises ML-STATE-CORRUPT: somebody else wrote there, and the lab's state is not what we think.
 */
export function readJournal(files: Files, path: string, lab: string): readonly JournalEntry[] {
  const text = files.readText(path) ?? '';
  const lines = text.split('\n');
  const torn = lines.pop() ?? '';
  const entries = lines.filter((line) => line !== '').map((line, index) => parseLine(line, index, path, lab));
  return torn === '' ? entries : [...entries, ...lastEntry(torn)];
}

/** Readies the journal for a new command: reads it (so that damage is found first) and shortens it. */
export function openJournal(files: Files, path: string, lab: string): void {
  const entries = readJournal(files, path, lab);
  const kept = entries.slice(-KEEP);
  const text = files.readText(path);
  if (text !== undefined && (kept.length < entries.length || !text.endsWith('\n'))) {
    files.writeAtomic(path, kept.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  }
}

export function appendJournal(files: Files, path: string, entry: JournalEntry): void {
  // A step is looked at anew by the next command, so a power cut may cost the last lines.
  files.appendLine(path, JSON.stringify(entry), { durable: false });
}

function parseLine(line: string, index: number, path: string, lab: string): JournalEntry {
  try {
    return Entry.parse(JSON.parse(line));
  } catch (error) {
    const reason = `line ${index + 1} is not a journal entry: ${describe(error).split('\n')[0]}`;
    throw new LabError('ML-STATE-CORRUPT', { lab, path, reason }, { cause: error });
  }
}

/** A last line without its line feed: complete if it parses, else torn off by a crash. */
function lastEntry(line: string): JournalEntry[] {
  try {
    return [Entry.parse(JSON.parse(line))];
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return [];
    throw error;
  }
}
