import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type TLSSocket } from 'node:tls';
import { realClock } from '../../src/platform/clock.ts';

/** Finer than any time that is promised; what is due in between is sent late, and that counts as latency. */
const TICK_MS = 1;
const HEADERS = 'Host: x\r\nX-Remote-User: hpa\r\nX-Remote-Group: system:masters\r\nAccept: application/json\r\n\r\n';

export interface Question {
  readonly path: string;
  /** Any other answer is wrong. */
  readonly status: number;
  /** Its times do not count. */
  readonly isAside: boolean;
}

export interface Load {
  /** Queries a second. */
  readonly rate: number;
  readonly seconds: number;
  /** The query of this number. */
  readonly ask: (index: number) => Question;
}

/** Milliseconds of the queries that count, from when each was due: the wait for a free connection is in them (no coordinated omission). */
export interface Outcome {
  readonly queries: number;
  readonly wrong: number;
  readonly p50: number;
  readonly p99: number;
  /** From when it was sent: without what the client itself came too late. */
  readonly sentP99: number;
  /** Of the server, microseconds a query. */
  readonly cpu: number;
}

/** Asks a metrics API server at a fixed rate, whether or not it keeps up, as a front proxy with kept connections does. */
export class FixedRate {
  readonly #pid: number;
  readonly #connections: readonly Connection[];
  readonly #idle: Connection[];
  readonly #waiting: ((connection: Connection) => void)[] = [];

  private constructor(pid: number, connections: readonly Connection[]) {
    this.#pid = pid;
    this.#connections = connections;
    this.#idle = [...connections];
  }

  static async open(
    { url, pid }: { readonly url: string; readonly pid: number },
    pair: { readonly cert: string; readonly key: string },
    connections: number,
  ): Promise<FixedRate> {
    const open: Connection[] = [];
    while (open.length < connections) open.push(await Connection.open(Number(new URL(url).port), pair));
    return new FixedRate(pid, open);
  }

  async load({ rate, seconds, ask }: Load): Promise<Outcome> {
    const times: number[] = [];
    const sentTimes: number[] = [];
    const flights: Promise<void>[] = [];
    let wrong = 0;
    const one = async (dueMs: number, question: Question) => {
      // The one that has rested longest: a server closes connections on which nobody ever asks.
      const connection =
        this.#idle.shift() ?? (await new Promise<Connection>((resolve) => this.#waiting.push(resolve)));
      const sentMs = performance.now();
      const status = await connection.ask(question.path);
      const now = performance.now();
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(connection);
      else next(connection);
      if (status !== question.status) wrong += 1;
      if (question.isAside) return;
      times.push(now - dueMs);
      sentTimes.push(now - sentMs);
    };
    const cpu = cpuSeconds(this.#pid);
    const begun = performance.now();
    for (let sent = 0; sent < rate * seconds; ) {
      const due = Math.min(((performance.now() - begun) / 1000) * rate, rate * seconds);
      for (; sent < due; sent += 1) flights.push(one(begun + (sent / rate) * 1000, ask(sent)));
      await realClock.sleep(TICK_MS);
    }
    await Promise.all(flights);
    return {
      queries: flights.length,
      wrong,
      p50: part(times, 0.5),
      p99: part(times, 0.99),
      sentP99: part(sentTimes, 0.99),
      cpu: ((cpuSeconds(this.#pid) - cpu) / flights.length) * 1e6,
    };
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }
}

/** One kept connection with one question at a time, as lean as can be: the client must not be what is measured. */
class Connection {
  readonly #socket: TLSSocket;
  #text = '';
  #done: (status: number) => void = () => undefined;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (chunk: string) => this.#take(chunk));
    socket.on('close', () => this.#done(0));
  }

  static async open(port: number, pair: { readonly cert: string; readonly key: string }): Promise<Connection> {
    const socket = connect({ port, host: '127.0.0.1', ...pair, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    return new Connection(socket);
  }

  /** Resolves to the status of the answer; 0 = the connection is closed. */
  ask(path: string): Promise<number> {
    if (this.#socket.destroyed) return Promise.resolve(0);
    this.#text = '';
    return new Promise((resolve) => {
      this.#done = resolve;
      this.#socket.write(`GET ${path} HTTP/1.1\r\n${HEADERS}`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: string): void {
    this.#text += chunk;
    const end = this.#text.indexOf('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(this.#text)?.[1]);
    if (end >= 0 && this.#text.length >= end + 4 + length) this.#done(Number(this.#text.slice(9, 12)));
  }
}

function part(times: readonly number[], share: number): number {
  const sorted = Float64Array.from(times).sort();
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** MB that a process has in memory: `VmRSS` now, `VmHWM` at most. */
export function memoryOf(pid: number, key: 'VmRSS' | 'VmHWM'): string {
  const [, kib = '0'] = new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kib) / 1024).toFixed(0);
}

/** One line about an outcome. */
export function lineOf(name: string, { queries, wrong, p50, p99, sentP99, cpu }: Outcome, pid: number): string {
  return (
    `${name}: ${queries} queries, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms (${sentP99.toFixed(2)} from when it was sent), ` +
    `${wrong} wrong answers, ${cpu.toFixed(0)} µs CPU/query, RSS ${memoryOf(pid, 'VmRSS')} MB (peak ${memoryOf(pid, 'VmHWM')} MB)`
  );
}
