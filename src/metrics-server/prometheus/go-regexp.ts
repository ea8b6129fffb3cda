const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: '0-9A-Za-z',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  word: '\\w',
  xdigit: '0-9A-Fa-f',
};

/** A regular expression as Go writes it (RE2), or why it cannot be used. */
export function goRegExp(text: string): RegExp | string {
  const [, flags = '', rest = text] = /^\(\?([imsU]+)\)(.*)$/s.exec(text) ?? [];
  const pattern = rest
    .replaceAll('(?P<', '(?<')
    .replaceAll(/\[:(\w+):\]/g, (whole, name: string) => CLASSES[name] ?? whole)
    .replaceAll('\\A', '^')
    .replaceAll('\\z', '$');
  try {
    return new RegExp(pattern, flags.replaceAll(/[^ims]/g, ''));
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

/** How many groups it captures. */
export function groupCount(pattern: RegExp): number {
  // With an empty alternative it matches everything, and its answer has a place for each group.
  return (new RegExp(`${pattern.source}|`, pattern.flags).exec('')?.length ?? 1) - 1;
}

/** Go's Regexp.Expand: `$1`, `$name`, `${1}x`; a name is as long as it can be, an unknown one is empty, `$$` is a dollar. */
export function expand(template: string, match: RegExpExecArray): string {
  return template.replaceAll(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, bare?: string, braced?: string) => {
    if (whole === '$$') return '$';
    const name = bare ?? braced ?? '';
    return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? '';
  });
}
