/** A line stays one: a line feed in what a cluster says shows as `\n`, so that it cannot look like a line of ours. */
export const oneLine = (text: string): string => text.replaceAll(/\r?\n/g, String.raw`\n`);
