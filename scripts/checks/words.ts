import type { Check } from './check.ts';
import { type SourceFile, sourceFiles } from './source-files.ts';

interface Rule {
  readonly files: RegExp;
  readonly except?: RegExp;
  readonly pattern: RegExp;
  readonly why: string;
}

const CODE = /^(src|test|scripts|bench)\/.*\.(tsx?|js)$/;
const SRC = /^src\/.*\.tsx?$/;
const TEXT = /(^|\/)([^/]+\.(tsx?|m?js|json|ya?ml|md|sh|html|css|toml)|\.npmrc|run|LICENSE)$/;

/** What must not stand in a file. Patterns are written so that they do not match themselves. */
const RULES: readonly Rule[] = [
  { files: TEXT, pattern: /(?<![\w./-])\/(?:work|root)\/[\w.]/, why: 'a path of one machine' },
  {
    files: TEXT,
    pattern: /"resolved":\s*"(?!https:\/\/registry\.npmjs\.org\/)/,
    why: 'a lockfile that names a registry host',
  },
  { files: TEXT, pattern: /^\s*(?:\/\/[^\s/]+\/:_|registry\s*=)/, why: 'a registry setting' },
  {
    files: CODE,
    pattern: /\b(?:TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))/,
    why: 'unfinished work needs its issue: TODO(#12)',
    except: /^scripts\/checks\/words\.ts$/,
  },
  {
    files: SRC,
    pattern: /\bthrow new (?:Error|TypeError|RangeError|SyntaxError|AggregateError)\(/,
    why: 'throw a LabError with a registered ID',
  },
  {
    files: SRC,
    pattern: /\bnew Date\(\)/,
    why: 'time is a port: contracts/clock.ts',
    except: /^src\/(platform|cli\/programs)\//,
  },
  { files: SRC, pattern: /\bcatch\s*(?:\([^)]*\)\s*)?\{\s*\}/, why: 'a swallowed error' },
  {
    files: CODE,
    pattern: /@ts-(?:ignore|expect-error|nocheck)/,
    why: 'a loosened type',
    except: /^scripts\/checks\/words\.ts$/,
  },
  {
    files: CODE,
    pattern: /oxlint-disable|eslint-disable(?!-next-line \S+ -- \S)/,
    why: 'a lint rule switched off without its reason: eslint-disable-next-line RULE -- reason',
    except: /^scripts\/checks\/words\.ts$/,
  },
  {
    files: /^test\/.*\.test\.tsx?$/,
    pattern: /\b(?:it|test|describe)\.(?:only|todo|skip)\b/,
    why: 'a focused or switched-off test',
  },
  { files: /^test\/.*\.test\.tsx?$/, pattern: /\b(?:it|test)\([^\n]*(?:=>|\))\s*\{\s*\}\s*\)/, why: 'an empty test' },
];

const hits = (rule: Rule, file: SourceFile): readonly string[] =>
  rule.files.test(file.path) && !(rule.except?.test(file.path) ?? false)
    ? file.text
        .split('\n')
        .flatMap((line, at) => (rule.pattern.test(line) ? [`${file.path}:${at + 1}  ${rule.why}`] : []))
    : [];

export const words: Check = {
  name: 'words',
  run: () => {
    const files = sourceFiles(TEXT);
    const lines = files.flatMap((file) => RULES.flatMap((rule) => hits(rule, file)));
    return { ok: lines.length === 0, lines, scope: `${files.length} files, ${RULES.length} rules` };
  },
};
