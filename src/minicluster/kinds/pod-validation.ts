import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  numeric,
  plain,
  required,
} from '../../hpa/api/field-error.ts';
import type { FieldPath } from '../../hpa/api/field-path.ts';
import { compareQuantities } from './quantities.ts';
import {
  type Fields,
  fieldsOf,
  labelErrors,
  listOf,
  nonNegative,
  numberOf,
  portErrors,
  portNameErrors,
  textOf,
} from './fields.ts';

// pkg/apis/core/validation/validation.go, as far as pods of a lab can go wrong

const PULL = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const RESTART = ['Always', 'OnFailure', 'Never'];
const DNS = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const NOT_OVERCOMMITTED = /^(hugepages-.*|[^/]+\/.+)$/;

/** Problems of a PodSpec. */
export function podSpecErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const volumes = listOf(spec['volumes']);
  const names = new Set(volumes.map((volume) => textOf(volume['name'])));
  const containers = listOf(spec['containers']);
  const grace = spec['terminationGracePeriodSeconds'];
  return [
    ...volumeErrors(volumes, [...path, 'volumes']),
    ...(containers.length === 0 ? [required([...path, 'containers'], '')] : []),
    ...containersErrors(containers, names, [...path, 'containers']),
    ...containersErrors(listOf(spec['initContainers']), names, [...path, 'initContainers']),
    ...oneOf([...path, 'restartPolicy'], spec['restartPolicy'], RESTART),
    ...oneOf([...path, 'dnsPolicy'], spec['dnsPolicy'], DNS),
    ...tolerationErrors(listOf(spec['tolerations']), [...path, 'tolerations']),
    ...(typeof grace === 'number' && grace < 0
      ? [invalid([...path, 'terminationGracePeriodSeconds'], numeric(grace), 'must be greater than or equal to 0')]
      : []),
    ...(spec['activeDeadlineSeconds'] !== undefined && numberOf(spec['activeDeadlineSeconds']) < 1
      ? [
          invalid(
            [...path, 'activeDeadlineSeconds'],
            numeric(numberOf(spec['activeDeadlineSeconds'])),
            'must be between 1 and 2147483647, inclusive',
          ),
        ]
      : []),
  ];
}

function oneOf(path: FieldPath, value: unknown, valid: readonly string[]): readonly FieldError[] {
  const text = textOf(value);
  if (text === '') return [required(path, '')];
  return valid.includes(text) ? [] : [notSupported(path, text, valid)];
}

function volumeErrors(volumes: readonly Fields[], path: FieldPath): readonly FieldError[] {
  const seen = new Set<string>();
  return volumes.flatMap((volume, at) => {
    const name = textOf(volume['name']);
    const where = [...path, at, 'name'];
    if (name === '') return [required(where, '')];
    const twice = seen.has(name);
    seen.add(name);
    return [...labelErrors(where, name), ...(twice ? [duplicate(where, name)] : [])];
  });
}

function duplicate(path: FieldPath, name: string): FieldError {
  return { path, type: 'FieldValueDuplicate', badValue: plain(name), detail: '' };
}

function containersErrors(
  containers: readonly Fields[],
  volumes: ReadonlySet<string>,
  path: FieldPath,
): readonly FieldError[] {
  const seen = new Set<string>();
  return containers.flatMap((container, at) => {
    const name = textOf(container['name']);
    const where = [...path, at];
    const twice = name !== '' && seen.has(name);
    seen.add(name);
    return [...containerErrors(container, volumes, where), ...(twice ? [duplicate([...where, 'name'], name)] : [])];
  });
}

