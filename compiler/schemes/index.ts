import type { Contract } from 'emp-compile-runtime/internal/contract'
import { badOption, noScheme } from '../errors.ts'
import type { Family } from '../model.ts'
import type { OptionTable } from '../options.ts'
import { label } from './label/index.ts'
import { additive, linear, network } from './lattice/index.ts'
import { pointsLabel as pointsAlone, score as pointsScore } from './points/index.ts'
import { doorOf, type SchemeDoor } from './scheme.ts'
import { signs } from './signs/index.ts'
import { sums } from './sums/index.ts'

/** All schemes. The first of a family is the one that its models get when nothing is said. */
export const schemes: readonly SchemeDoor[] = [
  doorOf(signs),
  doorOf(label),
  doorOf(pointsScore),
  doorOf(pointsAlone),
  doorOf(additive),
  doorOf(linear),
  doorOf(network),
  doorOf(sums),
]

/**
 * The scheme for a family of models and what is to be revealed of them.
 *
 * @param reveal null for the first of the family.
 * @param how the cryptosystem, where two fit; null for the first.
 * @throws {CompileError} `no-scheme`, which names those that there are.
 */
export function schemeFor(family: Family, reveal: string | null, how: string | null = null): SchemeDoor {
  const ofFamily = schemes.filter((scheme) => scheme.family === family)
  const revealing = reveal === null ? ofFamily : ofFamily.filter((scheme) => scheme.reveal === reveal)
  const found = revealing.find(({ scheme }) => how === null || scheme === how)
  const [first] = revealing
  if (found === undefined && first !== undefined) {
    throw badOption('scheme', how, [...new Set(revealing.map(({ scheme }) => scheme))].join(' or '))
  }
  if (found === undefined) {
    throw noScheme(family, reveal, [...new Set(ofFamily.map((scheme) => scheme.reveal))])
  }
  return found
}

/** The scheme of a contract. */
export function schemeOf({ family, reveal, scheme }: Contract): SchemeDoor {
  const found = schemes.find((one) => one.family === family && one.reveal === reveal && one.scheme === scheme)
  if (found === undefined) throw new TypeError('a contract of no scheme that is known here')
  return found
}

/** What `--reveal` may be. */
export const reveals: readonly string[] = [...new Set(schemes.map(({ reveal }) => reveal))]

/** What `--scheme` may be. */
export const cryptosystems: readonly string[] = [...new Set(schemes.map(({ scheme }) => scheme))]

/** The options of all schemes. One that several have means the same in each, and is declared alike. */
export const schemeOptions: OptionTable = Object.assign({}, ...schemes.map(({ options }) => options))

/** The schemes that have an option, by what they reveal. */
export const revealsWith = (option: string): readonly string[] =>
  schemes.filter(({ options }) => option in options).map(({ reveal }) => reveal)
