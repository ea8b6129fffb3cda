import type { ChainLink, ChainNumber, ExplainedHpa, Explanation, UnknownPart } from '../../explain/explanation.ts';
import type { CatalogueFinding, Severity } from '../../explain/finding.ts';
import type { Page } from '../output/output.ts';
import { oneLine } from '../text/one-line.ts';
import { paint } from '../text/paint.ts';

/** The explanation for people: verdict, chain, disagreements, findings. */
export function explanationText({ hpas }: Explanation, page: Page): string {
  return hpas.map((hpa) => hpaText(hpa, page)).join('\n\n');
}

function hpaText(hpa: ExplainedHpa, page: Page): string {
  const { namespace, name, target, decision, sync, chain, differences, findings, unknown, platform, history, next } =
    hpa;
  const which = sync === 'last' ? 'the last sync, computed again' : 'the first sync, which has not been yet';
  return [
    `${paint('bold', `HPA ${namespace}/${name}`)} of ${target}`,
    `  ${which}: ${decision ?? paint('yellow', 'unknown')}`,
    ...(next === null ? [] : [`  next: ${next}`]),
    '',
    ...chain.flatMap(linkLines),
    '',
    `  on ${platform.map(({ name: fact, value, origin }) => `${fact} ${value} (${origin})`).join(', ')}`,
    ...(differences.length === 0 ? [] : ['', 'Where this and the status disagree:']),
    ...differences.flatMap(({ field, computed, status, causes }) => [
      `  ${field}: computed ${computed}, status ${status}`,
      ...causes.map((cause) => `      ${cause}`),
    ]),
    ...(unknown.length === 0 ? [] : ['', 'Unknown:']),
    ...unknown.flatMap(unknownLines),
    '',
    ...(history.length === 0 ? [] : ['What happened:']),
    ...history.map(({ at, text, source }) => `  ${at.slice(0, 19)}Z  ${text} ${paint('dim', `(${source})`)}`),
    ...(history.length === 0 ? [] : ['']),
    verdict(findings, unknown),
    ...findings.flatMap((finding) => findingLines(finding, page)),
  ]
    .map(oneLine)
    .join('\n');
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

function unknownLines({ what, rule }: UnknownPart): readonly string[] {
  return [`  ${paint('yellow', '?')} unknown: ${what}`, ...(rule === null ? [] : [`      do: ask for ${rule}`])];
}

function verdict(findings: readonly CatalogueFinding[], unknown: readonly UnknownPart[]): string {
  const wrong = findings.some(({ severity }) => severity !== 'info');
  const read = unknown.length === 0 ? '' : ' in what could be read';
  if (wrong) return 'Findings:';
  return paint('green', `Nothing wrong${read}${findings.length === 0 ? '.' : '; worth knowing:'}`);
}

/** How bad a finding is, in one character. */
export const SIGNS: Readonly<Record<Severity, string>> = {
  info: paint('cyan', 'i'),
  warning: paint('yellow', '!'),
  error: paint('red', '✗'),
};

function findingLines(finding: CatalogueFinding, page: Page): readonly string[] {
  const { severity, title, evidence, upstream, fix, next, id } = finding;
  return [
    `  ${SIGNS[severity]} ${title} [${id}]`,
    ...evidence.map((line) => `      ${line}`),
    ...(fix === null ? [] : [`      do: ${fix}`]),
    ...(next === null ? [] : [`      next: ${next}`]),
    ...(page.wide ? upstream : upstream.slice(0, 1)).map((line) => `      ${paint('dim', `see: ${line}`)}`),
  ];
}
