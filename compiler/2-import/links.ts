import { at } from 'emp-compile-runtime/internal/at'
import type { ForeignLink, ForeignOutcome } from './foreign.ts'

/** What the library calls its prediction: one value per score. Computed in double. */
export function linked(link: ForeignLink, scores: readonly number[]): number[] {
  switch (link.kind) {
    case 'identity':
    case 'share':
      return [...scores]
    case 'exponential':
      return scores.map(Math.exp)
    case 'square':
      return scores.map((score) => Math.sign(score) * score * score)
    case 'softplus':
      return scores.map((score) => Math.log1p(Math.exp(score)))
    case 'probit':
      return scores.map(inverseNormal)
    case 'survival':
      return scores.map((score) => -Math.expm1(-Math.exp(link.base + score)))
    case 'step':
      return scores.map((score) => (score > 0 ? 1 : 0))
    case 'softmax':
      return softmax(scores)
    case 'softmax-zero':
      return softmaxOfOthersThanZero(scores)
    case 'logistic': {
      const shares = scores.map((score) => 1 / (1 + Math.exp(-link.steepness * score)))
      if (!link.normalised) return shares
      const sum = shares.reduce((a, b) => a + b, 0)
      return shares.map((share) => share / sum)
    }
  }
}

function softmax(scores: readonly number[]): number[] {
  const largest = Math.max(...scores)
  const powers = scores.map((score) => Math.exp(score - largest))
  const sum = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / sum)
}

/** ONNX's SOFTMAX_ZERO: a score of (nearly) 0 stays 0, the others share. */
function softmaxOfOthersThanZero(scores: readonly number[]): number[] {
  const largest = Math.max(...scores)
  const powers = scores.map((score) => (Math.abs(score) > 1e-7 ? Math.exp(score - largest) : 0))
  const sum = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => (sum === 0 ? 0 : power / sum))
}

/** The value below which a standard normal variable lies with this probability, as ONNX runtimes approximate it. */
function inverseNormal(probability: number): number {
  const x = 2 * probability - 1
  const log = Math.log((1 - x) * (1 + x))
  const v = 2 / (Math.PI * 0.147) + 0.5 * log
  const root = Math.sqrt(-v + Math.sqrt(v * v - log / 0.147))
  return Math.SQRT2 * (x < 0 ? -1 : 1) * root
}

/** The place of the answer, by the library's own rule for ties; null for a number. */
export function answerIndex(
  outcome: ForeignOutcome,
  scores: readonly number[],
  values: readonly number[],
): number | null {
  switch (outcome.kind) {
    case 'number':
      return null
    case 'two': {
      const value = at(outcome.of === 'raw' ? scores : values, 0)
      return value > outcome.limit || (value === outcome.limit && outcome.tie === 'second') ? 1 : 0
    }
    case 'several': {
      const list = outcome.of === 'raw' ? scores : values
      return list.indexOf(Math.max(...list))
    }
  }
}
