/** How a quantity prints: with 12e6, with 12Mi, or with 12M (k8s.io/apimachinery/pkg/api/resource/quantity.go:Format). */
export type QuantityFormat = 'DecimalExponent' | 'BinarySI' | 'DecimalSI';

/**
 * A Kubernetes quantity: `unscaled` x 10^`scale`. Never changed after it was made.
 *
 * Upstream has two representations, an int64 with a scale and an arbitrary decimal (inf.Dec), and they overflow and round
 * differently; `big` says which one this is.
 */
export interface Quantity {
  readonly unscaled: bigint;
  /** Power of ten. For `big` this is the negated inf.Dec scale. */
  readonly scale: number;
  readonly big: boolean;
  readonly format: QuantityFormat;
  /** The text it was parsed from when that counts as canonical (so `+5` stays `+5`), else ''. */
  readonly text: string;
}

export const ZERO: Quantity = { unscaled: 0n, scale: 0, big: false, format: 'DecimalSI', text: '' };
