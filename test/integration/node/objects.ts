interface Settings {
  readonly replicas?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly container?: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** A pod template's content: one container of the test's image with a port. */
export function podBody(
  name: string,
  { env = {}, container = {}, spec = {} }: Settings = {},
): Readonly<Record<string, unknown>> {
  return {
    metadata: { labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 5,
      containers: [
        {
          name: 'main',
          image: 'test/worker:1',
          env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
          ports: [{ name: 'http', containerPort: 8080 }],
          ...container,
        },
      ],
      ...spec,
    },
  };
}

export function pod(name: string, settings: Settings = {}): object {
  const { metadata, spec } = podBody(name, settings) as { metadata: object; spec: object };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, spec };
}

export function deployment(name: string, settings: Settings = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: settings.replicas ?? 1,
      selector: { matchLabels: { app: name } },
      template: podBody(name, settings),
    },
  };
}

export const READINESS: object = { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 1 };
