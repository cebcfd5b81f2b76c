import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { ForeignRow } from '../../compiler/2-import/foreign.ts'
import { predictForeign } from '../../compiler/2-import/predict.ts'
import { readForeign } from '../../compiler/2-import/read.ts'
import { pythonWith, runScript, testWithPython } from './python.ts'
import { expectNear, root } from './support.ts'

interface Case {
  readonly name: string
  readonly rows: readonly ForeignRow[]
  readonly answer: readonly (string | number)[]
  readonly probability?: readonly number[][]
  readonly raw?: readonly (number | number[])[]
}

/** What export_sklearn.py says to models that it does not write. */
const refusals: Record<string, RegExp> = {
  'several targets': /one model per target/,
  'its own beginning': /init=None/,
  AdaBoost: /AdaBoostClassifier is no estimator/,
  PolynomialFeatures: /PolynomialFeatures stands in front/,
  PowerTransformer: /PowerTransformer stands in front/,
}

testWithPython(pythonWith('sklearn'), 'python3-sklearn', async (python) => {
  const folder = mkdtempSync(join(tmpdir(), 'export-sklearn-'))
  const script = join(root, 'test/2-import/train_sklearn.py')
  try {
    const complaints = await runScript(
      python,
      script,
      join(root, 'compiler/2-import/sklearn'),
      join(root, 'datasets'),
      folder,
    )
    expect(complaints).toBe('')
    const { cases, errors, version } = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'))
    console.log(`scikit-learn ${version}: ${cases.length} models`)
    expect(cases.length).toBeGreaterThan(38)
    for (const one of cases as Case[]) {
      const file = `${one.name}.json`
      compare(one, file, readFileSync(join(folder, file)))
    }
    for (const [name, words] of Object.entries(refusals)) expect(errors[name]).toMatch(words)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/** Trees: scores and shares to the last bit. Matrix products: within 1e-12, as their order of additions is BLAS's. */
function compare({ name, rows, answer, probability, raw }: Case, file: string, bytes: Uint8Array): void {
  const model = readForeign(file, bytes)
  const predictions = rows.map((row) => predictForeign(model, row))
  const trees = model.body.kind === 'trees'
  const within = trees ? 1e-15 : 1e-12
  const { outcome } = model
  if (outcome.kind === 'number') {
    const numbers = predictions.map(({ values }) => Number(values[0]))
    if (trees && model.link.kind === 'identity') expect(numbers, name).toEqual(answer)
    expectNear(numbers, answer, within)
    return
  }
  const { answers } = outcome
  expect(
    predictions.map(({ answer }) => answers?.[Number(answer)]),
    name,
  ).toEqual(answer)
  const shares = predictions.map(({ values }) =>
    values.length === 1 ? [1 - Number(values[0]), Number(values[0])] : values,
  )
  if (trees && model.link.kind === 'share') expect(shares, name).toEqual(probability)
  expectNear(shares, probability ?? [], within)
  const scores = predictions.map(({ scores }) => (scores.length === 1 ? Number(scores[0]) : [...scores]))
  if (raw !== undefined && trees) expect(scores, name).toEqual(raw)
  if (raw !== undefined) expectNear(scores, raw, within)
}
