import { GLOBAL_FLAGS } from './table/global-flags.ts';
import { HPA_WORDS } from './values/hpa-name.ts';

const RESOURCE = new RegExp(`^(?:${HPA_WORDS})/(.+)$`, 'is');
const FROM = /^--from(?:=|$)/;

/**
 * kubectl's form of naming an object, `explain hpa/web`, as the words that our commands have: `explain hpa web`. Only what
 * stands where the second word of a command would is changed; values of flags stay as they are. `explain --from FILE` is of HPAs too.
 */
export function withResourceWords(argv: readonly string[]): readonly string[] {
  let words = 0;
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '--') return argv;
    if (word.startsWith('-')) {
      if (words === 1 && argv[at - 1] === 'explain' && FROM.test(word))
        return [...argv.slice(0, at), 'hpa', ...argv.slice(at)];
      if (takesNext(word)) at += 1;
      continue;
    }
    words += 1;
    if (words < 2) continue;
    const name = RESOURCE.exec(word)?.[1];
    return name === undefined ? argv : [...argv.slice(0, at), 'hpa', name, ...argv.slice(at + 1)];
  }
  return argv;
}

/** Before the command is known there are only the flags of every command. */
function takesNext(word: string): boolean {
  const flag = GLOBAL_FLAGS.find(({ name, short }) => word === `--${name}` || word === `-${short ?? ''}`);
  return flag?.value !== undefined;
}
