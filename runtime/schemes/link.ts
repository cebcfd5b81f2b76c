import { at } from '../at.ts'
import { ProtocolError } from '../errors.ts'
import type { Opened } from './scheme.ts'

/** What a score is on the scale of its link: eta = base + score / unit. Both finite, the unit above 0. */
export interface ScoreScale {
  readonly base: number
  readonly unit: number
}

/**
 * What integer scores mean. It is public: a contract holds it, and a client turns its scores into an answer by it.
 *
 * Of two answers there is one score, which speaks for the second; `from` is the least score with which it is given. An
 * integer, so that which answer is given never hangs on the last digit of a float.
 */
export type Link =
  /** A number: eta. */
  | (ScoreScale & { readonly kind: 'identity' })
  /** A number: e^eta. */
  | (ScoreScale & { readonly kind: 'exponential' })
  /** The chance of the second of two answers: 1 / (1 + e^-eta). */
  | (ScoreScale & { readonly kind: 'logistic'; readonly from: number })
  /** The chance of the second of two answers up to a horizon: 1 - e^-e^eta. Of Cox's model: base = ln(-ln S0(horizon)). */
  | (ScoreScale & { readonly kind: 'survival'; readonly from: number })
  /** A score per answer: chances in the ratio of e^eta. The greatest score is given, and of equal ones the first. */
  | (ScoreScale & { readonly kind: 'softmax' })
  /** A score per answer, of forests: chances in the ratio of the scores. The greatest is given, and of equal ones the first. */
  | (ScoreScale & { readonly kind: 'share' })

/** What a contract says of scores. */
export interface Linked {
  readonly link: Link
  /** Null where the link gives a number. */
  readonly answers: readonly string[] | null
}

/** Masked scores are below this in size, and read as signed numbers of 32 bits. */
export const scoreLimit = 2 ** 31

/** How many scores a link takes. */
export function scoreCount({ link, answers }: Linked): number {
  return link.kind === 'softmax' || link.kind === 'share' ? (answers ?? []).length : 1
}

/** The link of two answers that gives the second where its chance is above a half, and the first where both are alike. */
export function logisticLink({ base, unit }: ScoreScale): Link {
  return { kind: 'logistic', base, unit, from: Math.floor(-base * unit) + 1 }
}

/** What a client is told of its scores: as many integers as {@link scoreCount} says. */
export function openScores<Answer extends string | number = string | number>(
  { link, answers }: Linked,
  scores: readonly number[],
): Opened<Answer> {
  return openedOf(link, answers ?? [], scores) as Opened<Answer>
}

/**
 * Scores, if each is of the range that the contract states.
 *
 * @throws {ProtocolError} `bad-reply`: a damaged reply opens to wrong scores, and some show by their size.
 */
export function checkScores(
  scores: readonly number[],
  { least, most }: { readonly least: number; readonly most: number },
): readonly number[] {
  if (!scores.every((score) => score >= least && score <= most)) throw new ProtocolError('bad-reply')
  return scores
}

function openedOf(link: Link, answers: readonly string[], scores: readonly number[]): Opened {
  const etas = scores.map((score) => link.base + score / link.unit)
  const [score, eta] = [at(scores, 0), at(etas, 0)]
  switch (link.kind) {
    case 'identity':
      return { kind: 'number', answer: eta, scores }
    case 'exponential':
      return { kind: 'number', answer: Math.exp(eta), scores }
    case 'logistic':
      return ofTwo(answers, score, link.from, [1 / (1 + Math.exp(eta)), 1 / (1 + Math.exp(-eta))])
    case 'survival':
      return ofTwo(answers, score, link.from, [Math.exp(-Math.exp(eta)), -Math.expm1(-Math.exp(eta))])
    case 'softmax': {
      const most = scores.reduce((a, b) => Math.max(a, b))
      // By the difference to the greatest, so that no power overflows.
      const powers = scores.map((own) => Math.exp((own - most) / link.unit))
      const sum = powers.reduce((a, b) => a + b)
      const shares = powers.map((one) => one / sum)
      return { kind: 'class', answer: at(answers, scores.indexOf(most)), shares, scores }
    }
    case 'share': {
      const sum = scores.reduce((a, b) => a + b)
      const most = scores.reduce((a, b) => Math.max(a, b))
      return {
        kind: 'class',
        answer: at(answers, scores.indexOf(most)),
        shares: scores.map((own) => own / sum),
        scores,
      }
    }
    default:
      return link satisfies never
  }
}

function ofTwo(answers: readonly string[], score: number, from: number, shares: readonly number[]): Opened {
  return { kind: 'class', answer: at(answers, score >= from ? 1 : 0), shares, scores: [score] }
}
