/** The item at `i`, which has to be there. @throws {RangeError} if it is not: a broken index is no value. */
export function at<T>(list: ArrayLike<T>, i: number): T {
  const item = list[i]
  if (item === undefined) throw new RangeError(`no item ${i} in a list of ${list.length}`)
  return item
}
