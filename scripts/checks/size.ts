import type { Check } from './check.ts';
import { sourceFiles } from './source-files.ts';

const WARN = 250;
const FAIL = 400;
const WARN_TEST = 400;
const FAIL_TEST = 800;

/** Tables and generated files that may be longer, with the reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {};

const lineCount = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

export const size: Check = {
  name: 'size',
  run: () => {
    const files = sourceFiles(/^(src|scripts|test|bench)\/.*\.(tsx?|js)$/);
    const counted = files.map(({ path, text }) => ({ path, lines: lineCount(text), test: path.startsWith('test/') }));
    const long = counted.filter(({ path }) => EXCEPTIONS[path] === undefined);
    const failed = long.filter(({ lines, test }) => lines > (test ? FAIL_TEST : FAIL));
    const warned = long.filter((file) => !failed.includes(file) && file.lines > (file.test ? WARN_TEST : WARN));
    const idle = Object.keys(EXCEPTIONS).filter(
      (path) => !counted.some((file) => file.path === path && file.lines > WARN),
    );
    return {
      ok: failed.length === 0 && idle.length === 0,
      lines: [
        ...failed.map(
          ({ path, lines, test }) => `${path}  ${lines} lines, at most ${test ? FAIL_TEST : FAIL}: split it by job`,
        ),
        ...idle.map((path) => `${path}  needs no exception in scripts/checks/size.ts any more`),
        ...warned.map(({ path, lines }) => `warning: ${path}  ${lines} lines`),
      ],
      scope: `${files.length} files`,
    };
  },
};
