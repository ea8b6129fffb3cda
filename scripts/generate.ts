// `npm run generate`: the reference pages and schemas in docs/ and the charts, out of the tables that the program itself works with. The
// output depends on nothing but the source, so CI runs this and then `git diff --exit-code`.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { REGISTRY } from '../src/errors/registry.ts';
import { DoctorSchema } from '../src/doctor/report.ts';
import { z } from 'zod';
import { ExplanationSchema } from '../src/explain/explanation.ts';
import { InspectionSchema } from '../src/explain/inspect/inspection.ts';
import { StatusSchema } from '../src/lab/status-schema.ts';
import { labFileJsonSchema } from '../src/cli/settings/lab-file-schema.ts';
import { ScenarioRunSchema } from '../src/cli/scenario/document-schema.ts';
import { simulationJsonSchema, TuningSchema } from '../src/cli/simulate/document-schema.ts';
import { metricsServerJsonSchema } from '../src/metrics-server/config.ts';
import { scenarioJsonSchema } from '../src/scenario/schema.ts';
import { chartFiles } from './charts/chart-files.ts';
import { labChart } from './charts/lab-chart.ts';
import { metricsServerChart } from './charts/metrics-server-chart.ts';
import { cliPage } from './reference/cli-page.ts';
import { errorsPage } from './reference/errors-page.ts';
import { withNewIds } from './reference/released-ids.ts';

const RELEASED = 'docs/errors.released.txt';

const pages: Readonly<Record<string, string>> = {
  'docs/cli.md': cliPage(),
  'docs/errors.md': errorsPage(),
  'docs/schemas/simulation.json': `${JSON.stringify(simulationJsonSchema(), undefined, 2)}\n`,
  'docs/schemas/scenario-file.json': `${JSON.stringify(scenarioJsonSchema(), undefined, 2)}\n`,
  'docs/schemas/scenario-run.json': `${JSON.stringify(documentSchema(ScenarioRunSchema, 'ScenarioRun', 'scenario run'), undefined, 2)}\n`,
  'docs/schemas/tuning.json': `${JSON.stringify(documentSchema(TuningSchema, 'Tuning', 'tune'), undefined, 2)}\n`,
  'docs/schemas/lab-file.json': `${JSON.stringify(labFileJsonSchema(), undefined, 2)}\n`,
  'docs/schemas/metrics-server.json': `${JSON.stringify(metricsServerJsonSchema(), undefined, 2)}\n`,
  'docs/schemas/status.json': `${JSON.stringify(documentSchema(StatusSchema, 'LabStatus', 'status'), undefined, 2)}\n`,
  'docs/schemas/explain.json': `${JSON.stringify(documentSchema(ExplanationSchema, 'HpaExplanation', 'explain hpa'), undefined, 2)}\n`,
  'docs/schemas/inspect.json': `${JSON.stringify(documentSchema(InspectionSchema, 'HpaInspection', 'inspect hpa'), undefined, 2)}\n`,
  'docs/schemas/doctor.json': `${JSON.stringify(documentSchema(DoctorSchema, 'DoctorReport', 'doctor'), undefined, 2)}\n`,
  ...chartFiles(metricsServerChart()),
  ...chartFiles(labChart()),
  [RELEASED]: withNewIds(readFileSync(RELEASED, 'utf8'), Object.keys(REGISTRY)),
};

// A kind that a chart has no more leaves no file behind.
rmSync('charts', { recursive: true, force: true });
for (const [path, text] of Object.entries(pages)) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** What a command prints with -o json: its data between the fields that every document has. */
function documentSchema(schema: z.ZodType, kind: string, command: string): object {
  const { properties, ...rest } = z.toJSONSchema(schema, { io: 'output' });
  const document = { apiVersion: { const: 'metricslab.dev/v1' }, kind: { const: kind } };
  return { ...rest, title: `metrics-lab ${command} -o json`, properties: { ...document, ...properties } };
}
