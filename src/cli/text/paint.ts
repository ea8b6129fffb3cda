/**
 * Colours as marks: a text is built with marks out of Unicode's noncharacters, and `toTerminal` turns these, and nothing
 * else, into escape sequences. So whatever a server, a file or a user put into the text, its control characters are shown
 * and not obeyed.
 */
const MARKS = {
  reset: '\uFDD0',
  bold: '\uFDD1',
  dim: '\uFDD2',
  red: '\uFDD3',
  green: '\uFDD4',
  yellow: '\uFDD5',
  cyan: '\uFDD6',
};
const SEQUENCES: ReadonlyMap<string, string> = new Map([
  [MARKS.reset, '\u001B[0m'],
  [MARKS.bold, '\u001B[1m'],
  [MARKS.dim, '\u001B[2m'],
  [MARKS.red, '\u001B[31m'],
  [MARKS.green, '\u001B[32m'],
  [MARKS.yellow, '\u001B[33m'],
  [MARKS.cyan, '\u001B[36m'],
]);

export type Paint = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** The text in a colour, once `toTerminal` has seen it. */
export function paint(how: Paint, text: string): string {
  return text === '' ? '' : `${MARKS[how]}${text}${MARKS.reset}`;
}

/** The text as it may be written to a stream: marks become colour or nothing, control characters become visible. */
export function toTerminal(text: string, color: boolean): string {
  return escapeControls(text).replaceAll(/[\uFDD0-\uFDEF]/g, (mark) => (color ? (SEQUENCES.get(mark) ?? '') : ''));
}

/**
 * C0 and C1 controls, DEL, and the characters that change the direction of text, as `\x1b` or `\u202e`. Line feed and tab
 * stay, CR LF counts as line feed.
 */
export function escapeControls(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, (character) => `\\x${hex(character, 2)}`)
    .replaceAll(
      /[\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g,
      (character) => `\\u${hex(character, 4)}`,
    );
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0');
}
