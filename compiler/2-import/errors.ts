import { CompileError } from '../errors.ts'
import { upToTen } from '../text.ts'

/**
 * The errors of the importers, one function per failure: a stable code, the place, the value, and the way round. They
 * are for the owner of the model file, so they quote it.
 */

const quote = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text)
const show = (value: unknown) =>
  typeof value === 'string'
    ? quote(value)
    : Array.isArray(value) || ArrayBuffer.isView(value)
      ? `a list of ${(value as { length?: number }).length ?? 0}`
      : typeof value === 'object' && value !== null
        ? 'an object'
        : value === undefined
          ? 'missing'
          : String(value)

const formats =
  'It reads XGBoost (save_model to .json or .ubj), LightGBM (save_model to .txt), ONNX (.onnx), CatBoost (save_model with format="json"), and scikit-learn through the script that emp-compile exporter writes'

// What the file is
export const emptyModel = (file: string) =>
  new CompileError('empty-model', { file }, 'is empty. Export the model again.')
export const modelTooLarge = (file: string, bytes: number, most: number) =>
  new CompileError(
    'model-too-large',
    { file },
    `has ${bytes} bytes, and a model file may have ${most}. Train fewer or smaller trees.`,
  )
export const unknownModel = (file: string) =>
  new CompileError('unknown-model', { file }, `is no model file that emp-compile knows. ${formats}.`)
/** A format that is known and not read. */
export const refusedModel = (file: string, code: string, what: string, wayRound: string) =>
  new CompileError(`refused-${code}`, { file }, `is ${what}, which emp-compile does not read. ${wayRound}`)

// How it is written
export const malformedModel = (file: string, path: string, found: unknown, takes: string) =>
  new CompileError(
    'malformed-model',
    { file },
    `${path === '' ? 'it' : path} is ${show(found)}, where ${takes} has to stand. The file is damaged or was edited: export the model again.`,
  )
export const notJson = (file: string, reason: string) =>
  new CompileError('malformed-model', { file }, `is no well-formed JSON (${reason}). Export the model again.`)
export const damagedModel = (file: string, offset: number, reason: string) =>
  new CompileError(
    'malformed-model',
    { file },
    `is damaged at byte ${offset}: ${reason}. Copy it in binary mode, or export the model again.`,
  )
export const damagedLine = (file: string, line: number, found: string, takes: string) =>
  new CompileError(
    'malformed-model',
    { file, line },
    `${quote(found)} stands where ${takes} has to stand. Export the model again.`,
  )
export const beyondLimit = (file: string, path: string, what: string, found: number, most: number) =>
  new CompileError(
    'beyond-limit',
    { file },
    `${path}: ${found} ${what}, but a model may have at most ${most}. Train a smaller model.`,
  )
export const notATree = (file: string, path: string, node: number, reason: string) =>
  new CompileError(
    'not-a-tree',
    { file },
    `${path}: node ${node} ${reason}. The file is damaged or was edited: export the model again.`,
  )

// What it asks for
/** A model that is read but for one thing in it. */
export const unsupported = (file: string, what: string, wayRound: string) =>
  new CompileError('unsupported-model', { file }, `has ${what}, which emp-compile does not compile. ${wayRound}`)
export const unknownObjective = (file: string, objective: string) =>
  new CompileError(
    'unknown-objective',
    { file },
    `was trained for ${quote(objective)}, and emp-compile does not know what its scores mean. Say it with --link.`,
  )
export const noSuchRounds = (file: string, rounds: number, all: number) =>
  new CompileError(
    'no-such-rounds',
    { file },
    `has ${all} rounds, so --rounds ${rounds} cannot be taken. Take 1 to ${all}, or best, or all.`,
  )
export const ambiguousAverage = (file: string) =>
  new CompileError(
    'ambiguous-average',
    { file },
    'is a LightGBM random forest of version v2. Before LightGBM 2.2 its leaves held probabilities, later raw scores, and the file does not say which. Give the predictions of LightGBM itself with --expect, which decides it, or train with LightGBM 3 or later.',
  )

// Grids
export const noGrid = (column: string) =>
  new CompileError(
    'no-grid',
    null,
    `there is no Grid for the column ${quote(column)}, on which the model splits. Declare its "minimum", "maximum" and "step" in the schema.`,
  )
export const refusedValue = (column: string, value: string | number | null) =>
  new CompileError(
    'refused-value',
    null,
    `the model refuses ${value === null ? 'a missing value' : show(value)} for the column ${quote(column)}, which the schema admits. Take it out of the schema, or train the model with it.`,
  )

// Columns
const list = (texts: readonly string[]) => upToTen(texts.map(quote))
export const unnamedColumns = (count: number, names: readonly string[]) =>
  new CompileError(
    'unnamed-columns',
    null,
    `the model does not name its ${count} columns, and their order decides. Name them in that order with --columns; the data have ${list(names)}.`,
  )
export const unmatchedColumns = (wanted: readonly string[], count: number, names: readonly string[]) =>
  new CompileError(
    'unmatched-columns',
    null,
    `the model takes ${count} columns; ${list(wanted)} cannot be matched with the data, which have ${list(names)}. Rename them in the data, or name the model's columns in its order with --columns.`,
  )

// From a foreign model to one of ours
export const answersNeed = (count: number) =>
  `the names of its ${count} answers, in its order, which the file does not have: --answers no,yes`
