import type { Engine } from './engine.ts';

/** What the server knows of the process it runs in. */
export interface HostFacts {
  readonly pid: number;
  readonly port: number;
  readonly os: string;
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly userCpuSeconds: number;
  readonly systemCpuSeconds: number;
}

export type InfoSections = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

/** The sections of INFO with the fields of Redis that mean something here, under its names. */
export function infoSections(engine: Engine, host: HostFacts, startedAt: number, logBytes: number): InfoSections {
  const uptime = Math.floor((engine.now() - startedAt) / 1000);
  const { counters } = engine;
  return {
    Server: {
      redis_version: engine.redisVersion,
      redis_mode: 'standalone',
      server_name: 'metrics-lab embedded queue',
      os: host.os,
      arch_bits: 64,
      process_id: host.pid,
      tcp_port: host.port,
      uptime_in_seconds: uptime,
      uptime_in_days: Math.floor(uptime / 86_400),
    },
    Clients: {
      connected_clients: engine.sessions().length,
      maxclients: 10_000,
      blocked_clients: engine.waiters,
    },
    Memory: {
      used_memory: host.heapBytes,
      used_memory_rss: host.residentBytes,
      maxmemory: 0,
      maxmemory_policy: 'noeviction',
    },
    Persistence: {
      loading: 0,
      aof_enabled: 1,
      aof_last_write_status: 'ok',
      aof_current_size: logBytes,
    },
    Stats: {
      total_connections_received: counters.connections,
      total_commands_processed: counters.commands,
      expired_keys: counters.expired,
      evicted_keys: 0,
    },
    Replication: { role: 'master', connected_slaves: 0 },
    CPU: {
      used_cpu_sys: host.systemCpuSeconds.toFixed(6),
      used_cpu_user: host.userCpuSeconds.toFixed(6),
    },
    Cluster: { cluster_enabled: 0 },
    Keyspace: Object.fromEntries(
      engine.databases.flatMap((db, index) =>
        db.size === 0 ? [] : [[`db${index}`, `keys=${db.size},expires=${db.expiring},avg_ttl=0`]],
      ),
    ),
  };
}

/** The settings that CONFIG GET knows, with the values of a redis-server of the lab where they mean the same. */
export function configValues(engine: Engine, port: number, dir: string): Readonly<Record<string, string>> {
  return {
    appendfsync: 'everysec',
    appendonly: 'yes',
    bind: '127.0.0.1',
    databases: String(engine.databases.length),
    dir,
    maxclients: '10000',
    maxmemory: '0',
    'maxmemory-policy': 'noeviction',
    port: String(port),
    save: '',
    timeout: '0',
  };
}
