/** What is minimised over rows, as a function of their etas. Row i of output k stands at `k * rows + i`. */
export interface Loss {
  readonly rows: number
  readonly outputs: number
  /** How much each row counts; they add up to 1. */
  readonly weights: Float64Array
  /** The loss of a row: the negative logarithm of the chance of its answer, or half the squared error. */
  at(etas: Float64Array, row: number): number
  /** Minus the first derivative by every eta, weighted. */
  slope(etas: Float64Array, residuals: Float64Array): void
  /** Per row the second derivative by the etas of two outputs, weighted. */
  curve(etas: Float64Array, first: number, second: number, curvatures: Float64Array): void
  /** Whether the second derivatives are the same for all etas. */
  readonly isQuadratic: boolean
}

/** A chance this near to none or all is curved as if it were a little further away, so that steps stay finite. */
const leastCurvature = 1e-5

/** Half the squared error of `truth`. */
export function squaredLoss(truth: Float64Array, weights: Float64Array): Loss {
  return {
    rows: truth.length,
    outputs: 1,
    weights,
    isQuadratic: true,
    at: (etas, row) => ((etas[row] as number) - (truth[row] as number)) ** 2 / 2,
    slope(etas, residuals) {
      for (let i = 0; i < truth.length; i++) {
        residuals[i] = (weights[i] as number) * ((truth[i] as number) - (etas[i] as number))
      }
    },
    curve: (_, _first, _second, curvatures) => curvatures.set(weights),
  }
}

/** -ln of the chance of the answer, which is 1 / (1 + e^-eta) for the second of two. */
export function logisticLoss(classes: Int32Array, weights: Float64Array): Loss {
  return {
    rows: classes.length,
    outputs: 1,
    weights,
    isQuadratic: false,
    at(etas, row) {
      const against = classes[row] === 1 ? -(etas[row] as number) : (etas[row] as number)
      // ln(1 + e^against), without overflow.
      return Math.max(0, against) + Math.log1p(Math.exp(-Math.abs(against)))
    },
    slope(etas, residuals) {
      for (let i = 0; i < classes.length; i++) {
        const chance = 1 / (1 + Math.exp(-(etas[i] as number)))
        residuals[i] = (weights[i] as number) * ((classes[i] as number) - chance)
      }
    },
    curve(etas, _first, _second, curvatures) {
      for (let i = 0; i < classes.length; i++) {
        const chance = 1 / (1 + Math.exp(-(etas[i] as number)))
        curvatures[i] = (weights[i] as number) * Math.max(leastCurvature, chance * (1 - chance))
      }
    },
  }
}

/** -ln of the chance of the answer, which is in the ratio of e^eta. */
export function softmaxLoss(classes: Int32Array, answers: number, weights: Float64Array): Loss {
  const rows = classes.length
  /** ln of the sum of e^eta, without overflow. */
  const total = (etas: Float64Array, row: number) => {
    let most = Number.NEGATIVE_INFINITY
    for (let k = 0; k < answers; k++) most = Math.max(most, etas[k * rows + row] as number)
    let sum = 0
    for (let k = 0; k < answers; k++) sum += Math.exp((etas[k * rows + row] as number) - most)
    return most + Math.log(sum)
  }
  return {
    rows,
    outputs: answers,
    weights,
    isQuadratic: false,
    at: (etas, row) => total(etas, row) - (etas[(classes[row] as number) * rows + row] as number),
    slope(etas, residuals) {
      for (let i = 0; i < rows; i++) {
        const all = total(etas, i)
        for (let k = 0; k < answers; k++) {
          const chance = Math.exp((etas[k * rows + i] as number) - all)
          residuals[k * rows + i] = (weights[i] as number) * ((classes[i] === k ? 1 : 0) - chance)
        }
      }
    },
    curve(etas, first, second, curvatures) {
      for (let i = 0; i < rows; i++) {
        const all = total(etas, i)
        const one = Math.exp((etas[first * rows + i] as number) - all)
        const other = Math.exp((etas[second * rows + i] as number) - all)
        curvatures[i] =
          (weights[i] as number) * (first === second ? Math.max(leastCurvature, one * (1 - one)) : -one * other)
      }
    },
  }
}

/** The mean loss over rows. */
export function meanLoss(loss: Loss, etas: Float64Array): number {
  let sum = 0
  for (let row = 0; row < loss.rows; row++) sum += (loss.weights[row] as number) * loss.at(etas, row)
  return sum
}
