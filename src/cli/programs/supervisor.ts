import { OWNER_ENV } from '../../contracts/component.ts';
import { LabError } from '../../errors/lab-error.ts';
import { supervisorPaths } from '../../lab/supervisor/paths.ts';
import { prober } from '../../lab/supervisor/probe.ts';
import { supervise } from '../../lab/supervisor/supervise.ts';
import { realClock } from '../../platform/clock.ts';
import { nodeFiles } from '../../platform/files.ts';
import { capLog } from '../../platform/log-cap.ts';
import { nodeProcesses } from '../../platform/processes.ts';
import { watchFolder } from '../../platform/watch-folder.ts';
import { log, runProgram } from './run-program.ts';

const LOG_BYTES = 10 * 1024 * 1024;

// `supervisor.js <labDir>`: keeps the components of one lab running. Started detached by `up`; SIGTERM stops the lab.
await runProgram(async (stop) => {
  const labDir = process.argv[2];
  if (labDir === undefined) throw new LabError('ML-INTERNAL', { text: 'supervisor: the lab folder is missing' });
  const inherited = ['PATH', 'HOME'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  await supervise({
    ports: {
      files: nodeFiles,
      processes: nodeProcesses(),
      clock: realClock,
      paths: supervisorPaths(labDir),
      baseEnv: { ...Object.fromEntries(inherited), [OWNER_ENV]: labDir },
      log,
      openProber: prober,
    },
    stop,
    watchFolder,
    capLog: (path) => capLog(path, LOG_BYTES),
  });
});
