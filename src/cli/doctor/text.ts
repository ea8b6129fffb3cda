import type { Check, CheckStatus, DoctorReport } from '../../doctor/report.ts';
import { type Paint, paint } from '../text/paint.ts';
import type { Page } from '../output/output.ts';

const SIGNS: Readonly<Record<CheckStatus, readonly [string, Paint]>> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  broken: ['✗', 'red'],
  unknown: ['?', 'yellow'],
  skipped: ['-', 'dim'],
};

/** The report for people: every check in order, then the verdict. */
export function doctorText({ checks, broken }: DoctorReport, page: Page): string {
  const first = checks.find(({ id }) => id === broken);
  const count = (status: CheckStatus) => checks.filter((check) => check.status === status).length;
  const verdict =
    first === undefined
      ? paint(
          'bold',
          `nothing is broken (${count('ok')} ok, ${count('warning')} warnings, ${count('unknown')} unknown)`,
        )
      : `${paint('bold', 'the broken link:')} ${first.title} [${first.id}]`;
  return [...checks.flatMap((check) => lines(check, page)), '', verdict].join('\n');
}

function lines({ id, status, title, evidence, fix }: Check, page: Page): readonly string[] {
  const [sign, color] = SIGNS[status];
  const told = page.wide || status === 'broken' || status === 'warning';
  return [
    `${paint(color, sign)} ${title} ${paint('dim', `[${id}]`)}`,
    ...(told ? evidence.map((line) => `    ${line}`) : []),
    ...(fix === null ? [] : [`    do: ${fix}`]),
  ];
}
