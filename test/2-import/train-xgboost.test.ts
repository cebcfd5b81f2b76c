import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { predictForeign } from '../../compiler/2-import/predict.ts'
import { readForeign } from '../../compiler/2-import/read.ts'
import { pythonWith, runScript, testWithPython } from './python.ts'
import { expectNear, root, scores, values } from './support.ts'

testWithPython(pythonWith('xgboost', 'pandas'), 'python3-xgboost and python3-pandas', async (python) => {
  const folder = mkdtempSync(join(tmpdir(), 'train-xgboost-'))
  try {
    const script = join(root, 'test/2-import/train_xgboost.py')
    const complaints = await runScript(python, script, join(root, 'datasets'), folder)
    expect(complaints).toBe('')
    const { version, cases } = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'))
    console.log(`XGBoost ${version}: ${cases.length} models`)
    expect(cases).toHaveLength(11)
    for (const { file, names, rows, margin, prediction } of cases) {
      const model = readForeign(file, readFileSync(join(folder, file)))
      expect(model.columns.map((column) => column.name)).toEqual(names)
      expect(scores(model, rows), file).toEqual(margin)
      if (file.startsWith('three classes, dart')) {
        expect(rows.map((row: number[]) => predictForeign(model, row).answer)).toEqual(prediction)
      } else expectNear(values(model, rows), prediction, 1e-6)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})
