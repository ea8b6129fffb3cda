import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserPage, haveChromium } from '../../helpers/chromium.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const BIN = fileURLToPath(new URL('../../../bin/metrics-lab.js', import.meta.url));
const HPA = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: consumer}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: consumer}
  maxReplicas: 10
  metrics:
    - type: External
      external:
        metric: {name: queue}
        target: {type: AverageValue, averageValue: 2}
`;

describe.skipIf(!haveChromium())('the HTML report of simulate in Chromium', () => {
  const dir = tempDir();
  const file = join(dir.path, 'report.html');
  let page: BrowserPage;

  beforeAll(async () => {
    writeFileSync(join(dir.path, 'hpa.yaml'), HPA);
    const expectations = ['--expect', 'lost == 0', '--expect', 'max(desired) <= 3'];
    const args = [
      'simulate',
      '-f',
      'hpa.yaml',
      '--load',
      'spike(1→8/s, 2m, 10m)',
      ...expectations,
      '--html',
      file,
      '-q',
    ];
    const { status, stderr } = spawnSync(process.execPath, [BIN, ...args], { cwd: dir.path, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 99, stderr: '' });
    page = await BrowserPage.open(pathToFileURL(file).href);
  });
  afterAll(async () => {
    await page[Symbol.asyncDispose]();
    dir[Symbol.dispose]();
  });

  const texts = (selector: string) =>
    page.evaluate(`[...document.querySelectorAll(${JSON.stringify(selector)})].map((node) => node.textContent)`);

  it('opens from disk without a complaint', () => {
    expect(page.faults).toEqual([]);
  });

  it('charts the metric with its target, desired and ready replicas, and the wait', async () => {
    expect(await texts('.legend span')).toEqual([
      'metric',
      'what the replicas are enough for',
      'desired',
      'ready',
      'age of the oldest waiting item, seconds',
    ]);
    const drawn = `[...document.querySelectorAll('svg path')].map((path) => {
      const { width, height } = path.getBBox();
      return width > 500 && height > 10;
    })`;
    expect(await page.evaluate(drawn)).toEqual([true, true, true, true, true]);
  });

  it('tells which expectation failed', async () => {
    expect(await texts('main > p.bad')).toEqual(['1 of 2 expectations failed']);
    expect(await texts('li.ok')).toEqual([expect.stringContaining('lost == 0')]);
    expect(await texts('li.bad')).toEqual([expect.stringContaining('max(desired) <= 3')]);
  });

  it('shows the record of a decision that is clicked, in the table and in the chart', async () => {
    expect(await texts('table + pre')).toEqual(['Click on a decision to see every step of it.']);
    await page.click('tr.decision');
    const [first] = (await texts('table + pre')) as readonly string[];
    expect(first).toMatch(/^At .*: metric \d+ \/ target 2 asks \d+/);
    expect(first).toMatch('"steps": [');
    await page.click('svg circle:last-of-type');
    const [last] = (await texts('table + pre')) as readonly string[];
    expect(last).toMatch(/^At .*"steps": \[/s);
    expect(last).not.toBe(first);
    expect(page.faults).toEqual([]);
  });
});
