import { at } from 'emp-compile-runtime/internal/at'

/**
 * Measures of a model on rows, by the definitions of scikit-learn 1.2. Everywhere, arrays have one element a row, there
 * is at least one row, weights are at least 0 and their sum is above, and no weights means that each row weighs 1.
 */
type Weights = Float64Array | null | undefined

export interface ClassificationMetrics {
  /** The number of rows, whatever they weigh. */
  readonly rows: number
  readonly accuracy: number
  /** The mean, over the classes that occur, of the share of their rows that is recognised. */
  readonly balancedAccuracy: number
  /** The area under the ROC curve; above two classes, the mean of every class against the rest. Null if one is absent. */
  readonly rocAuc: number | null
  /** The mean negative natural logarithm of the probability of the true class. */
  readonly logLoss: number
  /** In 0 .. 1 for two classes, in 0 .. 2 for more: see `classificationMetrics`. */
  readonly brier: number
  /** `confusion[i][j]` is the number, or weight, of the rows of class i that were given class j. */
  readonly confusion: readonly (readonly number[])[]
}

/**
 * How well classes and their probabilities are predicted. The ROC curve of two classes is that of the probability of the
 * second, where ties count half; `rocAuc` of more is scikit-learn's `multi_class='ovr'` with a macro average. `logLoss`
 * clips probabilities to 2^-52 .. 1 - 2^-52 and then makes them add up to 1. `brier` of two classes is the mean of
 * (outcome - probability)^2 for the second class (`brier_score_loss`); of any other number, the mean over the rows of the
 * sum of these squares over all classes (Brier, 1950), which for two classes would be twice as much.
 *
 * @param truth The class of every row, in `0 .. classes - 1`.
 * @param probabilities For every row, the probability of every class, in 0 .. 1, adding up to 1.
 * @param given The class that the model gave every row.
 * @throws RangeError if lengths differ, or there is no row, or a class is not below `classes`.
 */
export function classificationMetrics(data: {
  readonly truth: Int32Array
  readonly probabilities: readonly (readonly number[])[]
  readonly given: Int32Array
  readonly classes: number
  readonly weights?: Weights
}): ClassificationMetrics {
  const { truth, probabilities, given, classes, weights } = data
  requireRows(truth.length, given, probabilities, weights)
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  let [loss, squares] = [0, 0]
  for (const [row, answer] of truth.entries()) {
    const [weight, chances, counts] = [weights?.[row] ?? 1, probabilities[row] ?? [], confusion[answer]]
    const answered = at(given, row)
    if (counts?.[answered] === undefined) throw new RangeError('a class is not below their number')
    if (chances.length !== classes) throw new RangeError('a row has not one probability for every class')
    counts[answered] += weight
    const clipped = chances.map((chance) => Math.min(Math.max(chance, Number.EPSILON), 1 - Number.EPSILON))
    loss -= weight * Math.log(at(clipped, answer) / total(clipped))
    const errors = chances.map((chance, i) => ((i === answer ? 1 : 0) - chance) ** 2)
    squares += weight * (classes === 2 ? at(errors, 1) : total(errors))
  }
  const ofClass = confusion.map(total)
  const sum = total(ofClass)
  const recalls = ofClass.flatMap((all, i) => (all === 0 ? [] : [(confusion[i]?.[i] ?? 0) / all]))
  return {
    rows: truth.length,
    accuracy: total(confusion.map((counts, i) => at(counts, i))) / sum,
    balancedAccuracy: total(recalls) / recalls.length,
    rocAuc: areaOverClasses(truth, probabilities, classes, weights),
    logLoss: loss / sum,
    brier: squares / sum,
    confusion,
  }
}

export interface RegressionMetrics {
  /** The number of rows, whatever they weigh. */
  readonly rows: number
  /** The root of the mean squared error, in units of the target. */
  readonly rmse: number
  /** The mean absolute error, in units of the target. */
  readonly mae: number
  /** The share of the variance that is explained: at most 1, below 0 if worse than the mean. Null for a constant truth. */
  readonly r2: number | null
}

/**
 * How well numbers are predicted.
 *
 * @throws RangeError if lengths differ or there is no row.
 */
export function regressionMetrics(data: {
  readonly truth: Float64Array
  readonly given: Float64Array
  readonly weights?: Weights
}): RegressionMetrics {
  const { truth, given, weights } = data
  requireRows(truth.length, given, weights)
  const weightOf = (row: number) => weights?.[row] ?? 1
  const weighted = (values: Float64Array) => values.reduce((sum, value, row) => sum + weightOf(row) * value, 0)
  const errors = truth.map((value, row) => value - at(given, row))
  const sum = weighted(truth.map(() => 1))
  const mean = weighted(truth) / sum
  const squares = weighted(errors.map((error) => error ** 2))
  const weighing = truth.filter((_, row) => weightOf(row) > 0)
  return {
    rows: truth.length,
    rmse: Math.sqrt(squares / sum),
    mae: weighted(errors.map(Math.abs)) / sum,
    // Of equal numbers, the mean and with it the variance may be off by rounding: compared as they are.
    r2: weighing.every((value) => value === weighing[0])
      ? null
      : 1 - squares / weighted(truth.map((value) => (value - mean) ** 2)),
  }
}

/** What calling positive everything that scores at least `threshold` would reach. */
export interface RocPoint {
  /** The share of the negative rows that are called positive. */
  readonly fpr: number
  /** The share of the positive rows that are called positive. */
  readonly tpr: number
  /** Infinity at (0, 0). */
  readonly threshold: number
}

