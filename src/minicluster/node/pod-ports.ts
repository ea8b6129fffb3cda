import { z } from 'zod';
import type { Pod } from './pod.ts';

/** Annotation in which a further node says on which ports of this machine its pod listens: `{"8080":41234}`. */
export const HOST_PORTS = 'metricslab.dev/host-ports';
const Ports = z.record(z.string(), z.int());

export function hostPortsText(ports: ReadonlyMap<number, number>): string {
  return JSON.stringify(Object.fromEntries(ports));
}

/** What the annotation of a pod says; nothing for a pod without a readable one. */
export function announcedPorts({ metadata }: Pod): ReadonlyMap<number, number> {
  const text = metadata.annotations?.[HOST_PORTS];
  if (text === undefined || !/^\{["\d:,]*\}$/.test(text)) return new Map();
  const parsed = Ports.safeParse(JSON.parse(text));
  return new Map(Object.entries(parsed.data ?? {}).map(([port, host]) => [Number(port), host]));
}

/** The host's port for a target port of a Service, by number or by a container port's name. */
export function hostPortFor(
  { spec }: Pod,
  ports: ReadonlyMap<number, number>,
  target: number | string,
): number | undefined {
  const named = spec.containers.flatMap((container) => container.ports ?? []).find(({ name }) => name === target);
  return ports.get(named?.containerPort ?? (typeof target === 'number' ? target : Number.NaN));
}
