// Entry of the image: the first argument chooses the program.
const PROGRAMS = ['chart-test-lab', 'chart-test-metrics', 'consumer', 'exporter', 'metrics-server', 'producer', 'web'];

const [name = ''] = process.argv.splice(2, 1);
if (PROGRAMS.includes(name)) await import(new URL(`../dist/cli/programs/${String(name)}.js`, import.meta.url).href);
else {
  console.error(`which program? One of: ${PROGRAMS.join(', ')}`);
  process.exitCode = 2;
}
