import type { Command } from './command.ts';
import type { Words } from './requests.ts';

export interface Queued {
  readonly command: Command;
  readonly words: Words;
}

/** One client. */
export interface Session {
  readonly id: number;
  /** `host:port` of both ends. */
  readonly address: string;
  readonly localAddress: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  seenAt: number;
  lastCommand: string;
  name: string;
  loggedIn: boolean;
  db: number;
  /** Since MULTI. */
  transaction: { readonly commands: Queued[]; broken: boolean } | undefined;
  /** `db key` of what WATCH named. */
  readonly watched: Set<string>;
  /** Whether one of these changed. */
  changed: boolean;
  /** Ends the wait of a blocking command. */
  waiting: { readonly key: string; readonly words: Words; readonly stop: AbortController } | undefined;
  /** An answer that comes later; what the client sent since is then looked at. */
  readonly answer: (reply: string) => void;
  /** Hangs up when everything is sent. */
  readonly end: () => void;
}

/** A client that has just come; what answers it is added. */
export function newSession(
  id: number,
  address: string,
  localAddress: string,
  now: number,
): Omit<Session, 'answer' | 'end'> {
  return {
    id,
    address,
    localAddress,
    since: now,
    seenAt: now,
    lastCommand: '',
    name: '',
    loggedIn: false,
    db: 0,
    transaction: undefined,
    watched: new Set(),
    changed: false,
    waiting: undefined,
  };
}
