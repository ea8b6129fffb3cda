import { join } from 'node:path';

/** Where one lab's control plane keeps its files, all below the lab's folder. */
export interface NativeLayout {
  /** Ports and binaries that were chosen; kept so that a lab stays what it was. */
  readonly state: string;
  readonly pki: string;
  readonly etcdData: string;
  readonly kubeconfig: string;
  readonly controllerManagerKubeconfig: string;
  readonly schedulerKubeconfig: string;
  readonly log: (component: string) => string;
}

export function nativeLayout(labDir: string): NativeLayout {
  return {
    state: join(labDir, 'native.json'),
    pki: join(labDir, 'pki'),
    etcdData: join(labDir, 'etcd'),
    kubeconfig: join(labDir, 'kubeconfig'),
    controllerManagerKubeconfig: join(labDir, 'pki', 'controller-manager.kubeconfig'),
    schedulerKubeconfig: join(labDir, 'pki', 'scheduler.kubeconfig'),
    log: (component) => join(labDir, 'logs', `${component}.log`),
  };
}
