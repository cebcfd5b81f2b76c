import { CompileError, type FilePlace } from '../errors.ts'
import { didYouMean } from '../nearest.ts'
import { upToTen } from '../text.ts'

const quote = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text)
const list = (texts: readonly string[]) => upToTen(texts.map(quote))

export const malformedPoints = (place: FilePlace, reason: string) =>
  new CompileError('malformed-points', place, `is no table of points: ${reason}`)
export const pointsNotWhole = (place: FilePlace, value: string) =>
  new CompileError(
    'points-not-whole',
    place,
    `${quote(value)} is no whole number of points. Multiply all points, and the unit, by the same number.`,
  )
export const pointsUnknownColumn = (place: FilePlace, name: string, names: readonly string[]) =>
  new CompileError(
    'unknown-column',
    place,
    `the schema has no field ${quote(name)}; it has ${list(names)}.${didYouMean(name, names)} Mend the name, or add the field.`,
  )
export const pointsUnknownLevel = (place: FilePlace, name: string, level: string, levels: readonly string[]) =>
  new CompileError(
    'unknown-level',
    place,
    `${quote(level)} is no level of ${quote(name)} in the schema, which has ${list(levels)}.${didYouMean(level, levels)} Mend it, or add it to the "enum".`,
  )
export const pointsNotOnGrid = (place: FilePlace, name: string, value: string, grid: string) =>
  new CompileError(
    'off-grid',
    place,
    `${quote(value)} is no value of ${quote(name)}, which takes ${grid}. Mend it, or change range or "step" in the schema.`,
  )
export const pointsOverlap = (place: FilePlace, name: string, value: string, where: string) =>
  new CompileError(
    'points-overlap',
    place,
    `${value} of ${quote(name)} has points in ${where} already. Give every value points once.`,
  )
export const pointsGap = (file: string, name: string, values: string) =>
  new CompileError(
    'points-gap',
    { file },
    `${values} of ${quote(name)} has no points. Add a line for it, with 0 points if it counts nothing.`,
  )
export const pointsNoRange = (schema: string, name: string) =>
  new CompileError(
    'no-range',
    { file: schema },
    `says neither "minimum" and "maximum" nor "enum" of ${quote(name)}, without which records cannot be put on a Grid. Add them.`,
  )
export const pointsUnfit = (file: string, fault: string) =>
  new CompileError('unfit-points', { file }, `cannot be compiled: ${fault}. Mend the table, or its link and classes.`)
