import { describe, expect, test } from 'vitest';
import { parseSelector, type Selector } from '../../../src/kube/label-selector.ts';
import { parseMetricsServerConfig } from '../../../src/metrics-server/config.ts';
import { expand, goRegExp, groupCount } from '../../../src/metrics-server/prometheus/go-regexp.ts';
import { expressionOf, namesMatcher, selectorMatchers } from '../../../src/metrics-server/prometheus/query.ts';
import { parseTemplate } from '../../../src/metrics-server/prometheus/template/parse.ts';
import { runTemplate } from '../../../src/metrics-server/prometheus/template/run.ts';

const DATA = {
  Series: 'http_requests_total',
  LabelMatchers: 'pod=~"a|b",namespace="shop"',
  LabelValuesByName: { pod: 'a|b', namespace: 'shop' },
  GroupBy: 'pod',
  GroupBySlice: ['pod', 'container'],
};
const rendered = (text: string) => runTemplate(parseTemplate(text), DATA);

function selector(text: string): Selector {
  const parsed = parseSelector(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

// Expected texts: what Go's text/template prints for the same template and data.
describe('templates of queries', () => {
  test.each([
    [
      'sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)',
      'sum(rate(http_requests_total{pod=~"a|b",namespace="shop"}[2m])) by (pod)',
    ],
    ['<<index .LabelValuesByName "pod">>', 'a|b'],
    ['<<index .LabelValuesByName "none">>', ''],
    ['<<.LabelValuesByName.namespace>>', 'shop'],
    ['<<.LabelValuesByName.none>>', '<no value>'],
    ['<<range $k, $v := .LabelValuesByName>><<$k>>="<<$v>>",<<end>>', 'namespace="shop",pod="a|b",'],
    ['<<range $i, $g := .GroupBySlice>><<if $i>>,<<end>><<$g>><<end>>', 'pod,container'],
    ['<<range .GroupBySlice>>[<<.>>]<<else>>none<<end>>', '[pod][container]'],
    ['<<if eq .GroupBy "pod">>yes<<else>>no<<end>>', 'yes'],
    ['<<if .LabelValuesByName.none>>a<<else if .Series>>b<<else>>c<<end>>', 'b'],
    ['<<with .LabelValuesByName.pod>><<.>> of <<$.Series>><<end>>', 'a|b of http_requests_total'],
    ['<<.Series | printf "%s_%q" "x">>', 'x_"http_requests_total"'],
    ['<<$m := index .GroupBySlice 1>><<$m>>', 'container'],
    ['a <<- /* said nothing */ ->> b', 'ab'],
    ['a\n<<- .GroupBy ->>\n b', 'apodb'],
    ['<<(index .GroupBySlice 0) | len>> <<len .LabelValuesByName>>', '3 2'],
    ['<<and (ne .GroupBy "x") (not false)>>', 'true'],
    ['<<.GroupBySlice>> <<.LabelValuesByName>>', '[pod container] map[namespace:shop pod:a|b]'],
    ['<<`raw "text"`>> <<print 1 "a" true>>', 'raw "text" 1atrue'],
  ])('%s', (template, text) => {
    expect(rendered(template)).toBe(text);
  });

  test.each([
    ['<<.Serie>>', 'there is no .Serie; there are .Series, .LabelMatchers'],
    ['<<.Series', 'there is no >> for << at character 1'],
    ['<<if .Series>>x', '<<if .Series>> has no <<end>>'],
    ['x<<end>>', 'an <<end>> or <<else>> too many'],
    ['<<toUpper .Series>>', 'there is no function toUpper'],
    ['<<index .GroupBySlice 7>>', 'index 7 is out of range'],
    ['<<.Series.X>>', 'http_requests_total has no field X'],
    ['<<range .Series>><<end>>', 'range cannot go over'],
    ['<<?>>', 'unexpected "?"'],
    ['<<.Series (>>', 'makes no sense'],
    ['<<$x>>', 'there is no variable $x'],
  ])('%s is a mistake', (template, message) => {
    expect(() => rendered(template)).toThrow(message);
  });
});

describe('names', () => {
  test.each([
    ['^(.*)_total$', '${1}_per_second', 'http_requests_total', 'http_requests_per_second'],
    ['^(.*)_total$', '$1_per_second', 'http_requests_total', ''], // the name of the group would be `1_per_second`
    ['^(?P<base>.*)_(?P<unit>seconds)$', '${unit}_$base', 'cpu_seconds', 'seconds_cpu'],
    ['.*', '$0', 'jobs', 'jobs'],
    ['(?i)^JOBS$', '$$$0', 'jobs', '$jobs'],
    ['^[[:alpha:]]+$', '$0', 'jobs', 'jobs'],
  ])('%s as %s', (pattern, as, series, name) => {
    const match = (goRegExp(pattern) as RegExp).exec(series);
    expect(match === null ? null : expand(as, match)).toBe(name);
  });

  test('groups are counted; nonsense is told', () => {
    expect(['.*', '(a)', '(a)(b)', '(?:a)'].map((text) => groupCount(goRegExp(text) as RegExp))).toEqual([0, 1, 2, 0]);
    expect(goRegExp('(')).toMatch(/Unterminated group/);
  });
});

describe('conditions on labels', () => {
  const text = (selectorText: string) =>
    expressionOf('m', parseTemplate('<<.LabelMatchers>>'), 's', selectorMatchers('m', selector(selectorText)), []);

  test.each([
    ['a=b', 'a="b"'],
    ['a==b', 'a="b"'],
    ['a!=b', 'a!="b"'],
    ['a in (x,y.z)', 'a=~"x|y\\\\.z"'],
    ['a notin (x,y)', 'a!~"x|y"'],
    ['a', 'a!=""'],
    ['!a', 'a=""'],
    ['b=2,a=1', 'a="1",b="2"'],
  ])('%s', (selectorText, matchers) => {
    expect(text(selectorText)).toBe(matchers);
  });

  test('of objects', () => {
    const matchers = [namesMatcher('namespace', ['shop']), namesMatcher('pod', ['a-1', 'b.c'])];
    expect(expressionOf('m', parseTemplate('<<.LabelMatchers>> <<.LabelValuesByName.pod>>'), 's', matchers, [])).toBe(
      'namespace="shop",pod=~"a-1|b\\\\.c" a-1|b.c',
    );
  });

  test.each([['app.kubernetes.io/name=x'], ['a>3'], ['a<3']])('%s cannot be asked', (selectorText) => {
    expect(() => text(selectorText)).toThrow(expect.objectContaining({ id: 'ML-METRIC-SELECTOR' }));
  });

  test('an expression of nothing is an error', () => {
    expect(() => expressionOf('m', parseTemplate('<<if false>>x<<end>>'), 's', [], [])).toThrow(
      expect.objectContaining({ id: 'ML-METRIC-QUERY' }),
    );
  });
});

describe('configuration', () => {
  const parse = (rule: string, kind = 'rules') =>
    parseMetricsServerConfig(
      `standalone: {}\nprometheus:\n  - url: http://127.0.0.1:9090\n    ${kind}:\n      - ${rule}\n`,
      'test.yaml',
    ).prometheus[0];

  test("the example of prometheus-adapter's documentation", () => {
    const rule = `seriesQuery: '{__name__=~"^container_.*",namespace!="",pod!=""}'
        resources:
          overrides:
            namespace: {resource: "namespace"}
            pod: {resource: "pod"}
        name:
          matches: "^container_(.*)_seconds_total$"
        metricsQuery: sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)`;
    expect(parse(rule)?.rules[0]).toMatchObject({
      resources: { overrides: { pod: { group: '', resource: 'pod' } }, namespaced: true },
      name: { matches: '^container_(.*)_seconds_total$', as: '' },
    });
  });

  test.each([
    [`{seriesQuery: 'a{}', metricsQuery: x}`, 'rules', 'give overrides or a template'],
    [
      `{seriesQuery: 'a{}', metricsQuery: x, resources: {overrides: {q: {resource: pod}}}}`,
      'externalRules',
      'no label is the namespace',
    ],
    [`{seriesQuery: 'a{}', metricsQuery: <<.X>>, resources: {namespaced: false}}`, 'externalRules', 'there is no .X'],
    [
      `{seriesQuery: 'a{}', metricsQuery: x, seriesFilters: [{}], resources: {namespaced: false}}`,
      'externalRules',
      'give either is or isNot',
    ],
    [
      `{seriesQuery: 'a{}', metricsQuery: x, name: {matches: '(a)(b)'}, resources: {namespaced: false}}`,
      'externalRules',
      'say which of the captured groups',
    ],
    [
      `{seriesQuery: '{a="b"}', metricsQuery: x, default: 0, resources: {namespaced: false}}`,
      'externalRules',
      'a default needs a seriesQuery that names its series',
    ],
    [
      `{seriesQuery: 'a{}', metricsQuery: x, default: NaN, resources: {namespaced: false}}`,
      'externalRules',
      'quantities must match',
    ],
    [
      `{seriesQuery: 'a{}', metricsQuery: x, metricQuery: y, resources: {namespaced: false}}`,
      'externalRules',
      'unknown key',
    ],
  ])('%s is refused', (rule, kind, message) => {
    expect(() => parse(rule, kind)).toThrow(
      expect.objectContaining({ id: 'ML-METRICS-CONFIG', why: expect.stringContaining(message) }),
    );
  });
});
