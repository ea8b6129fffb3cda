/** Numbers in [0, 1), the same ones for the same seed. */
export type Random = () => number;

/**
 * A seeded generator (sfc32, 128 bits of state). Each use gets a stream of its own, so that two configurations under one load
 * see the same arrivals whatever else they draw.
 */
export function seededRandom(seed: number, stream: string): Random {
  let mixed = hash(`${seed}/${stream}`);
  const word = () => {
    mixed = (mixed + 0x9e3779b9) | 0;
    let z = mixed;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) | 0;
  };
  let a = word();
  let b = word();
  let c = word();
  let counter = word();
  return () => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  };
}

/** Exponential with mean 1: the time between the events of a Poisson process of rate 1. */
export function exponential(random: Random): number {
  return -Math.log(1 - random());
}

/** Standard normal (Box–Muller; one of the two values, so that each call draws the same number of times). */
export function normal(random: Random): number {
  return Math.sqrt(2 * exponential(random)) * Math.cos(2 * Math.PI * random());
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}
