import type { Processes } from '../contracts/processes.ts';
import { realClock } from '../platform/clock.ts';
import { nodeFiles } from '../platform/files.ts';
import { nodeProcesses } from '../platform/processes.ts';
import { maskUrl, parseEndpoint } from '../sources/endpoint.ts';
import type { Ports } from './context.ts';

/** The one place that wires implementations to ports (STYLE rule 4). */
export function realPorts(): Ports {
  let processes: Processes | undefined;
  return {
    clock: realClock,
    files: nodeFiles,
    queueUrls: {
      check: (url, kind) => {
        parseEndpoint(url, kind === 'beanstalkd' ? 'beanstalkd' : 'redis');
      },
      mask: maskUrl,
    },
    // Reads /proc or runs `ps` to know itself, which most commands can do without.
    get processes() {
      processes ??= nodeProcesses();
      return processes;
    },
  };
}
