import { isDisabled } from '../../contracts/controllers.ts';
import { type Controller, type ControllerPorts, runController } from './controller.ts';
import { deploymentController } from './deployment/deployment.ts';
import { endpointSliceController } from './endpoint-slices.ts';
import { endpointsController } from './endpoints.ts';
import { GARBAGE_COLLECTOR, GarbageCollector } from './garbage-collector.ts';
import { HPA, HpaController, type HpaControllerOptions, type KeptDecision } from './hpa/hpa-controller.ts';
import { namespaceController } from './namespace.ts';
import { nodeLifecycleController } from './node-lifecycle.ts';
import { eventTtlController, podGcController } from './pod-gc.ts';
import { replicaSetController } from './replica-set.ts';
import { rootCaController, serviceAccountController } from './service-accounts.ts';
import { statefulSetController } from './stateful-set.ts';

export interface StartOptions extends ControllerPorts {
  /** PEM that pods verify the API server with. */
  readonly ca: string;
  /** Names of controllers that do not run; `all` = none does. */
  readonly disabled: readonly string[];
  readonly hpa: HpaControllerOptions;
  /** How long a node may be silent; default as kube-controller-manager. */
  readonly nodeGraceSeconds?: number;
}

/** What others may ask of running controllers. */
export interface RunningControllers {
  /** The HPA controller's last looks; none when it does not run. */
  readonly decisions: () => readonly KeptDecision[];
}

/** Starts the controllers; they end with the signal. */
export function startControllers(options: StartOptions): RunningControllers {
  const runs = (name: string) => !isDisabled(name, options.disabled);
  for (const controller of controllers(options.ca, options.nodeGraceSeconds)) {
    if (runs(controller.name)) runController(controller, options);
  }
  if (runs(GARBAGE_COLLECTOR)) new GarbageCollector(options);
  const hpa = runs(HPA) ? new HpaController(options.hpa, options) : undefined;
  return { decisions: () => hpa?.decisions ?? [] };
}

/** --node-monitor-grace-period */
const NODE_GRACE_SECONDS = 50;

function controllers(ca: string, nodeGraceSeconds = NODE_GRACE_SECONDS): readonly Controller[] {
  return [
    namespaceController,
    serviceAccountController,
    rootCaController(ca),
    deploymentController,
    replicaSetController,
    statefulSetController,
    endpointsController,
    endpointSliceController,
    nodeLifecycleController(nodeGraceSeconds),
    podGcController,
    eventTtlController,
  ];
}

/** What runs unless it is disabled; contracts/controllers.ts says the same to the command line. */
export function controllerNames(): readonly string[] {
  return [HPA, GARBAGE_COLLECTOR, ...controllers('').map(({ name }) => name)];
}
