import { describe, expect, test } from 'vitest';
import { ApiFailure } from '../../../src/minicluster/api/failure.ts';
import { negotiate } from '../../../src/minicluster/server/negotiate.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

describe('content negotiation', () => {
  test.each([
    [undefined, 'json', 'object'],
    ['*/*', 'json', 'object'],
    ['application/vnd.kubernetes.protobuf, */*', 'json', 'object'],
    ['application/vnd.kubernetes.protobuf,application/json', 'json', 'object'],
    ['application/yaml', 'yaml', 'object'],
    [`${TABLE},application/json`, 'json', 'Table'],
    ['application/json;as=Table;v=v9;g=meta.k8s.io,application/json', 'json', 'object'],
    ['text/html;q=0.9, application/json;q=0.5', 'json', 'object'],
    [`application/json;q=0.1, ${TABLE};q=0.2`, 'json', 'Table'],
  ])('%s → %s %s', (accept, format, as) => {
    expect(negotiate(accept)).toMatchObject({ format, as });
  });

  test.each(['text/html', 'application/vnd.kubernetes.protobuf', 'application/json;as=Table;v=v9;g=meta.k8s.io'])(
    '%s is not acceptable',
    (accept) => {
      expect(() => negotiate(accept)).toThrow(ApiFailure);
    },
  );
});
