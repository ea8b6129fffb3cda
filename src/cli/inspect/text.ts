import type { InspectedHpa, InspectedMetric, Inspection, V1Line } from '../../explain/inspect/inspection.ts';
import type { Page } from '../output/output.ts';
import { oneLine } from '../text/one-line.ts';
import { paint } from '../text/paint.ts';

/** The inspection for people. */
export function inspectionText({ hpas, api }: Inspection, page: Page): string {
  return hpas
    .map((hpa) => [...(api === 'v1' ? head(hpa) : v2Lines(hpa, page)), ...v1Part(hpa)].map(oneLine).join('\n'))
    .join('\n\n');
}

function head({ namespace, name, target, replicas, lastScaleTime }: InspectedHpa): readonly string[] {
  const { min, max, current, desired } = replicas;
  return [
    `${paint('bold', `HPA ${namespace}/${name}`)} of ${target.ref} (${target.apiVersion})`,
    `  replicas  min ${min}, max ${max}; current ${current}, desired ${desired}; last scaled ${lastScaleTime ?? 'never'}`,
  ];
}

function v2Lines(hpa: InspectedHpa, page: Page): readonly string[] {
  const { target, metrics, behavior, conditions, events, touches, unknown } = hpa;
  return [
    ...head(hpa),
    `  scale     ${target.scale}; selector ${target.selector ?? 'unknown'}`,
    '',
    `Metrics (${metrics.length})`,
    ...metrics.flatMap((metric) => metricLines(metric, page)),
    '',
    'Behavior (defaults filled in)',
    ...behavior.flatMap(({ direction, fields }) => [
      `  ${direction}`,
      ...fields.map(({ field, value, origin }) => `    ${field.padEnd(26)} ${value} ${paint('dim', `(${origin})`)}`),
    ]),
    '',
    'Conditions',
    ...conditions.map(({ type, status, reason, message, since }) =>
      abnormal(type, status, `  ${type}=${status} ${reason}: ${message}${since === null ? '' : ` (since ${since})`}`),
    ),
    ...(conditions.length === 0 ? ['  none: the controller has not looked at this HPA yet'] : []),
    '',
    'Events',
    ...events.map(({ type, reason, message, count, last }) => {
      const text = `  ${last ?? ''} ${reason}${count > 1 ? ` ×${count}` : ''}: ${message}`;
      return type === 'Warning' ? paint('yellow', text) : text;
    }),
    ...(events.length === 0 ? [unknown.some((text) => text.includes('events')) ? '  unknown' : '  none'] : []),
    '',
    'Who else touches the target',
    ...touches.map(({ kind, name, what }) => `  ${kind} ${name}: ${what}`),
    ...(touches.length === 0 ? ['  nobody that can be seen'] : []),
    ...unknown.map((text) => paint('yellow', `  unknown: ${text}`)),
  ];
}

function metricLines(metric: InspectedMetric, page: Page): readonly string[] {
  const { index, type, name, selector, of, target, targetType, adapter, source, summary } = metric;
  const where = [...(of === null ? [] : [`of ${of}`]), ...(selector === '' ? [] : [`{${selector}}`])].join(' ');
  return [
    `  [${index}] ${type} ${paint('bold', name)}${where === '' ? '' : ` ${where}`}, target ${target} (${targetType})`,
    `      ${adapter.problem === null ? summary : paint('yellow', summary)}`,
    ...(source === null ? [] : [paint('dim', `      source: ${source.from}`)]),
    ...(adapter.from === '' ? [] : [paint('dim', `      adapter: ${adapter.from}`)]),
    ...(page.wide && adapter.values.length > 1 ? [paint('dim', `      series: ${adapter.values.join(', ')}`)] : []),
  ];
}

/** ScalingLimited is the condition that is well when it is False. */
function abnormal(type: string, status: string, text: string): string {
  const wanted = type === 'ScalingLimited' || type === 'ScaledToZero' ? 'False' : 'True';
  return status === wanted || type === 'ScaledToZero' ? text : paint('yellow', text);
}

const FATES: Readonly<Record<V1Line['fate'], string>> = {
  field: 'field',
  annotation: 'hidden in an annotation',
  mangled: 'mangled',
  lost: 'lost',
};

function v1Part({ v1 }: InspectedHpa): readonly string[] {
  if (v1 === undefined) return [];
  return ['', 'Through autoscaling/v1', ...v1.flatMap(v1LineText)];
}

function v1LineText({ field, v2, v1, fate, note }: V1Line): readonly string[] {
  if (fate === 'field' && note === null && v1 === v2) return [`  ${field.padEnd(24)} ${v2}`];
  return [
    `  ${field.padEnd(24)} ${paint(fate === 'annotation' ? 'cyan' : 'yellow', FATES[fate])}`,
    `    v2    ${v2}`,
    `    v1    ${v1 === '' ? 'nothing' : v1}`,
    ...(note === null ? [] : [`    note  ${note}`]),
  ];
}
