import { execFile } from 'node:child_process';
import type { RunCommand } from '../contracts/commands.ts';

export const runCommand: RunCommand = (command, args, { timeoutMs: timeout, signal }) => {
  const settings = { timeout, env: {}, maxBuffer: 1024 * 1024, ...(signal === undefined ? {} : { signal }) };
  return new Promise((resolve) => {
    execFile(command, args, settings, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ code, stdout, stderr: stderr.trim() === '' && error !== null ? error.message : stderr });
    });
  });
};
