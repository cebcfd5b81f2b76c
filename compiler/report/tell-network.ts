import { at } from 'emp-compile-runtime/internal/at'
import { divisorOf } from 'emp-compile-runtime/internal/schemes/monomials'
import type { Network } from '../network.ts'
import { significant } from '../text.ts'
import type { Section } from './html.ts'
import type { ReportInput } from './input.ts'
import { type JsonInput, type JsonLinear, jsonInput } from './tell-linear.ts'
import type { Telling } from './telling.ts'

/** What a report tells of a network. */
export function tellNetwork(model: Network, { evidence }: Pick<ReportInput, 'evidence'>): Telling {
  const { inputs, monomials, weights, biases, columns, features, degree, answers, evidence: own } = model
  const usedMonomials = monomials.filter((_, m) => weights.some((row) => row[m] !== 0))
  const used = new Set(usedMonomials.flat().map((i) => at(features, at(inputs, i).feature).column))
  const size = `${usedMonomials.length} of ${monomials.length} products of up to ${degree} numbers weighted, of ${used.size} of ${columns.length} columns`
  const recipe = recipeInWords(model)
  return {
    kind: 'A small neural network',
    called: 'the model',
    withheld: 'no weight; model.json and report.html beside it do',
    line: ['model', `network${recipe}: multiplied out, ${size}`],
    result: `The result${recipe} is multiplied out: ${size}.`,
    used,
    pictures: [],
    sections: [
      weightSection(model, evidence.description),
      ...(own === null ? [] : pathSection(own.path, own.chosen, answers === null)),
    ],
    sizes: {},
    json: {
      network: {
        link: model.link,
        inputs: inputs.map((_, i) => jsonInput(model, i)),
        products: monomials.map((monomial) => ({ of: monomial, divisor: divisorOf(inputs, monomial) })),
        outputs: weights.map((row, output) => ({ bias: at(biases, output), weights: row })),
      } satisfies JsonLinear,
    },
  }
}

/** ` of 4 units, decay 0.32, the best of 14 recipes in cross-validation on rows not seen` */
function recipeInWords({ evidence }: Network): string {
  if (evidence === null || evidence.chosen === null) return ''
  const { width, layers, decay } = evidence.chosen
  const units = `${width} ${width === 1 ? 'unit' : 'units'}`
  const hidden = layers === 1 ? units : `twice ${units}`
  const { length } = evidence.path
  const chosen = length < 2 ? '' : `, the best of ${length} recipes in cross-validation on rows not seen`
  return ` of ${hidden}, decay ${significant(decay)}${chosen}`
}

/** So many products are shown: those that may add most. */
const shown = 40

/** The products that weigh most, on the scale of the link. */
function weightSection(model: Network, description: string): Section {
  const { inputs, monomials, weights, biases, answers, link } = model
  const heads = weights.length === 1 ? [answers?.[1] ?? 'the number'] : (answers ?? [])
  const scaled = (value: number) => significant(value / link.unit)
  const names = inputs.map((_, i) => nameOf(jsonInput(model, i)))
  const most = (m: number) => Math.max(...weights.map((row) => Math.abs(at(row, m))))
  const order = monomials.map((_, m) => m).sort((a, b) => most(b) - most(a) || a - b)
  const rows = order.slice(0, shown).map((m) => {
    const factors = at(monomials, m).map((i) => at(names, i))
    return [factors.join(' × '), ...weights.map((row) => scaled(at(row, m) * 64))]
  })
  const scale = answers === null ? 'to the number' : 'to the logarithm of the odds'
  const left = monomials.length > shown ? ` The ${shown} of ${monomials.length} that weigh most.` : ''
  return {
    heading: 'The weights',
    text: `${description} What a product adds ${scale} when its numbers are at an end of their Grid, seen from the middle; a missing number counts as the middle.${left} For the owner of the model.`,
    svg: null,
    table: [['of a record', ...heads.map((head) => `adds for ${head}`)], ['always', ...biases.map(scaled)], ...rows],
  }
}

function nameOf(json: JsonInput): string {
  if (!('level' in json)) return json.column
  return json.level === null ? `${json.column} is missing` : `${json.column} is ${json.level}`
}

/** What the recipes did on rows held out. */
function pathSection(
  path: NonNullable<Network['evidence']>['path'],
  chosen: NonNullable<Network['evidence']>['chosen'],
  isOfNumbers: boolean,
): Section[] {
  if (path.length === 0) return []
  const unit = isOfNumbers ? 'half the squared error, in variances of the target' : 'log loss'
  const isChosen = (width: number, decay: number) => width === chosen?.width && decay === chosen.decay
  return [
    {
      heading: 'Width and decay',
      text: `The recipe with the least loss on rows not seen (${unit}) is taken.`,
      svg: null,
      table: [
        ['units', 'decay', 'loss', 'standard error'],
        ...path.map(({ width, penalty, loss, error }) => [
          String(width),
          `${significant(penalty)}${isChosen(width, penalty) ? ' (chosen)' : ''}`,
          loss.toFixed(4),
          error.toFixed(4),
        ]),
      ],
    },
  ]
}
