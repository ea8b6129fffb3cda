/** The list of error IDs that were ever there, with the new ones added at its end, sorted among themselves. IDs never leave it. */
export function withNewIds(list: string, ids: readonly string[]): string {
  const known = list.split('\n').filter((line) => line !== '');
  const added = ids.filter((id) => !known.includes(id)).sort();
  return [...known, ...added].map((id) => `${id}\n`).join('');
}
