const SUFFIXES = ['', 'k', 'M', 'G', 'T', 'P'] as const;

/** A count as a canonical Kubernetes quantity: `7`, `1500`, `2k` (resource.Quantity takes the largest suffix without loss). */
export function countQuantity(count: number): string {
  let rest = count;
  let index = 0;
  while (rest !== 0 && rest % 1000 === 0 && index < SUFFIXES.length - 1) {
    rest /= 1000;
    index += 1;
  }
  return `${rest}${SUFFIXES[index]}`;
}
