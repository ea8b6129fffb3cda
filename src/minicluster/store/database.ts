import { chmodSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** One row: a key, the version at which it was last written, and the object as JSON text. */
export interface Row {
  readonly key: string;
  readonly version: number;
  readonly json: string;
}

/**
 * The durable side of the store. What was committed is in the write-ahead log: a killed process loses nothing, as the pages
 * are the kernel's then; a power cut may cost the last moments (`synchronous=NORMAL`), which a lab can bear.
 */
export class Database implements Disposable {
  readonly #db: DatabaseSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #version: StatementSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  #isOpen = false;

  /** Opens or makes the file (0600). `:memory:` keeps nothing. */
  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    if (path !== ':memory:') chmodSync(path, 0o600);
    this.#db.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 4000; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -2000;',
    );
    this.#db.exec(
      'CREATE TABLE IF NOT EXISTS objects (key TEXT PRIMARY KEY, version INTEGER, json TEXT) WITHOUT ROWID',
    );
    this.#db.exec('CREATE TABLE IF NOT EXISTS version (one INTEGER PRIMARY KEY CHECK (one = 1), last INTEGER)');
    this.#put = this.#db.prepare('INSERT OR REPLACE INTO objects (key, version, json) VALUES (?, ?, ?)');
    this.#delete = this.#db.prepare('DELETE FROM objects WHERE key = ?');
    this.#begin = this.#db.prepare('BEGIN');
    this.#commit = this.#db.prepare('COMMIT');
    this.#version = this.#db.prepare('INSERT OR REPLACE INTO version (one, last) VALUES (1, ?)');
  }

  rows(): readonly Row[] {
    const rows = this.#db.prepare('SELECT key, version, json FROM objects ORDER BY key').all();
    return rows.map((row) => ({ key: String(row['key']), version: Number(row['version']), json: String(row['json']) }));
  }

  /** The highest version ever given out: a deletion leaves no row that remembers it. */
  lastVersion(): number {
    const given = 'coalesce((SELECT last FROM version), 0)';
    const written = 'coalesce((SELECT max(version) FROM objects), 0)';
    const row = this.#db.prepare(`SELECT max(${given}, ${written}) AS last`).get();
    return Number(row?.['last'] ?? 0);
  }

  /** As `delete`, part of what the next `commit` makes durable. */
  put(row: Row): void {
    this.#open();
    this.#put.run(row.key, row.version, row.json);
  }

  delete(key: string, version: number): void {
    this.#open();
    this.#version.run(version);
    this.#delete.run(key);
  }

  /** All changes since the last one, or none of them. */
  commit(): void {
    if (this.#isOpen) this.#commit.run();
    this.#isOpen = false;
  }

  #open(): void {
    if (!this.#isOpen) this.#begin.run();
    this.#isOpen = true;
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}
