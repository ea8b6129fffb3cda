import { arch, platform, release } from 'node:os';
import type { CommandContext } from '../context.ts';

/** `metrics-lab version` */
export async function run({ output, versions }: CommandContext): Promise<undefined> {
  const data = {
    version: versions.metricsLab,
    node: versions.node,
    platform: `${platform()}/${arch()}`,
    os: release(),
  };
  await output.print({
    kind: 'Version',
    data,
    text: () => `metrics-lab ${data.version}\nnode ${data.node}\n${data.platform} ${data.os}`,
  });
}
