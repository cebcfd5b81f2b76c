/**
 * Writes what reviewers of a model want to know, as Markdown, on standard output: how good it is on rows not seen, how well its
 * chances fit, and who learns what. It reads the report of a compiled model, and nothing else.
 *
 *     node comment.mjs generated/<model> [stale files]
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const [directory = '', stale = ''] = process.argv.slice(2)
const model = JSON.parse(readFileSync(join(directory, 'report/model.json'), 'utf8'))
const card = readFileSync(join(directory, 'report/MODEL_CARD.md'), 'utf8')

const names = {
  accuracy: 'accuracy',
  balancedAccuracy: 'balanced accuracy',
  rocAuc: 'AUC',
  logLoss: 'log loss',
  brier: 'Brier score',
  rmse: 'RMSE',
  mae: 'MAE',
  r2: 'R²',
}
const figures = model.figures ?? {}
const heldOut = figures.heldOut?.pooled ?? {}
const number = (value) => (typeof value === 'number' ? String(Number(value.toPrecision(3))) : '')
const rows = Object.entries(names)
  .filter(([key]) => typeof heldOut[key] === 'number' || typeof figures.training?.[key] === 'number')
  .map(([key, name]) => `| ${name} | ${number(heldOut[key])} | ${number(figures.training?.[key])} |`)

/** The numbers of a calibration, wherever the report has one: slope, intercept, errors. */
function calibrationOf(part, path = []) {
  return Object.entries(part ?? {}).flatMap(([key, value]) => {
    const inside = [...path, key]
    if (typeof value === 'number') return path.some((one) => /calibration/i.test(one)) ? [[inside, value]] : []
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? calibrationOf(value, inside) : []
  })
}
const calibration = calibrationOf(figures).map(([path, value]) => `| ${path.slice(-1)[0]} | ${number(value)} |  |`)
const learns = /## Who learns what\n([\s\S]*?)(?=\n[^|\n]|\n## |$)/.exec(card)?.[1]?.trim() ?? ''
const state = stale === '' ? 'The modules are up to date.' : `**Stale: ${stale}.** Compile again and commit the result.`

console.log(`### ${model.name}: ${model.family}, \`${model.reveal}\`

${state}

| figure | rows not seen | training rows |
| --- | --- | --- |
${[...rows, ...calibration].join('\n')}

**Who learns what**

${learns}

<details><summary>Leakage, as numbers</summary>

\`\`\`json
${JSON.stringify(model.leakage, null, 2)}
\`\`\`

</details>`)
