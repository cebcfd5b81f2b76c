/** One transcript as numbers, all that can be seen of it, and which of two things it is of. */
export interface Sample {
  readonly features: readonly number[]
  readonly isSecond: boolean
}

/**
 * How many of the second half of the samples are told right by what is learned from the first half: by the best single
 * feature against a limit, or by the nearer of the two means. Where nothing is to be learned each is binomial with one half.
 */
export function toldRight(samples: readonly Sample[]): { readonly right: number; readonly of: number } {
  const half = samples.length / 2
  const [seen, asked] = [samples.slice(0, half), samples.slice(half)]
  const right = Math.max(...[bestFeature(seen), nearestMean(seen)].map((guess) => count(asked, guess)))
  return { right, of: asked.length }
}

/**
 * The number that guessing exceeds with a chance below 1e-7, for both classifiers together: 5.6 standard deviations above
 * the mean of a binomial with one half.
 */
export const luckyGuesses = (of: number): number => of / 2 + 5.6 * Math.sqrt(of / 4)

type Guess = (features: readonly number[]) => boolean

const count = (samples: readonly Sample[], guess: Guess) =>
  samples.filter(({ features, isSecond }) => guess(features) === isSecond).length

function bestFeature(samples: readonly Sample[]): Guess {
  const guesses = columnsOf(samples).flatMap((column, i): Guess[] => {
    const limit = column.toSorted((a, b) => a - b)[Math.floor(column.length / 2)] ?? 0
    return [(features) => (features[i] ?? 0) > limit, (features) => (features[i] ?? 0) < limit]
  })
  const right = guesses.map((guess) => count(samples, guess))
  // A guess that is always wrong is as good as one that is always right.
  const merits = right.map((n) => Math.abs(n - samples.length / 2))
  const best = merits.indexOf(Math.max(...merits))
  const isInverted = (right[best] ?? 0) < samples.length / 2
  return (features) => guesses[best]?.(features) !== isInverted
}

function nearestMean(samples: readonly Sample[]): Guess {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const sides = [false, true].map((side) => columnsOf(samples.filter(({ isSecond }) => isSecond === side)))
  const scales = columnsOf(samples).map((column) => {
    const centre = mean(column)
    return Math.sqrt(mean(column.map((value) => (value - centre) ** 2))) || 1
  })
  const [first = [], second = []] = sides.map((columns) => columns.map(mean))
  return (features) => {
    const distance = (means: readonly number[]) =>
      features.reduce((sum, value, i) => sum + ((value - (means[i] ?? 0)) / (scales[i] ?? 1)) ** 2, 0)
    return distance(second) < distance(first)
  }
}

function columnsOf(samples: readonly Sample[]): number[][] {
  const width = samples[0]?.features.length ?? 0
  return Array.from({ length: width }, (_, i) => samples.map(({ features }) => features[i] ?? 0))
}
