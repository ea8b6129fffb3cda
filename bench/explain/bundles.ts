import { judge } from '../../scripts/drills/judge.ts';

/** How many findings that recorded bundles expect are named, and how many are named that are wrong. */
export async function bundleAccuracy(files: readonly string[]): Promise<string> {
  let expected = 0;
  let missing = 0;
  let wrong = 0;
  for (const file of files) {
    const { wanted, problems } = await judge(file);
    const lost = problems.filter((problem) => problem.startsWith('not named')).length;
    expected += wanted;
    missing += lost;
    wrong += problems.length - lost;
  }
  const recall = expected === 0 ? 100 : (100 * (expected - missing)) / expected;
  return `${files.length} bundles: recall ${recall.toFixed(1)} % of ${expected} findings, ${wrong} false findings`;
}
