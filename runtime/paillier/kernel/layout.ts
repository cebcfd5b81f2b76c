/** The kernel's memory: how long numbers are, and where the arrays lie. */

export const limbBits = 13
/** Vectors of four columns that are summed in registers at a time. */
export const vectors = 5
export const columns = 4 * vectors
/** Lengths are multiples of it: of two blocks, and of the eight limbs of a vector. */
export const lengthStep = 2 * columns
export const longest = 16 * lengthStep
/** Zero limbs behind a digit, as far as pairs are made. */
export const gap = columns + 4
/** The most limbs of a factor that are multiplied before the sums are split; 126 are safe. */
export const run = 6 * columns

/** Where the arrays lie. In front of each are zeros, which are never written. */
export const { at, end } = layOut([
  ['modulusPairs', 4 * (longest + gap)],
  ['inversePairs', 4 * (longest + gap)],
  ['lowPairs', 4 * (longest + gap)],
  ['highPairs', 4 * (longest + gap)],
  ['squarePairs', 4 * columns],
  ['x', 4 * (longest + gap)],
  ['y', 4 * (longest + gap)],
  ['t', 2 * longest],
  ['u', 2 * longest],
  ['low', 8 * longest],
  ['high', 8 * longest],
  ['quotientLow', 4 * longest],
  ['quotientHigh', 4 * longest],
])

function layOut<Name extends string>(arrays: readonly (readonly [Name, number])[]) {
  const at = {} as Record<Name, number>
  let end = 0
  for (const [name, bytes] of arrays) {
    at[name] = end + 128
    end = at[name] + 64 * Math.ceil(bytes / 64)
  }
  return { at, end: end + 128 }
}

/** What the ring has to know. Two digits lie at `x` and `y` each, `gap` limbs apart. */
export const layout = {
  limbBits,
  lengthStep,
  longest,
  gap,
  x: at.x,
  y: at.y,
  modulusPairs: at.modulusPairs,
  inversePairs: at.inversePairs,
}
