import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/minicluster/schema/decode.ts';
import { parseJson } from '../../../src/minicluster/schema/json.ts';
import { bool, texts } from '../../../src/minicluster/schema/type.ts';
import { labelSelector, object } from '../../../src/minicluster/types/meta.ts';
import { podTemplate } from '../../../src/minicluster/types/pod.ts';
import { int32, struct } from '../../../src/minicluster/schema/type.ts';

const configMap = object('v1.ConfigMap', { data: texts, immutable: bool });
const spec = struct('v1.DeploymentSpec', { replicas: int32, selector: labelSelector, template: podTemplate });
const deployment = object('v1.Deployment', { spec });

function fault(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
  return 'no error';
}

// The texts are those of kube-apiserver 1.36.3, recorded by the yardstick of the embedded API.
describe('JSON as Go reads it', () => {
  it.each([
    ['{"kind":', 'unexpected end of JSON input'],
    ['', 'unexpected end of JSON input'],
    ['{"a":{"b":1}} x', "invalid character 'x' after top-level value"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
    ['01', "invalid character '1' after top-level value"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
  ])('%j: %s', (text, message) => {
    expect(fault(() => parseJson(text))).toBe(message);
  });

  it('refuses what is nested too deep', () => {
    const deep = '['.repeat(10_001);
    expect(fault(() => parseJson(deep))).toBe("invalid character '[' exceeded max depth");
    expect(fault(() => parseJson(`${deep}${']'.repeat(10_001)}`))).toBe("invalid character '[' exceeded max depth");
  });

  it('finds fields that stand twice', () => {
    expect(parseJson('{"data":{"a":"1","b":{"a":1},"a":"2"},"l":[{"x":1},{"y":1,"y":2}]}').duplicates).toEqual([
      'data.a',
      'l[1].y',
    ]);
    expect(parseJson('{"a":"\\"a\\":1,\\"a\\":2"}').duplicates).toEqual([]);
  });
});

describe('decoding into the types of the API', () => {
  it.each([
    [
      configMap,
      { metadata: 'x' },
      'json: cannot unmarshal string into Go struct field ConfigMap.metadata of type v1.ObjectMeta',
    ],
    [
      configMap,
      { metadata: { labels: ['a'] } },
      'json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string',
    ],
    [configMap, { data: { n: 1 } }, 'json: cannot unmarshal number into Go struct field ConfigMap.data of type string'],
    [
      configMap,
      { data: 'text' },
      'json: cannot unmarshal string into Go struct field ConfigMap.data of type map[string]string',
    ],
    [
      deployment,
      { spec: [] },
      'json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec',
    ],
    [
      configMap,
      { metadata: { creationTimestamp: 5 } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.creationTimestamp of type string',
    ],
    [
      configMap,
      { metadata: { creationTimestamp: 'yesterday' } },
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
  ])('%#', (type, foreign, message) => {
    expect(fault(() => decode(type, foreign))).toBe(message);
  });

  it('leaves unknown fields out and names them', () => {
    const foreign = {
      metadata: { name: 'x' },
      spec: { replica: 1, template: { spec: { containers: [{ name: 'c', imag: 'a' }] } } },
      extra: true,
    };
    expect(decode(deployment, foreign)).toEqual({
      value: { metadata: { name: 'x' }, spec: { template: { spec: { containers: [{ name: 'c' }] } } } },
      unknown: ['spec.replica', 'spec.template.spec.containers[0].imag', 'extra'],
    });
  });

  it('takes null as absent and times in UTC', () => {
    const foreign = { data: null, metadata: { creationTimestamp: '2026-01-01T01:00:00+01:00', labels: null } };
    expect(decode(configMap, foreign).value).toEqual({ metadata: { creationTimestamp: '2026-01-01T00:00:00Z' } });
  });
});
