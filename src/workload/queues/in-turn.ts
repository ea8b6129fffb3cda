/** Runs what it is given one after the other, in the order of the calls. */
export function inTurn(): <T>(job: () => Promise<T>) => Promise<T> {
  let tail: Promise<unknown> = Promise.resolve();
  return (job) => {
    const result = tail.then(job);
    tail = result.then(
      () => undefined,
      () => undefined, // whoever called gets the error; the next one does not
    );
    return result;
  };
}
