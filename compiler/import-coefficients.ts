import { basename } from 'node:path'
import { readSchema } from './1-read/schema.ts'
import { type CoefficientMeaning, coefficientModel } from './2-import/coefficients.ts'
import { importNeeds, linkOfCoefficients } from './2-import/errors.ts'
import { type CompiledImport, compileRead, type ImportOptions } from './import.ts'

export interface CoefficientImport extends ImportOptions, Pick<CoefficientMeaning, 'baseline' | 'horizon'> {
  /** The Table Schema of the columns. */
  readonly schema: string
}

/**
 * A table of coefficients and a schema -> a linear model -> two modules and a report. Writes nothing.
 *
 * @throws {CompileError}
 */
export async function compileCoefficients(options: CoefficientImport): Promise<CompiledImport> {
  const { file, bytes, schema: path, answers, baseline, horizon, read } = options
  const schema = await readSchema(basename(path), path, true)
  if (schema === null) throw new TypeError('a schema that has to be there')
  const link = read.link?.kind ?? null
  if (link !== null && link !== 'identity' && link !== 'logistic' && link !== 'exponential') {
    throw linkOfCoefficients(link)
  }
  const { model, needs } = coefficientModel(file, new TextDecoder().decode(bytes), schema, {
    ...{ link, baseline, horizon, answers },
  })
  if (model === null) throw importNeeds(file, [needs])
  return compileRead(options, model)
}
