import { LabError } from '../../errors/lab-error.ts';
import { Flags } from '../flags.ts';
import type { FlagValue } from '../table/types.ts';
import { parseDuration } from '../values/duration.ts';
import { parseQuantity, parseText } from '../values/names.ts';
import { parseRate } from '../values/numbers.ts';

/** The parts of --pods: the flag that each stands for, and how its value is read. */
const PARTS: Readonly<
  Record<string, { readonly flag: string; readonly parse: (text: string, name: string) => FlagValue }>
> = {
  service: { flag: 'service-time', parse: parseText },
  start: { flag: 'startup', parse: parseDuration },
  ready: { flag: 'ready-delay', parse: parseDuration },
  drain: { flag: 'grace', parse: parseDuration },
  crash: { flag: 'crash-rate', parse: parseRate },
  request: { flag: 'cpu-request', parse: parseQuantity },
  busy: { flag: 'cpu-busy', parse: parseQuantity },
};

/**
 * Flags in which `--pods service=exp(200ms),start=3s` counts as `--service-time 'exp(200ms)' --startup 3s`. Raises
 * ML-USAGE-VALUE for an unknown, doubled or bad part, also for one that a flag of its own says as well.
 */
export function withPods(flags: Flags): Flags {
  const text = flags.raw('pods');
  if (text === undefined) return flags;
  const all = new Flags(flags.declared);
  for (const name of flags.typed) {
    for (const { raw, value } of flags.all(name)) all.add(name, raw, value);
  }
  const wrong = (value: string, expected: string) =>
    new LabError('ML-USAGE-VALUE', { name: '--pods', value, expected });
  // A comma inside brackets belongs to the value: uniform(1s, 3s).
  for (const part of text.split(/,(?![^()]*\))/)) {
    const [key = '', ...rest] = part.split('=').map((word) => word.trim());
    const known = Object.hasOwn(PARTS, key) ? PARTS[key] : undefined;
    if (known === undefined || rest.length !== 1 || rest[0] === '') {
      throw wrong(
        part.trim(),
        `parts such as start=3s, with commas between; there are ${Object.keys(PARTS).join(', ')}`,
      );
    }
    if (all.has(known.flag)) throw wrong(part.trim(), `${key} once, and not also as --${known.flag}`);
    const [value = ''] = rest;
    all.add(known.flag, value, known.parse(value, `--pods ${key}`));
  }
  return all;
}
