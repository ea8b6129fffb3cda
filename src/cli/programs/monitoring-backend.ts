import { once } from 'node:events';
import { realClock } from '../../platform/clock.ts';
import { nodeFiles } from '../../platform/files.ts';
import { Env } from '../../workload/env.ts';
import { listen } from '../../workload/health-server.ts';
import { monitoringServer } from '../../workload/monitoring/monitoring-server.ts';
import { log, runProgram } from './run-program.ts';

await runProgram(async (stop) => {
  const env = new Env(process.env, (path) => nodeFiles.readText(path));
  const server = monitoringServer({
    accessToken: env.secret('ACCESS_TOKEN'),
    reportKey: env.secret('REPORT_KEY'),
    clock: realClock,
    log,
  });
  await listen(server, env.number('PORT', 8080, 0, 65_535), env.text('HOST', '127.0.0.1'));
  log('monitoring backend listens');
  if (!stop.aborted) await once(stop, 'abort');
  server.close();
  server.closeAllConnections();
});
