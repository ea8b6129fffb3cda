import type { KubeObject } from '../../contracts/kube-client.ts';
import { type FieldError, invalid, plain, required } from '../../hpa/api/field-error.ts';
import { NAME } from '../api/table.ts';
import { coreEvent as coreType, event as type } from '../types/core.ts';
import { age } from './age.ts';
import { fieldsOf, numberOf, textOf } from './fields.ts';
import type { Column, Kind } from './kind.ts';

const involved = (event: KubeObject) => fieldsOf(event['involvedObject']);
const field = (event: KubeObject, name: string) => textOf(event[name]);

/** pkg/printers/internalversion/printers.go printEvent. */
const column = (name: string, cell: Column['cell'], priority = 0): Column => ({
  name,
  type: 'string',
  ...(priority === 0 ? {} : { priority }),
  description: `${name} of the event.`,
  cell,
});
const firstSeen = (event: KubeObject, now: number) =>
  age(field(event, 'firstTimestamp') || field(event, 'eventTime'), now);
const COLUMNS: readonly Column[] = [
  column('Last Seen', (event, now) => {
    const series = textOf(fieldsOf(event['series'])['lastObservedTime']);
    return series === '' ? age(field(event, 'lastTimestamp') || field(event, 'eventTime'), now) : age(series, now);
  }),
  column('Type', (event) => field(event, 'type')),
  column('Reason', (event) => field(event, 'reason')),
  column('Object', (event) => {
    const { kind, name } = involved(event);
    return textOf(name) === '' ? textOf(kind).toLowerCase() : `${textOf(kind).toLowerCase()}/${textOf(name)}`;
  }),
  column('Subobject', (event) => textOf(involved(event)['fieldPath']), 1),
  column('Source', sourceText, 1),
  column('Message', (event) => field(event, 'message').trim()),
  column('First Seen', firstSeen, 1),
  column('Count', (event) => numberOf(fieldsOf(event['series'])['count']) || numberOf(event['count']) || 1, 1),
  { ...NAME, priority: 1 },
];

function sourceText(event: KubeObject): string {
  const { component, host } = fieldsOf(event['source']);
  const who = textOf(component) || field(event, 'reportingComponent');
  const where = textOf(host) === '' ? [] : [textOf(host)];
  return [who, ...where].join(', ');
}

const FIELDS: Kind['fields'] = {
  'involvedObject.kind': (event) => textOf(involved(event)['kind']),
  'involvedObject.namespace': (event) => textOf(involved(event)['namespace']),
  'involvedObject.name': (event) => textOf(involved(event)['name']),
  'involvedObject.uid': (event) => textOf(involved(event)['uid']),
  'involvedObject.apiVersion': (event) => textOf(involved(event)['apiVersion']),
  'involvedObject.resourceVersion': (event) => textOf(involved(event)['resourceVersion']),
  'involvedObject.fieldPath': (event) => textOf(involved(event)['fieldPath']),
  reason: (event) => field(event, 'reason'),
  reportingComponent: (event) => field(event, 'reportingComponent'),
  source: (event) => textOf(fieldsOf(event['source'])['component']) || field(event, 'reportingComponent'),
  type: (event) => field(event, 'type'),
};

/** core/v1 Event. */
export const coreEvent: Kind = {
  group: '',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  versions: [{ version: 'v1', type: coreType }],
  default: defaulted,
  validate: (event) => namespaceErrors(event),
  columns: COLUMNS,
  fields: FIELDS,
};

/** events.k8s.io/v1 Event: the same objects under other names. */
export const event: Kind = {
  ...coreEvent,
  group: 'events.k8s.io',
  storedIn: 'core',
  versions: [{ version: 'v1', type, toStored: toCore, fromStored: fromCore }],
  validate: (given) => [
    ...(field(given, 'eventTime') === '' ? [required(['eventTime'], '')] : []),
    ...namespaceErrors(given),
  ],
  fields: {
    ...FIELDS,
    'regarding.kind': FIELDS['involvedObject.kind'] ?? (() => ''),
    'regarding.name': FIELDS['involvedObject.name'] ?? (() => ''),
    'regarding.namespace': FIELDS['involvedObject.namespace'] ?? (() => ''),
    'regarding.uid': FIELDS['involvedObject.uid'] ?? (() => ''),
    reportingController: (given) => field(given, 'reportingComponent'),
  },
};

/** core/validation/events.go. */
function namespaceErrors(given: KubeObject): readonly FieldError[] {
  const about = textOf(involved(given)['namespace']);
  const own = given.metadata.namespace ?? '';
  const path = ['involvedObject', 'namespace'];
  if (about === '' && (own === 'default' || own === 'kube-system')) return [];
  return about === own ? [] : [invalid(path, plain(about), 'does not match event.namespace')];
}

function defaulted(given: KubeObject): KubeObject {
  return {
    involvedObject: {},
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
    ...given,
  };
}

const NAMES: readonly (readonly [string, string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];

function renamed(given: KubeObject, names: ReadonlyMap<string, string>): KubeObject {
  const entries = Object.entries(given).map(([name, value]) => [names.get(name) ?? name, value]);
  return Object.fromEntries(entries) as KubeObject;
}

function toCore(given: KubeObject): KubeObject {
  return defaulted({ ...renamed(given, new Map(NAMES)), apiVersion: 'v1' });
}

function fromCore(stored: KubeObject): KubeObject {
  const shown = renamed(stored, new Map(NAMES.map(([name, core]) => [core, name])));
  // These two have omitempty here.
  const entries = Object.entries(shown).filter(
    ([name, value]) => !(value === '' && (name === 'reportingController' || name === 'reportingInstance')),
  );
  return { ...(Object.fromEntries(entries) as KubeObject), apiVersion: 'events.k8s.io/v1' };
}
