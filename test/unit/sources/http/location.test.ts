import { describe, expect, test } from 'vitest';
import { found, parseLocation } from '../../../../src/sources/http/location.ts';

const document = {
  data: [{ value: 3, name: 'a' }, { value: 4 }, 'text'],
  'net.http.request.count': 7,
  "it's": { x: 1 },
  empty: null,
};

describe('places in a JSON document', () => {
  test.each([
    ['$', [document]],
    ['$.data[0].value', [3]],
    ['$.data[*].value', [3, 4]],
    ['$["net.http.request.count"]', [7]],
    ["$['net.http.request.count']", [7]],
    ['$["it\'s"].x', [1]],
    ['$["it\'s"][*]', [1]],
    ['$.data[9]', []],
    ['$.data.length', []],
    ['$.data[2].length', []],
    ['$.empty', [null]],
    ['$.empty.x', []],
    ['$.constructor', []],
    ['$.__proto__', []],
  ])('%s', (text, expected) => {
    const location = parseLocation(text);
    expect(location).toBeDefined();
    expect(found(document, location ?? [])).toEqual(expected);
  });

  test.each([
    '',
    'data',
    '$..data',
    '$.data[?(@.x)]',
    '$.data[1:2]',
    '$.data[-1]',
    '$.',
    '$[',
    '$.data[0',
    '$.a b',
    `$${'.a'.repeat(65)}`,
  ])('%j is none', (text) => {
    expect(parseLocation(text)).toBeUndefined();
  });
});
