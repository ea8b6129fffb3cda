import type { ChainLink, ChainNumber, ExplainedHpa, Explanation, Finding } from '../../explain/explanation.ts';
import type { Page } from '../output/output.ts';
import { paint } from '../text/paint.ts';

/** The explanation for people: verdict, chain, disagreements, findings. */
export function explanationText({ hpas }: Explanation, page: Page): string {
  return hpas.map((hpa) => hpaText(hpa, page)).join('\n\n');
}

function hpaText(hpa: ExplainedHpa, page: Page): string {
  const { namespace, name, target, decision, sync, chain, differences, findings, platform } = hpa;
  const which = sync === 'last' ? 'the last sync, computed again' : 'the first sync, which has not been yet';
  return [
    `${paint('bold', `HPA ${namespace}/${name}`)} of ${target}`,
    `  ${which}: ${decision ?? paint('yellow', 'unknown')}`,
    '',
    ...chain.flatMap(linkLines),
    '',
    `  on ${platform.map(({ name: fact, value, origin }) => `${fact} ${value} (${origin})`).join(', ')}`,
    ...(differences.length === 0 ? [] : ['', 'Where this and the status disagree:']),
    ...differences.flatMap(({ field, computed, status, causes }) => [
      `  ${field}: computed ${computed}, status ${status}`,
      ...causes.map((cause) => `      ${cause}`),
    ]),
    ...(findings.length === 0 ? [] : ['', 'Findings:']),
    ...findings.flatMap((finding) => findingLines(finding, page)),
  ].join('\n');
}

function linkLines(link: ChainLink): readonly string[] {
  const mark = link.limit ? paint('yellow', '◀ the limit') : '';
  const origin = paint(link.origin === 'unknown' ? 'yellow' : 'dim', `(${link.origin})`);
  return [
    `  ${link.step.padEnd(15)} ${link.text} ${origin} ${mark}`.trimEnd(),
    ...link.numbers.map((number) => `  ${' '.repeat(15)}   ${numberText(number)}`),
  ];
}

function numberText({ name, value, origin, source }: ChainNumber): string {
  return paint(origin === 'unknown' ? 'yellow' : 'dim', `${name} ${value} — ${origin}: ${source}`);
}

const SIGNS = { info: 'i', warning: '!', error: '✗' } as const;

function findingLines({ severity, title, evidence, upstream, fix, id }: Finding, page: Page): readonly string[] {
  return [
    `  ${paint(severity === 'info' ? 'cyan' : 'yellow', SIGNS[severity])} ${title} [${id}]`,
    ...evidence.map((line) => `      ${line}`),
    ...(page.wide ? upstream.map((line) => `      upstream: ${line}`) : []),
    ...(fix === null ? [] : [`      do: ${fix}`]),
  ];
}
