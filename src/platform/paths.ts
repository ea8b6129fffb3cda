import { isAbsolute, join } from 'node:path';
import { LabError } from '../errors/lab-error.ts';

/** Where metrics-lab keeps its files (UX 2.8). All paths are absolute. */
export interface UserPaths {
  readonly configFile: string;
  /** One folder per lab: state that `up` made and `teardown` removes. */
  readonly labsDir: string;
  /** Results of scenario runs. */
  readonly runsDir: string;
  /** Downloads; safe to delete. */
  readonly cacheDir: string;
  /** Sockets and tokens of a lab: gone after a reboot. */
  readonly runDir: (lab: string) => string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The folders as the environment asks for them. `METRICS_LAB_HOME` puts all of them below one folder, exactly as written;
 * else the XDG base directories hold, where a relative value is ignored as the XDG specification demands.
 * Raises ML-STATE-NO-HOME when HOME is needed and missing.
 */
export function userPaths(env: Env): UserPaths {
  const own = env['METRICS_LAB_HOME'];
  if (own !== undefined && own !== '') return below(own);
  const base = (variable: string, fallback: string) => {
    const value = env[variable];
    return value !== undefined && isAbsolute(value) ? value : join(home(env, variable), fallback);
  };
  const state = join(base('XDG_STATE_HOME', '.local/state'), 'metrics-lab');
  const runtime = env['XDG_RUNTIME_DIR'];
  const runRoot = runtime !== undefined && isAbsolute(runtime) ? join(runtime, 'metrics-lab') : join(state, 'run');
  return {
    configFile: join(base('XDG_CONFIG_HOME', '.config'), 'metrics-lab', 'config.yaml'),
    labsDir: join(state, 'labs'),
    runsDir: join(base('XDG_DATA_HOME', '.local/share'), 'metrics-lab', 'runs'),
    cacheDir: join(base('XDG_CACHE_HOME', '.cache'), 'metrics-lab'),
    runDir: (lab) => join(runRoot, lab),
  };
}

function below(root: string): UserPaths {
  if (!isAbsolute(root)) {
    throw new LabError('ML-STATE-NO-HOME', { reason: `METRICS_LAB_HOME must be an absolute path, and is "${root}"` });
  }
  return {
    configFile: join(root, 'config.yaml'),
    labsDir: join(root, 'labs'),
    runsDir: join(root, 'runs'),
    cacheDir: join(root, 'cache'),
    runDir: (lab) => join(root, 'run', lab),
  };
}

function home(env: Env, variable: string): string {
  const value = env['HOME'];
  if (value !== undefined && isAbsolute(value)) return value;
  const state = value === undefined || value === '' ? 'is not set' : `is "${value}", which is not an absolute path`;
  throw new LabError('ML-STATE-NO-HOME', { reason: `HOME ${state}, and neither METRICS_LAB_HOME nor ${variable} is` });
}