function containerErrors(container: Fields, volumes: ReadonlySet<string>, path: FieldPath): readonly FieldError[] {
  const name = textOf(container['name']);
  const image = textOf(container['image']);
  return [
    ...(name === '' ? [required([...path, 'name'], '')] : labelErrors([...path, 'name'], name)),
    ...(image === '' ? [required([...path, 'image'], '')] : []),
    ...(image !== image.trim()
      ? [invalid([...path, 'image'], plain(image), 'must not have leading or trailing whitespace')]
      : []),
    ...listOf(container['ports']).flatMap((port, at) => containerPortErrors(port, [...path, 'ports', at])),
    ...listOf(container['env']).flatMap((variable, at) => envErrors(variable, [...path, 'env', at])),
    ...listOf(container['volumeMounts']).flatMap((mount, at) =>
      mountErrors(mount, volumes, [...path, 'volumeMounts', at]),
    ),
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((each) =>
      container[each] === undefined ? [] : probeErrors(fieldsOf(container[each]), [...path, each], each),
    ),
    ...oneOf([...path, 'imagePullPolicy'], container['imagePullPolicy'], PULL),
    ...resourceErrors(fieldsOf(container['resources']), [...path, 'resources']),
  ];
}

function containerPortErrors(port: Fields, path: FieldPath): readonly FieldError[] {
  const name = textOf(port['name']);
  const protocol = textOf(port['protocol']);
  return [
    ...(name === '' ? [] : portNameErrors([...path, 'name'], name)),
    ...(port['containerPort'] === undefined || port['containerPort'] === 0
      ? [required([...path, 'containerPort'], '')]
      : portErrors([...path, 'containerPort'], port['containerPort'])),
    ...(port['hostPort'] === undefined ? [] : portErrors([...path, 'hostPort'], port['hostPort'])),
    ...(protocol === ''
      ? [required([...path, 'protocol'], '')]
      : PROTOCOLS.includes(protocol)
        ? []
        : [notSupported([...path, 'protocol'], protocol, PROTOCOLS)]),
  ];
}

function envErrors(variable: Fields, path: FieldPath): readonly FieldError[] {
  const name = textOf(variable['name']);
  const detail = "a valid environment variable name must consist only of printable ASCII characters other than '='";
  const sources = Object.keys(fieldsOf(variable['valueFrom']));
  return [
    ...(name === ''
      ? [required([...path, 'name'], '')]
      : /^[ -<>-~]+$/.test(name)
        ? []
        : [invalid([...path, 'name'], plain(name), detail)]),
    ...(variable['valueFrom'] !== undefined && textOf(variable['value']) !== ''
      ? [invalid([...path, 'valueFrom'], plain(''), 'may not be specified when `value` is not empty')]
      : []),
    ...(sources.length > 1
      ? [invalid([...path, 'valueFrom'], plain(''), 'may not have more than one field specified at a time')]
      : []),
  ];
}

function mountErrors(mount: Fields, volumes: ReadonlySet<string>, path: FieldPath): readonly FieldError[] {
  const name = textOf(mount['name']);
  const missing: FieldError = {
    path: [...path, 'name'],
    type: 'FieldValueNotFound',
    badValue: plain(name),
    detail: '',
  };
  return [
    ...(name === '' ? [required([...path, 'name'], '')] : volumes.has(name) ? [] : [missing]),
    ...(textOf(mount['mountPath']) === '' ? [required([...path, 'mountPath'], '')] : []),
  ];
}

function probeErrors(probe: Fields, path: FieldPath, which: string): readonly FieldError[] {
  const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'].filter((name) => probe[name] !== undefined);
  const numbers = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];
  return [
    ...(handlers.length === 0 ? [required(path, 'must specify a handler type')] : []),
    ...handlers.slice(1).map((name) => forbidden([...path, name], 'may not specify more than 1 handler type')),
    ...numbers.flatMap((name) => nonNegative([...path, name], probe[name])),
    ...(which !== 'readinessProbe' && numberOf(probe['successThreshold']) > 1
      ? [invalid([...path, 'successThreshold'], numeric(numberOf(probe['successThreshold'])), 'must be 1')]
      : []),
  ];
}

