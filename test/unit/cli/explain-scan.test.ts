import { describe, expect, it } from 'vitest';
import { junitXml } from '../../../src/cli/explain/junit.ts';
import { sarifLog } from '../../../src/cli/explain/sarif.ts';
import { explanationText } from '../../../src/cli/explain/text.ts';
import { failsOn, scanText, worstFirst } from '../../../src/cli/explain/scan.ts';
import { toTerminal } from '../../../src/cli/text/paint.ts';
import { parseBundle } from '../../../src/explain/bundle-schema.ts';
import { explainBundle } from '../../../src/explain/explain.ts';
import type { ExplainedHpa } from '../../../src/explain/explanation.ts';
import { bundle, condition, type Given, queueAt, READY } from '../../helpers/evidence-view.ts';

function explained(name: string, given: Given = {}): ExplainedHpa {
  const [hpa] = [...explainBundle(parseBundle(bundle(given), 'the bundle'))];
  if (hpa === undefined) throw new TypeError('one HPA was expected');
  return { ...hpa, name };
}
const full = (message: string): Given => ({
  status: {
    currentMetrics: [queueAt('30')],
    conditions: [...READY.slice(0, 2), condition('ScalingLimited', 'True', 'TooManyReplicas', message)],
  },
});
const hpas = [explained('fine'), explained('full', full('too <many> \u001b[2J "replicas"')), explained('also-fine')];

describe('a scan', () => {
  it('puts the worst first and says how many are fine', () => {
    const sorted = worstFirst(hpas);
    expect(sorted.map(({ name }) => name)).toEqual(['full', 'also-fine', 'fine']);
    const page = { wide: false, columns: undefined };
    const text = scanText({ server: '', context: null, namespace: '', at: '', hpas: sorted }, page);
    expect(toTerminal(text, false).split('\n')).toEqual([
      expect.stringContaining('WORST'),
      expect.stringMatching(/^warning +shop +full +Deployment\/web +4 +at-maxreplicas/),
      '',
      '3 HPAs: 0 with errors, 1 with warnings, 2 with nothing wrong',
    ]);
  });

  it('keeps a line a line, whatever a name or a message has in it', () => {
    const page = { wide: true, columns: undefined };
    const document = { server: '', context: null, namespace: '', at: '' };
    const forged = explained('web\nFindings: none', full('full\r\nNothing wrong.'));
    expect(scanText({ ...document, hpas: [forged] }, page)).toContain('web\\nFindings: none');
    const lines = explanationText({ ...document, hpas: [forged] }, page).split('\n');
    expect(lines.filter((line) => /^(Findings: none|Nothing wrong)/.test(line))).toEqual([]);
  });

  it('fails on what is as bad as the limit', () => {
    expect(failsOn(hpas, 'error')).toBe(false);
    expect(failsOn(hpas, 'warning')).toBe(true);
    expect(failsOn([explained('fine')], 'info')).toBe(false);
  });

  it('is JUnit XML in which nothing a cluster says is markup', () => {
    const xml = junitXml(hpas);
    expect(xml).toContain('<testsuite name="shop" tests="3" failures="1">');
    expect(xml).toContain('<testcase classname="shop" name="fine"/>');
    expect(xml).toContain('too &lt;many&gt; \\x1b[2J &quot;replicas&quot;');
  });

  it('is SARIF with one rule per kind of finding', () => {
    expect(sarifLog(hpas, '1.0.0')).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'metrics-lab', rules: [{ id: 'at-maxreplicas' }] } },
          results: [{ ruleId: 'at-maxreplicas', level: 'warning' }],
        },
      ],
    });
  });
});
