/**
 * Who may import whom below src/: the table of docs/ARCHITECTURE.md. A row's folder may import itself, contracts, errors and what is
 * listed: a folder, or one file of it. The first row whose folder fits counts, so a narrower folder stands above a wider one.
 */
export const LAYERS: readonly { readonly folder: string; readonly imports: readonly string[]; readonly pure?: true }[] =
  [
    { folder: 'hpa', imports: [], pure: true },
    { folder: 'contracts', imports: ['hpa'] },
    { folder: 'errors', imports: [] },
    { folder: 'platform', imports: [] },
    { folder: 'kube', imports: ['hpa'] },
    { folder: 'sources', imports: ['kube'] },
    // The library is what others start in their own programs: it brings the real clock along.
    { folder: 'metrics-server/library', imports: ['metrics-server', 'kube', 'platform/clock.ts'] },
    { folder: 'metrics-server', imports: ['sources', 'kube'] },
    { folder: 'workload', imports: ['sources', 'kube/pod-security.ts', 'kube/chart-test.ts', 'kube/alert.ts'] },
    { folder: 'keda', imports: ['hpa', 'kube'] },
    { folder: 'minicluster', imports: ['hpa', 'kube'] },
    {
      folder: 'clusters/embedded',
      imports: ['clusters/pki', 'clusters/lab-access.ts', 'hpa', 'kube', 'workload/manifests.ts', 'minicluster'],
    },
    {
      folder: 'clusters',
      imports: ['kube', 'workload/manifests.ts', 'minicluster/node', 'minicluster/pki', 'platform/lock.ts'],
    },
    { folder: 'simulate', imports: ['hpa'] },
    { folder: 'explain', imports: ['hpa', 'kube'] },
    {
      folder: 'lab',
      imports: [
        'kube',
        'explain',
        'hpa',
        'workload/manifests.ts',
        'workload/producer-queue.ts',
        'workload/prometheus-server.ts',
        'workload/queue-manifests.ts',
        'workload/queue-server.ts',
        'workload/queue-metrics.ts',
        'workload/sample-app.ts',
        'workload/web/manifests.ts',
        'metrics-server/manifests.ts',
        'metrics-server/pod-manifests.ts',
        'minicluster/node/config.ts',
        'minicluster/node/manifests.ts',
        'platform/lock.ts',
      ],
    },
    { folder: 'doctor', imports: ['hpa', 'kube', 'explain', 'lab'] },
    { folder: 'drill', imports: ['kube', 'explain'] },
    { folder: 'scenario', imports: ['lab', 'simulate', 'explain'] },
    { folder: 'report', imports: ['hpa', 'explain', 'simulate', 'scenario'] },
    { folder: 'dashboard', imports: ['hpa', 'explain', 'simulate', 'scenario'] },
  ];

/** May be imported by everyone but hpa. */
export const SHARED: readonly string[] = ['contracts', 'errors'];

/** cli may import all layers, but these only where the parts are wired together. */
export const IMPLEMENTATIONS: readonly string[] = ['clusters', 'minicluster', 'metrics-server'];
export const WIRING: readonly string[] = ['cli/container.ts', 'cli/container', 'cli/programs'];
