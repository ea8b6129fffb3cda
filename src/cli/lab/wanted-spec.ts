import type { LabSpec } from '../../contracts/lab-spec.ts';
import { labPaths, readRecord } from '../../lab/lab-store.ts';
import type { CommandContext } from '../context.ts';
import type { LabDraft } from '../settings/settings.ts';
import { keepUnsaid } from './keep-unsaid.ts';
import { backendNameFor } from '../container/open-backend.ts';

/**
 * The spec that `up` makes the lab match: the settings, over what an existing lab was made with. Raises ML-USAGE-*,
 * ML-STATE-CORRUPT, ML-BACKEND-NONE when `auto` finds nothing that can be used here.
 */
export async function wantedSpec(context: CommandContext): Promise<LabSpec> {
  const settings = await context.settings();
  const { lab } = settings.draft;
  const record = readRecord(context.files, labPaths(context.paths.labsDir, lab), lab);
  const draft = record === undefined ? settings.draft : keepUnsaid(settings.draft, settings.entries, record.spec);
  // Another pipeline is another lab (`up` asks for --recreate): what was said of the old one means nothing to it.
  if (record !== undefined && draft.pipeline !== record.spec.pipeline) return finish(settings.draft);
  return finish(draft);

  async function finish(chosen: LabDraft): Promise<LabSpec> {
    const backend = await backendNameFor(context, chosen);
    const spec = { ...chosen, backend };
    settings.checkFlags(spec);
    return spec;
  }
}
