/**
 * Reading and training at size: seeded rows on the grids of heart disease, each size in a process of its own for its
 * peak memory; and where Python has scikit-learn, its fit on the same rows beside it.
 */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { read } from '../compiler/1-read/read.ts'
import { seededRandom } from '../compiler/2-train/folds.ts'
import { defaultTrainOptions } from '../compiler/2-train/options.ts'
import { train } from '../compiler/2-train/train.ts'

interface TrainingResult {
  readonly rows: number
  readonly features: number
  readonly depth: number
  readonly megabytes: number
  readonly readS: number
  readonly trainS: number
  readonly peakMB: number
  readonly sklearnFitS: number | null
}

const depth = 10
const sizes = [100_000, 300_000, 1_000_000]
const self = fileURLToPath(import.meta.url)

export async function trainingSection(print: (line: string) => void): Promise<TrainingResult[]> {
  const directory = await mkdtemp(join(tmpdir(), 'emp-bench-'))
  const results: TrainingResult[] = []
  print(`training: rows on the grids of heart disease, 13 features, depth ${depth}; peak memory of the whole process`)
  print('     rows     MB   read s   MB/s  train s  total s  peak MB  scikit-learn fit s  ratio')
  try {
    for (const rows of sizes) {
      const file = join(directory, `rows-${rows}.csv`)
      await writeRows(file, rows)
      const output = execFileSync(process.execPath, [self, file], { encoding: 'utf8' })
      const own = JSON.parse(output) as Pick<TrainingResult, 'readS' | 'trainS' | 'peakMB'>
      const megabytes = (await stat(file)).size / 1e6
      const result = { rows, features: 13, depth, megabytes, ...own, sklearnFitS: sklearnFit(file) }
      results.push(result)
      print(describe(result))
      await rm(file)
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
  return results
}

function describe({ rows, megabytes, readS, trainS, peakMB, sklearnFitS }: TrainingResult): string {
  const cells: [string | number, number][] = [
    [rows, 9],
    [megabytes.toFixed(1), 7],
    [readS.toFixed(2), 9],
    [(megabytes / readS).toFixed(0), 7],
    [trainS.toFixed(2), 9],
    [(readS + trainS).toFixed(2), 9],
    [peakMB.toFixed(0), 9],
    [sklearnFitS?.toFixed(2) ?? 'not there', 20],
    [sklearnFitS === null ? '' : `1/${(sklearnFitS / trainS).toFixed(1)}`, 7],
  ]
  return cells.map(([cell, width]) => String(cell).padStart(width)).join('')
}

/** Records with a target that depends on them by chance: a tree of any depth finds something to divide. */
async function writeRows(path: string, rows: number): Promise<void> {
  const random = seededRandom(1)
  const whole = (low: number, high: number) => low + Math.floor(random() * (high - low + 1))
  const file = createWriteStream(path)
  file.write('age,sex,cp,trestbps,chol,fbs,restecg,thalach,exang,oldpeak,slope,ca,thal,target\n')
  for (let row = 0; row < rows; ) {
    let text = ''
    for (const end = Math.min(rows, row + 10_000); row < end; row++) {
      const [age, sex, cp, trestbps, chol] = [whole(29, 77), whole(0, 1), whole(1, 4), whole(94, 200), whole(126, 564)]
      const [fbs, restecg, thalach, exang] = [whole(0, 1), whole(0, 2), whole(71, 202), whole(0, 1)]
      const [oldpeak, slope, ca, thal] = [whole(0, 62) / 10, whole(1, 3), whole(0, 3), [3, 6, 7][whole(0, 2)] ?? 3]
      const risk = (thal > 3 ? 1.5 : 0) + (cp === 4 ? 1.2 : 0) + 0.8 * ca + 0.3 * oldpeak + (150 - thalach) / 40
      const chance = 1 / (1 + Math.exp(2.2 - risk - (age - 55) / 20 - (chol - 250) / 200))
      const target = random() < chance ? 1 : 0
      text += `${age},${sex},${cp},${trestbps},${chol},${fbs},${restecg},${thalach},${exang},${oldpeak},${slope},${ca},${thal},${target}\n`
    }
    if (!file.write(text)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}

/** Seconds that scikit-learn's fit takes; null where it is not installed. */
function sklearnFit(file: string): number | null {
  const program = `
import sys, time
import numpy
from sklearn.tree import DecisionTreeClassifier
rows = numpy.loadtxt(sys.argv[1], delimiter=",", skiprows=1, dtype=numpy.float32)
features, target = numpy.ascontiguousarray(rows[:, :-1]), rows[:, -1]
started = time.perf_counter()
DecisionTreeClassifier(max_depth=${depth}, random_state=0).fit(features, target)
print(time.perf_counter() - started)
`
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      return Number(
        execFileSync(python, ['-c', program, file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
      )
    } catch {
      // Not there, or without scikit-learn.
    }
  }
  return null
}

/** The child process: reads and trains once, and prints what it took. */
async function measureOne(file: string): Promise<void> {
  const times = [performance.now()]
  const table = await read({ csv: file, schema: null, target: null, delimiter: null })
  times.push(performance.now())
  train(table, { ...defaultTrainOptions, maxDepth: depth, minSamplesLeaf: 1, prune: null })
  times.push(performance.now())
  const [start = 0, middle = 0, end = 0] = times
  const peakMB = process.resourceUsage().maxRSS / 1024
  console.log(JSON.stringify({ readS: (middle - start) / 1000, trainS: (end - middle) / 1000, peakMB }))
}

if (process.argv[1] === self) await measureOne(process.argv[2] ?? '')
