import { labStory, logFileOf, readLog } from '../../lab/logs.ts';
import { openPodLog } from '../../lab/pod-logs.ts';
import type { CommandContext } from '../context.ts';
import type { Flags } from '../flags.ts';
import { labName } from '../lab/lab-name.ts';
import { labPorts } from '../container/lab-ports.ts';
import { tailReader } from '../../platform/tail-reader.ts';

/** `metrics-lab logs [component]`: without a component, what the commands did to the lab. */
export async function run(context: CommandContext, flags: Flags): Promise<undefined> {
  const ports = labPorts(context);
  const lab = await labName(context);
  const component = flags.text('component');
  const tail = flags.number('tail');
  if (component === undefined) {
    const story = labStory(ports, lab);
    await context.output.lines((tail === undefined ? story : story.slice(story.length - tail)).join('\n'));
    return;
  }
  const ofPods = await openPodLog(ports, lab, component);
  if (ofPods !== undefined) {
    const options = { follow: flags.has('follow'), signal: context.signal, ...(tail === undefined ? {} : { tail }) };
    for await (const text of ofPods(options)) await context.output.lines(text.trimEnd());
    return;
  }
  const path = logFileOf(ports, lab, component);
  const options = { reader: tailReader, clock: context.clock, follow: flags.has('follow'), signal: context.signal };
  for await (const text of readLog(path, { ...options, ...(tail === undefined ? {} : { tail }) })) {
    await context.output.lines(text);
  }
}
