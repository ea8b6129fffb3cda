/** Reads files that grow, in pieces of whole lines where it can. Raises ML-STATE-IO. */
export interface TailReader {
  /** What stands behind a byte offset, and the offset behind that; empty text = nothing more now. */
  read(path: string, from: number): { readonly text: string; readonly end: number };
  /** Byte offset at which the last `lines` lines begin. */
  startOf(path: string, lines: number): number;
}
