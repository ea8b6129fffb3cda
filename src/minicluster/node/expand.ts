/**
 * `$(NAME)` replaced by variables, `$$` by `$`; an unknown name stays as it is written
 * (third_party/forked/golang/expansion).
 */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    return Object.hasOwn(variables, name) ? (variables[name] ?? '') : whole;
  });
}
