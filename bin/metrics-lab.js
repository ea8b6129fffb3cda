#!/usr/bin/env node
// An older Node on the machine hands over to the `node` package beside us, where that is installed (a checkout has it).
if (Number(process.versions.node.split('.')[0]) >= 24) await import('../dist/cli/bundle/main.js');
else {
  const { existsSync } = await import('node:fs');
  const { spawn } = await import('node:child_process');
  const node24 = new URL('../node_modules/node/bin/node', import.meta.url).pathname;
  if (existsSync(node24)) {
    const child = spawn(node24, process.argv.slice(1), { stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
  } else {
    console.error(
      `✗ metrics-lab needs Node 24 or newer; this is ${process.versions.node}.  [ML-NODE-OLD]\n  do    install Node 24 (https://nodejs.org), then run the command again`,
    );
    process.exitCode = 3;
  }
}
