import type { ExitName } from '../../errors/exit-codes.ts';
import type { Severity } from '../../explain/finding.ts';
import type { CommandContext } from '../context.ts';
import { checkFlags, gather } from '../explain/gather.ts';
import { junitXml } from '../explain/junit.ts';
import { sarifLog } from '../explain/sarif.ts';
import { failsOn, scanText, worstFirst } from '../explain/scan.ts';
import { explanationText } from '../explain/text.ts';
import type { Flags } from '../flags.ts';

/** `metrics-lab explain hpa [name]`. Raises what `gather` raises; with --fail-on a finding is the exit code `thresholds`. */
export async function run(context: CommandContext, flags: Flags): Promise<ExitName | undefined> {
  const { output, globals, streams, versions } = context;
  checkFlags(flags);
  if (flags.has('watch')) {
    const { watchDecisions } = await import('../explain/watch.ts');
    await watchDecisions(context, flags);
    return undefined;
  }
  const scan = flags.has('all');
  const explained = await gather(context, flags);
  const explanation = { ...explained, hpas: scan ? worstFirst(explained.hpas) : explained.hpas };
  const { hpas, namespace } = explanation;
  const where = namespace === '' ? 'any namespace' : `namespace ${namespace}`;
  if (hpas.length === 0 && !globals.quiet) streams.stderr.write(`No HPAs found in ${where}.\n`);
  await output.print({
    kind: 'HpaExplanation',
    data: { ...explanation },
    items: hpas.map((hpa) => ({ ...hpa })),
    names: hpas.map((hpa) => `horizontalpodautoscaler/${hpa.name}`),
    text: (page) => (scan ? scanText(explanation, page) : explanationText(explanation, page)),
    junit: () => junitXml(hpas),
    sarif: () => sarifLog(hpas, versions.metricsLab),
  });
  const limit = flags.text('fail-on') as Severity | undefined;
  return limit !== undefined && failsOn(hpas, limit) ? 'thresholds' : undefined;
}