export const expectNeed =
  "if you can, the library's own predictions of the same rows, which are compared: --expect predictions.csv"
export const answersGridNeed =
  'the numbers that clients may be told, which are published: --target NAME, a column of numbers of the data, or a field of the schema with "minimum", "maximum" and "step"'
export const meaningNeed =
  'what its sum means: --link logistic with --answers no,yes, --link identity or exponential for a number, or of Cox\u2019s model --baseline 0.92, the share of people whose sum is 0 that has had no event at the --horizon'
export const noBaseline = (horizon: string) =>
  new CompileError(
    'bad-option',
    null,
    `\u2e28horizon\u2e29 is ${quote(horizon)}, but without \u2e28baseline\u2e29 nothing is said of it: give the share of people whose sum is 0 that has had no event until then.`,
  )
export const linkOfCoefficients = (link: string) =>
  new CompileError(
    'bad-option',
    null,
    `\u2e28link\u2e29 is ${quote(link)}, but of a table of coefficients it takes identity, logistic or exponential.`,
  )
/** One error lists all that an import lacks. */
export const importNeeds = (file: string, needs: readonly string[]) =>
  new CompileError(
    'import-needs',
    { file },
    `cannot be imported yet. It needs:\n${needs.map((need) => `  - ${need}`).join('\n')}`,
  )
export const notCoded = () =>
  new CompileError(
    'bad-option',
    null,
    '\u2e28cuts\u2e29 is "schema", but the schema has no "cuts" for every column of numbers. emp-compile code writes such a schema.',
  )
export const badCutMode = (given: string, most: number) =>
  new CompileError(
    'bad-option',
    null,
    `\u2e28cuts\u2e29 is ${quote(given)}, but takes even:N, log:N, used+decoys:N (N from 1 to ${most}), used, or schema for columns that emp-compile code has coded.`,
  )
export const noPublicRange = (column: string, what: string) =>
  new CompileError(
    'no-grid',
    null,
    `the schema does not say what may stand in the column ${quote(column)}: give it ${what}, or rows with --data.`,
  )
export const notASum = (file: string, what: string) =>
  new CompileError(
    'unsupported-model',
    { file },
    `is ${what}, which is not compiled as a sum of trees. Train it here, or as trees.`,
  )
export const noSuchLink = (file: string, link: string, wayRound: string) =>
  new CompileError(
    'unsupported-model',
    { file },
    `has scores that mean ${link}, which clients cannot show. ${wayRound}`,
  )
export const wrongAnswers = (given: readonly string[], wanted: number) =>
  new CompileError(
    'bad-option',
    null,
    `\u2e28answers\u2e29 names ${given.length}, but the model has ${wanted}: name them in its order, by commas.`,
  )
export const tooManyChanged = (mode: string, changed: number, rows: number) =>
  new CompileError(
    'cuts-change-answers',
    null,
    `with \u2e28cuts\u2e29 ${mode} ${changed} of ${rows} answers change. Take more cuts, train on the coded columns, or say \u2e28accept-changes\u2e29.`,
  )
export const scoresTooLarge = (file: string, unit: number) =>
  new CompileError(
    'scores-too-large',
    { file },
    `has scores that do not fit 32 bits in steps of ${1 / unit}. Take a larger \u2e28score-step\u2e29.`,
  )
export const unexpected = (
  place: { file: string; line: number },
  column: string,
  expected: number,
  given: number,
  where: string,
) =>
  new CompileError(
    'not-as-expected',
    place,
    `${column} is ${expected}, but the model gives ${given}${where}. Are the columns in the order of training, and the rounds and the link the right ones?`,
  )
export const expectedRows = (file: string, found: number, wanted: number) =>
  new CompileError(
    'not-as-expected',
    { file },
    `has ${found} rows, but the data have ${wanted}. Give a prediction for every row.`,
  )
export const expectedColumns = (file: string, names: readonly string[]) =>
  new CompileError(
    'not-as-expected',
    { file },
    `has no column named score or probability, nor one for every answer. It has ${list(names)}.`,
  )
export const treeTooLarge = (file: string, most: number) =>
  new CompileError(
    'beyond-limit',
    { file },
    `has over ${most} leaves once missing values go their own way. Train a smaller tree, fill the gaps before it, or compile it with \u2e28reveal\u2e29 score if it answers numbers.`,
  )
export const notStraight = (file: string, column: string, value: string) =>
  new CompileError(
    'unsupported-model',
    { file },
    `does not take the column ${JSON.stringify(column)} as a straight line: at ${value} it bends, or refuses it. Narrow its range with "minimum" and "maximum" in the schema.`,
  )
export const missingRefused = (file: string, column: string) =>
  new CompileError(
    'unsupported-model',
    { file },
    `has no number for a missing value of the column ${JSON.stringify(column)}. Leave these rows out, or train it with an imputer.`,
  )
export const tooDeep = (file: string, layers: number) =>
  new CompileError(
    'unsupported-model',
    { file },
    `is a network of ${layers} hidden layers, and 2 at most are multiplied out. Train one with fewer layers, or here with --model network.`,
  )
export const tooManyProducts = (file: string, products: number, most: number) =>
  new CompileError(
    'unsupported-model',
    { file },
    `comes to ${products} products in all, and ${most} at most are sent. Train it on fewer columns, or with coarser levels.`,
  )
