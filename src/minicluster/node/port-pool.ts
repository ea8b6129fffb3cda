/** Ports of the host that pods listen on: none is handed out twice while it is held. */
export class PortPool {
  readonly #freePort: () => Promise<number>;
  readonly #held = new Set<number>();

  constructor(freePort: () => Promise<number>) {
    this.#freePort = freePort;
  }

  async take(): Promise<number> {
    for (;;) {
      const port = await this.#freePort();
      if (this.#held.has(port)) continue;
      this.#held.add(port);
      return port;
    }
  }

  give(ports: Iterable<number>): void {
    for (const port of ports) this.#held.delete(port);
  }
}