/**
 * The receiver operating characteristic: (0, 0), then a point for every distinct score, downwards, the last one (1, 1).
 * Rows that weigh 0 are left out. Null if no row is positive, or none is negative.
 *
 * @param truth 1 for a positive row, anything else for a negative one.
 * @param scores Finite, higher for what is more likely positive.
 * @throws RangeError if lengths differ or there is no row.
 */
export function rocCurve(truth: Int32Array, scores: ArrayLike<number>, weights?: Weights): RocPoint[] | null {
  requireRows(truth.length, scores, weights)
  const atScore = new Map<number, { negative: number; positive: number }>()
  for (const [row, answer] of truth.entries()) {
    const [score, weight] = [at(scores, row), weights?.[row] ?? 1]
    if (weight === 0) continue
    const counted = atScore.get(score) ?? { negative: 0, positive: 0 }
    counted[answer === 1 ? 'positive' : 'negative'] += weight
    atScore.set(score, counted)
  }
  const counts = [{ negative: 0, positive: 0, threshold: Number.POSITIVE_INFINITY }]
  let [negative, positive] = [0, 0]
  for (const threshold of Float64Array.from(atScore.keys()).sort().reverse()) {
    negative += atScore.get(threshold)?.negative ?? 0
    positive += atScore.get(threshold)?.positive ?? 0
    counts.push({ negative, positive, threshold })
  }
  if (negative === 0 || positive === 0) return null
  return counts.map((at) => ({ fpr: at.negative / negative, tpr: at.positive / positive, threshold: at.threshold }))
}

/** The area under a curve of straight lines: that of the ROC is the chance of the right order, where ties count half. */
export function areaUnder(curve: readonly RocPoint[]): number {
  return total(
    curve.slice(1).map(({ fpr, tpr }, i) => (fpr - (curve[i]?.fpr ?? 0)) * (((curve[i]?.tpr ?? 0) + tpr) / 2)),
  )
}

function areaOverClasses(
  truth: Int32Array,
  probabilities: readonly (readonly number[])[],
  classes: number,
  weights: Weights,
): number | null {
  const positives = classes === 2 ? [1] : Array.from({ length: classes }, (_, i) => i)
  const areas = positives.map((positive) => {
    const isPositive = truth.map((answer) => (answer === positive ? 1 : 0))
    const scores = Float64Array.from(probabilities, (chances) => at(chances, positive))
    const curve = rocCurve(isPositive, scores, weights)
    return curve === null ? null : areaUnder(curve)
  })
  return areas.some((area) => area === null) ? null : total(areas.map((area) => area ?? 0)) / areas.length
}

export interface ConfidenceInterval {
  readonly low: number
  readonly high: number
}

/** The quantile of the normal distribution for two-sided 95 %. */
export const normal95 = 1.959963984540054

/**
 * The true positive rate at given false positive rates, on straight lines between the points of the ROC curve and at its
 * upper end where it is vertical, each with a 95 % interval: Wilson's for a share of the positive rows, as if the
 * threshold were known beforehand. Pointwise, so the whole curve is less likely to be inside than 95 %. Null as the curve.
 *
 * @param rates In 0 .. 1.
 */
export function rocBand(
  truth: Int32Array,
  scores: ArrayLike<number>,
  rates: readonly number[],
  weights: Weights = null,
): (ConfidenceInterval & { readonly fpr: number; readonly tpr: number })[] | null {
  const curve = rocCurve(truth, scores, weights)
  if (curve === null) return null
  const own = [...truth.keys()].flatMap((row) => (truth[row] === 1 ? [weights?.[row] ?? 1] : []))
  // Of weighted rows, Kish's effective number.
  const positives = total(own) ** 2 / total(own.map((weight) => weight ** 2))
  return rates.map((fpr) => {
    const i = curve.findLastIndex((point) => point.fpr <= fpr)
    const [from, to] = [curve[i], curve[i + 1]]
    const along = from === undefined || to === undefined ? 0 : (fpr - from.fpr) / (to.fpr - from.fpr)
    const tpr = (from?.tpr ?? 0) + along * ((to?.tpr ?? 0) - (from?.tpr ?? 0))
    return { fpr, tpr, ...wilsonInterval(tpr * positives, positives) }
  })
}

/**
 * The score interval for a share, within 0 .. 1 (Wilson, "Probable inference, the law of succession, and statistical
 * inference", JASA 22, 1927): the shares p that differ from the observed one by at most z standard errors at p. For no
 * rows, 0 .. 1.
 *
 * @param successes 0 <= successes <= n; not necessarily whole.
 * @param z How many standard errors: by default for 95 %.
 * @throws RangeError if `successes` is not within 0 .. n.
 */
export function wilsonInterval(successes: number, n: number, z: number = normal95): ConfidenceInterval {
  if (!(successes >= 0 && successes <= n)) throw new RangeError('successes are not within 0 .. n')
  const centre = successes + z ** 2 / 2
  const half = z * Math.sqrt((successes * (n - successes)) / n + z ** 2 / 4)
  // Exact at the ends, where the quotient would leave a rounding error, or not be defined for no rows.
  return {
    low: successes === 0 ? 0 : (centre - half) / (n + z ** 2),
    high: successes === n ? 1 : (centre + half) / (n + z ** 2),
  }
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function requireRows(rows: number, ...columns: readonly (ArrayLike<unknown> | null | undefined)[]): void {
  if (rows === 0) throw new RangeError('there are no rows')
  if (columns.some((column) => (column?.length ?? rows) !== rows)) throw new RangeError('lengths differ')
}
