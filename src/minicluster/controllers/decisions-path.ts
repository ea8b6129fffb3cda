import type { PathHandler } from '../server/api-server.ts';
import type { RunningControllers } from './start.ts';

/** Where administrators read what the HPA controller decided last, with every step of it. */
const PATH = '/metrics-lab/decisions';

/** Answers GET of the decisions as `{items}`, oldest first; `running`: undefined until the controllers have started. */
export function decisionsPath(running: () => RunningControllers | undefined): PathHandler {
  return (exchange) => {
    if (exchange.path !== PATH || exchange.method !== 'GET') return false;
    exchange.json(200, { items: running()?.decisions() ?? [] });
    return true;
  };
}
