// npm run bench:twin [-- CYCLES]   decisions per second of the twin, and the ratio to upstream's own Go code where Go is installed.
import { measure } from './decisions.ts';
import { buildUpstream, runUpstream } from './upstream.ts';

const CYCLES = Number(process.argv[2] ?? 3_000_000);
const perSecond = (value: number): string => `${Math.round(value).toLocaleString('en')} decisions/s`;

const runs = measure(CYCLES);
for (const { name, record, perSecond: value, checksum } of runs) {
  console.log(`${name}, record ${record ? 'on' : 'off'}: ${perSecond(value)} (checksum ${checksum})`);
}
const program = await buildUpstream();
if (program === null) {
  console.log('SKIPPED: the ratio to upstream, Go is not installed');
} else {
  const upstream = await runUpstream(program, CYCLES);
  for (const { name, record, perSecond: value } of runs) {
    const theirs = upstream.get(name);
    if (record || theirs === undefined) continue;
    console.log(`${name}: upstream ${perSecond(theirs)}, ratio ${(value / theirs).toFixed(2)}`);
  }
}
