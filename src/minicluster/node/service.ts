import { z } from 'zod';
import type { ObjectMeta } from '../../contracts/kube-client.ts';
import { Meta, parseAs } from '../../kube/objects.ts';

export interface ServicePort {
  readonly name?: string | undefined;
  readonly port: number;
  readonly protocol: string;
  readonly targetPort?: number | string | undefined;
  /** `http`: the proxy spreads requests, else connections. */
  readonly appProtocol?: string | undefined;
}
/** The parts of a Service that the proxy works with. */
export interface Service {
  readonly metadata: ObjectMeta;
  readonly selector: Readonly<Record<string, string>>;
  /** TCP only. */
  readonly ports: readonly ServicePort[];
}

const ServiceSchema = z.object({
  metadata: Meta,
  spec: z.object({
    type: z.string().default('ClusterIP'),
    selector: z.record(z.string(), z.string()).nullish(),
    ports: z
      .array(
        z.object({
          name: z.string().optional(),
          port: z.number(),
          protocol: z.string().default('TCP'),
          targetPort: z.union([z.number(), z.string()]).optional(),
          appProtocol: z.string().optional(),
        }),
      )
      .nullish(),
  }),
});

/** A foreign value as a Service; without ports when there is nothing to proxy. Raises ML-KUBE-SHAPE. */
export function parseService(foreign: unknown): Service {
  const { metadata, spec } = parseAs(ServiceSchema, foreign, 'a Service');
  const selector = spec.selector ?? {};
  const proxied = spec.type !== 'ExternalName' && Object.keys(selector).length > 0;
  return { metadata, selector, ports: proxied ? (spec.ports ?? []).filter(({ protocol }) => protocol === 'TCP') : [] };
}

/** Annotation of a Service: `127.0.0.1:<port>` of its first port; further ports have `.<name or number>` behind the name. */
export const LOCAL_ADDRESS: string = 'metricslab.dev/local-address';

/** Name of the annotation for one port of a Service. */
export function addressAnnotation(service: Service, port: ServicePort): string {
  return port === service.ports[0] ? LOCAL_ADDRESS : `${LOCAL_ADDRESS}.${port.name ?? port.port}`;
}
