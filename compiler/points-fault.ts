import { at } from 'emp-compile-runtime/internal/at'
import { cellCount } from 'emp-compile-runtime/internal/grid'
import { featuresOf, type Points, type PointsColumn, positionCount } from './points.ts'

/** The most positions of a column or a pair of columns: their places have two bytes. */
export const mostTablePositions = 65_535

/** The sum of |base| and of every table's largest |points| stays below this, so that no sum leaves 32 bits. */
const sumBound = 2 ** 31

const largest = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)

/**
 * What is wrong with a model, in words for its owner; null if nothing is.
 */
export function faultOf(model: Points): string | null {
  const outputs = model.base.length
  if (model.columns.length === 0) return 'it has no column'
  for (const one of model.columns) {
    const fault = columnFault(one, outputs)
    if (fault !== null) return `the column ${JSON.stringify(one.column.name)} ${fault}`
  }
  const names = model.columns.map(({ column }) => column.name)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) return `the column ${JSON.stringify(twice)} is there twice`
  for (const [
    i,
    {
      columns: [first, second],
      points,
    },
  ] of model.pairs.entries()) {
    const [one, other] = [model.columns[first], model.columns[second]]
    if (one === undefined || other === undefined || first >= second)
      return `pair ${i} is not of two columns in their order`
    const name = `the pair ${JSON.stringify(one.column.name)}, ${JSON.stringify(other.column.name)}`
    const repeated = model.pairs.findIndex(({ columns: [a, b] }) => a === first && b === second) < i
    if (repeated) return `${name} is there twice`
    const fault = tableFault(points, positionCount(one) * positionCount(other), outputs)
    if (fault !== null) return `${name} ${fault}`
  }
  if (JSON.stringify(model.features) !== JSON.stringify(featuresOf(model.columns.map(({ column }) => column)))) {
    return 'its features are not those of its columns'
  }
  if (!(model.unit > 0 && Number.isFinite(model.unit))) return `its unit is ${model.unit}, which is not above 0`
  return outputsFault(model) ?? classesFault(model) ?? boundFault(model)
}

function columnFault({ column, cuts, points }: PointsColumn, outputs: number): string | null {
  if (column.kind === 'number') {
    const last = cellCount(column) - 1
    const stray = cuts.find((cut, i) => !(Number.isInteger(cut) && cut > (cuts[i - 1] ?? -1) && cut < last))
    if (stray !== undefined) return `has the cut ${stray}, where cuts are ascending cells below ${last}`
    if (column.missing === 'above') return 'has missing values above its range, where they lie below'
    if (column.missing === 'below' && cuts[0] !== 0) return 'has no cut that parts missing values from numbers'
  } else if (cuts.length > 0) return 'is of texts and has cuts'
  return tableFault(points, positionCount({ column, cuts }), outputs)
}

function tableFault(points: PointsColumn['points'], positions: number, outputs: number): string | null {
  if (positions > mostTablePositions) return `has ${positions} positions, more than ${mostTablePositions}`
  if (points.length !== positions) return `has points for ${points.length} positions instead of ${positions}`
  if (points.some((own) => own.length !== outputs)) return `has not one number of points for each of ${outputs} outputs`
  const broken = points.flat().find((own) => !Number.isInteger(own))
  return broken === undefined ? null : `has ${broken} points, which is not a whole number`
}

function outputsFault({ base, link, answers }: Points): string | null {
  const broken = base.find((own) => !Number.isInteger(own))
  if (broken !== undefined) return `its base is ${broken}, which is not a whole number`
  const wanted = link === 'softmax' ? answers?.length : 1
  if (base.length === 0 || base.length !== wanted)
    return `its link is ${link}, which does not fit ${base.length} outputs`
  if (link === 'logistic' && answers?.length !== 2) return 'its link is logistic, which needs two answers'
  if ((link === 'identity' || link === 'exponential') && answers !== null)
    return `its link is ${link}, which has no answers`
  return null
}

function classesFault({ classes, base }: Points): string | null {
  if (classes === null) return null
  if (base.length !== 1) return 'it has classes by sum and more than one sum'
  const labels = classes.map(({ label }) => label)
  const twice = labels.find((label, i) => labels.indexOf(label) < i)
  if (twice !== undefined) return `the class ${JSON.stringify(twice)} is there twice`
  const bounds = classes.map(({ upTo }) => upTo)
  const isAscending = bounds
    .slice(0, -1)
    .every((upTo, i) => upTo !== null && Number.isInteger(upTo) && upTo > (bounds[i - 1] ?? Number.NEGATIVE_INFINITY))
  return isAscending && bounds.at(-1) === null
    ? null
    : 'its classes need ascending whole sums, and the last class no sum'
}

/** The masks of a reply are modulo 2^32. */
function boundFault({ base, columns, pairs }: Points): string | null {
  const most = base.map((own, k) =>
    [...columns, ...pairs].reduce(
      (sum, { points }) => sum + largest(points.map((all) => Math.abs(at(all, k)))),
      Math.abs(own),
    ),
  )
  return largest(most) < sumBound
    ? null
    : `its base and largest points add up to ${largest(most)}, which is not below 2^31`
}
