import { describe, expect, it } from 'vitest';
import { withResourceWords } from '../../../src/cli/resource-form.ts';
import { parseHpaName } from '../../../src/cli/values/hpa-name.ts';

const of = (line: string) => withResourceWords(line.split(' ')).join(' ');

describe('the form kind/name of kubectl', () => {
  it.each([
    ['explain hpa/web', 'explain hpa web'],
    ['explain -n shop hpa/web -o json', 'explain -n shop hpa web -o json'],
    ['--context a inspect horizontalpodautoscalers.autoscaling/web', '--context a inspect hpa web'],
    ['watch horizontalpodautoscaler.v2.autoscaling/web --once', 'watch hpa web --once'],
    ['explain hpa web', 'explain hpa web'],
    ['explain hpa --from hpa/web.json', 'explain hpa --from hpa/web.json'],
    ['--config hpa/a.yaml explain hpa', '--config hpa/a.yaml explain hpa'],
    ['explain --from bundle.json -o json', 'explain hpa --from bundle.json -o json'],
    ['explain --from=bundle.json', 'explain hpa --from=bundle.json'],
    ['explain -- hpa/web', 'explain -- hpa/web'],
    ['explain deploy/web', 'explain deploy/web'],
  ])('%s → %s', (typed, words) => {
    expect(of(typed)).toBe(words);
  });

  it('as an argument it is the name alone', () => {
    expect(parseHpaName('hpa/web', '<name>')).toBe('web');
    expect(parseHpaName('web', '<name>')).toBe('web');
    expect(() => parseHpaName('hpa/', '<name>')).toThrow(/cannot be/);
  });
});
