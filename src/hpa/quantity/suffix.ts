import type { QuantityFormat } from './types.ts';

// k8s.io/apimachinery/pkg/api/resource/suffix.go

export interface SuffixMeaning {
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

const decimal = (exponent: number): SuffixMeaning => ({ base: 10, exponent, format: 'DecimalSI' });
const binary = (exponent: number): SuffixMeaning => ({ base: 2, exponent, format: 'BinarySI' });

const MEANINGS: ReadonlyMap<string, SuffixMeaning> = new Map([
  ['', decimal(0)],
  ['n', decimal(-9)],
  ['u', decimal(-6)],
  ['m', decimal(-3)],
  ['k', decimal(3)],
  ['M', decimal(6)],
  ['G', decimal(9)],
  ['T', decimal(12)],
  ['P', decimal(15)],
  ['E', decimal(18)],
  ['Ki', binary(10)],
  ['Mi', binary(20)],
  ['Gi', binary(30)],
  ['Ti', binary(40)],
  ['Pi', binary(50)],
  ['Ei', binary(60)],
]);
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const INTEGER = /^[+-]?\d+$/;

/** What a suffix means (suffixHandler.interpret); undefined = upstream's ErrSuffix. An exponent is cut to int32 as in Go. */
export function interpretSuffix(suffix: string): SuffixMeaning | undefined {
  const known = MEANINGS.get(suffix);
  if (known !== undefined) return known;
  if (suffix.length < 2 || (suffix[0] !== 'e' && suffix[0] !== 'E')) return undefined;
  const digits = suffix.slice(1);
  if (!INTEGER.test(digits)) return undefined;
  const exponent = BigInt(digits.replace('+', ''));
  if (BigInt.asIntN(64, exponent) !== exponent) return undefined;
  return { base: 10, exponent: Number(BigInt.asIntN(32, exponent)), format: 'DecimalExponent' };
}

/** Suffix of a decimal exponent (a multiple of 3). Beyond n..E there is none and upstream prints none: 10^21 reads `1`. */
export function decimalSuffix(exponent: number, format: QuantityFormat): string {
  if (format === 'DecimalExponent') return exponent === 0 ? '' : `e${exponent}`;
  return DECIMAL[exponent / 3 + 3] ?? '';
}

/** Suffix of 1024^`times`. */
export function binarySuffix(times: number): string {
  return BINARY[times] ?? '';
}
