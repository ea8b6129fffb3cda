/** Dot segments and doubled slashes name nothing here: what an authorizer sees and what is served must be the same. */
export function safePath(path: string): boolean {
  return !path.includes('//') && !path.split('/').some((part) => /^(\.|%2e){1,2}$/i.test(part));
}
