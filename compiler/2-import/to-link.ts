import type { Link } from 'emp-compile-runtime/internal/schemes/link'
import { noSuchLink, wrongAnswers } from './errors.ts'
import type { ForeignModel } from './foreign.ts'

/** What scores of a foreign model mean, in integers of `unit` steps to 1. */
export interface ForeignMeaning {
  readonly link: Link
  readonly answers: readonly string[] | null
}

/** How many answers a model has, and the names of them that its file knows; null for a number. */
export function answersOf({ outcome, body }: ForeignModel): { count: number; names: readonly string[] | null } | null {
  if (outcome.kind === 'number') return null
  if (outcome.kind === 'two') return { count: 2, names: outcome.answers }
  const scores = outputsOf(body)
  return { count: outcome.answers?.length ?? scores, names: outcome.answers }
}

/** How many scores a model computes. */
function outputsOf(body: ForeignModel['body']): number {
  switch (body.kind) {
    case 'trees':
      return body.base.length
    case 'linear':
      return body.intercepts.length
    case 'network':
      return body.layers.at(-1)?.intercepts.length ?? 0
    default:
      return body satisfies never
  }
}

/**
 * The link of integers, and the library's own rule for its answer: of two answers the least score that gives the second.
 *
 * @param given `--answers`; null: as the file has them.
 * @throws {CompileError} for links that clients cannot show, and other numbers of answers.
 */
export function foreignMeaning(
  file: string,
  model: ForeignModel,
  unit: number,
  given: readonly string[] | null,
): ForeignMeaning {
  const { link, outcome } = model
  const known = answersOf(model)
  const answers = given ?? known?.names ?? null
  if (known !== null && answers?.length !== known.count) throw wrongAnswers(answers ?? [], known.count)
  const scale = { base: 0, unit }
  switch (outcome.kind) {
    case 'number':
      if (given !== null) throw wrongAnswers(given, 0)
      if (link.kind === 'identity' || link.kind === 'exponential')
        return { link: { kind: link.kind, ...scale }, answers: null }
      throw noSuchLink(file, `a number by the link ${link.kind}`, 'Say --link identity to show the scores as they are.')
    case 'two': {
      if (link.kind === 'survival') {
        // Over this the chance of the second is above the limit.
        const limit = Math.log(-Math.log1p(-outcome.limit)) - link.base
        return { link: { kind: 'survival', base: link.base, unit, from: Math.floor(limit * unit) + 1 }, answers }
      }
      const steepness = link.kind === 'logistic' ? link.steepness : link.kind === 'identity' ? 1 : null
      if (steepness === null) {
        throw noSuchLink(file, `two answers by the link ${link.kind}`, 'Train it with a logistic objective.')
      }
      const limit = outcome.of === 'raw' || link.kind === 'identity' ? outcome.limit : logit(outcome.limit) / steepness
      const from = outcome.tie === 'second' ? Math.ceil(limit * unit) : Math.floor(limit * unit) + 1
      return { link: { kind: 'logistic', base: 0, unit: unit / steepness, from }, answers }
    }
    case 'several':
      if (link.kind === 'softmax' || link.kind === 'share') return { link: { kind: link.kind, ...scale }, answers }
      throw noSuchLink(file, `several answers by the link ${link.kind}`, 'Train it with a softmax objective.')
    default:
      return outcome satisfies never
  }
}

const logit = (share: number) => Math.log(share / (1 - share))