function resourceErrors(resources: Fields, path: FieldPath): readonly FieldError[] {
  const limits = fieldsOf(resources['limits']);
  const requests = fieldsOf(resources['requests']);
  return [
    ...negativeQuantities(limits, [...path, 'limits']),
    ...negativeQuantities(requests, [...path, 'requests']),
    ...Object.entries(requests).flatMap(([name, amount]) => {
      const limit = limits[name];
      const where = [...path, 'requests'];
      if (limit === undefined) return [];
      const order = compareQuantities(textOf(amount), textOf(limit));
      const text = { kind: 'quantity', value: textOf(amount) } as const;
      if (order !== 0 && NOT_OVERCOMMITTED.test(name)) {
        return [invalid(where, text, `must be equal to ${name} limit of ${textOf(limit)}`)];
      }
      return order > 0 ? [invalid(where, text, `must be less than or equal to ${name} limit of ${textOf(limit)}`)] : [];
    }),
  ];
}

function negativeQuantities(amounts: Fields, path: FieldPath): readonly FieldError[] {
  return Object.entries(amounts)
    .filter(([, amount]) => compareQuantities(textOf(amount), '0') < 0)
    .map(([name, amount]) =>
      invalid(
        [...path.slice(0, -1), `${String(path.at(-1))}[${name}]`],
        { kind: 'quantity', value: textOf(amount) },
        'must be greater than or equal to 0',
      ),
    );
}

function tolerationErrors(tolerations: readonly Fields[], path: FieldPath): readonly FieldError[] {
  const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
  return tolerations.flatMap((toleration, at) => {
    const { key, operator, value, effect, tolerationSeconds } = toleration;
    const where = [...path, at];
    return [
      ...(textOf(key) === '' && operator !== 'Exists'
        ? [
            invalid(
              [...where, 'operator'],
              plain(textOf(operator)),
              'operator must be Exists when `key` is empty, which means "match all values and all keys"',
            ),
          ]
        : []),
      ...(tolerationSeconds !== undefined && effect !== 'NoExecute'
        ? [
            invalid(
              [...where, 'effect'],
              plain(textOf(effect)),
              "effect must be 'NoExecute' when `tolerationSeconds` is set",
            ),
          ]
        : []),
      ...(operator === 'Exists' && textOf(value) !== ''
        ? [invalid([...where, 'operator'], plain(textOf(value)), "value must be empty when `operator` is 'Exists'")]
        : []),
      ...(operator !== undefined && operator !== 'Exists' && operator !== 'Equal'
        ? [notSupported([...where, 'operator'], textOf(operator), ['Equal', 'Exists'])]
        : []),
      ...(effect !== undefined && !effects.includes(textOf(effect))
        ? [notSupported([...where, 'effect'], textOf(effect), effects)]
        : []),
    ];
  });
}

const POD_FIELDS =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** ValidatePodUpdate: everything else in a pod's spec stays as it was. */
export function podUpdateErrors(now: Fields, old: Fields): readonly FieldError[] {
  const comparable = (spec: Fields) => {
    const images = (value: unknown) => listOf(value).map(({ image: _image, ...rest }) => rest);
    const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, ...rest } = spec;
    return JSON.stringify(
      sorted({ ...rest, containers: images(spec['containers']), initContainers: images(spec['initContainers']) }),
    );
  };
  const kept = listOf(old['tolerations']).every((each) =>
    listOf(now['tolerations']).some((one) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(each))),
  );
  return [
    ...(kept
      ? []
      : [forbidden(['spec', 'tolerations'], 'existing toleration can not be modified except its tolerationSeconds')]),
    ...(comparable(now) === comparable(old) ? [] : [forbidden(['spec'], POD_FIELDS)]),
  ];
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Fields;
  return Object.fromEntries(
    Object.keys(fields)
      .sort()
      .map((name) => [name, sorted(fields[name])]),
  );
}
