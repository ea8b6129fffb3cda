/** First two octets where nothing else is said. */
export const POD_PREFIX = '10.244';
const SIZE = 65_536;
/** The first addresses stay free, as a bridge would take them. */
const FIRST = 2;

/** Addresses of a private /16 that is not routed, since EndpointSlices refuse loopback addresses. */
export class IpPool {
  readonly #prefix: string;
  readonly #taken = new Set<string>();
  #next = FIRST;

  constructor(prefix: string = POD_PREFIX) {
    this.#prefix = prefix;
  }

  /** The next free address; an address just given back is not the next one. */
  take(): string {
    for (let tries = 0; tries < SIZE; tries += 1) {
      const ip = `${this.#prefix}.${this.#next >> 8}.${this.#next & 255}`;
      this.#next = this.#next + 1 < SIZE - 1 ? this.#next + 1 : FIRST;
      if (this.#taken.has(ip)) continue;
      this.#taken.add(ip);
      return ip;
    }
    // More pods than a node's capacity ever allows.
    return `${this.#prefix}.255.254`;
  }

  /** Marks an address as taken, as a record says. */
  hold(ip: string): void {
    this.#taken.add(ip);
  }

  give(ip: string): void {
    this.#taken.delete(ip);
  }
}
