/**
 * Reading and training at size, each table in a process of its own for its peak memory, in CPU time; and where Python has
 * scikit-learn and pandas, and R has rpart, theirs on the same rows beside it.
 */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { read } from '../compiler/1-read/read.ts'
import { fitTree } from '../compiler/2-train/fit.ts'
import { defaultTrainOptions } from '../compiler/2-train/options.ts'
import { trainTree } from '../compiler/2-train/train.ts'
import { seededRandom } from '../compiler/folds.ts'

interface Measured {
  readonly readS: number
  readonly trainS: number
  /** The default recipe, which prunes by cross-validation; null where it is not measured. */
  readonly pruneS: number | null
  readonly peakMB: number
}

interface TrainingResult extends Measured {
  readonly data: string
  readonly rows: number
  readonly features: number
  readonly readMBs: number
  readonly sklearnFitS: number | null
  readonly sklearnPeakMB: number | null
  readonly rpartPruneS: number | null
}

interface Subject {
  readonly data: 'codes' | 'decimals'
  readonly rows: number
  readonly features: number
  /** Of the numbers. */
  readonly places: number
  readonly prunes: boolean
}

const depth = 10
const subjects: readonly Subject[] = [
  { data: 'codes', rows: 20_000, features: 13, places: 0, prunes: true },
  { data: 'codes', rows: 100_000, features: 13, places: 0, prunes: false },
  { data: 'codes', rows: 300_000, features: 13, places: 0, prunes: false },
  { data: 'codes', rows: 1_000_000, features: 13, places: 0, prunes: false },
  { data: 'decimals', rows: 100_000, features: 13, places: 5, prunes: false },
  { data: 'decimals', rows: 100_000, features: 200, places: 3, prunes: false },
  { data: 'decimals', rows: 500, features: 10_000, places: 5, prunes: false },
]
const self = fileURLToPath(import.meta.url)

export async function trainingSection(print: (line: string) => void): Promise<TrainingResult[]> {
  const directory = await mkdtemp(join(tmpdir(), 'emp-bench-'))
  const results: TrainingResult[] = []
  print(`training: CPU seconds of one thread, depth ${depth}; peak memory of the whole process, reading and fitting`)
  print(
    'data          rows features  read s   MB/s  train s  sklearn  ratio  prune s    rpart  ratio  peak MB  sklearn  ratio',
  )
  try {
    for (const subject of subjects) {
      const file = join(directory, `${subject.data}-${subject.rows}-${subject.features}.csv`)
      await writeRows(file, subject)
      const result = await measureSubject(file, subject)
      results.push(result)
      print(describe(result))
      await rm(file)
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
  return results
}

async function measureSubject(file: string, { data, rows, features, prunes }: Subject): Promise<TrainingResult> {
  const args = ['--single-threaded', self, file, ...(prunes ? ['prune'] : [])]
  const own = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Measured
  const megabytes = (await stat(file)).size / 1e6
  return {
    data,
    rows,
    features,
    ...own,
    readMBs: megabytes / own.readS,
    ...sklearn(file),
    rpartPruneS: prunes ? rpart(file) : null,
  }
}

function describe(result: TrainingResult): string {
  const { data, rows, features, readS, readMBs, trainS, pruneS, peakMB } = result
  const { sklearnFitS, sklearnPeakMB, rpartPruneS } = result
  const ratio = (own: number | null, other: number | null) =>
    own === null || other === null ? '' : (own / other).toFixed(2)
  const seconds = (value: number | null) => value?.toFixed(2) ?? '-'
  const cells: [string | number, number][] = [
    [rows, 10],
    [features, 9],
    [readS.toFixed(2), 8],
    [readMBs.toFixed(0), 7],
    [trainS.toFixed(2), 9],
    [seconds(sklearnFitS), 9],
    [ratio(trainS, sklearnFitS), 7],
    [seconds(pruneS), 9],
    [seconds(rpartPruneS), 9],
    [ratio(pruneS, rpartPruneS), 7],
    [peakMB.toFixed(0), 9],
    [sklearnPeakMB?.toFixed(0) ?? '-', 9],
    [ratio(peakMB, sklearnPeakMB), 7],
  ]
  return data.padEnd(8) + cells.map(([cell, width]) => String(cell).padStart(width)).join('')
}

async function writeRows(path: string, { data, rows, features, places }: Subject): Promise<void> {
  const file = createWriteStream(path)
  const [header, line] = data === 'codes' ? codes(seededRandom(1)) : decimals(seededRandom(1), features, places)
  file.write(`${header}\n`)
  const batch = Math.max(1, Math.floor(100_000 / features))
  for (let row = 0; row < rows; ) {
    let text = ''
    for (const end = Math.min(rows, row + batch); row < end; row++) text += `${line()}\n`
    if (!file.write(text)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}

/** Records on the grids of heart disease with a target that depends on them by chance: there is always something to divide. */
function codes(random: () => number): readonly [string, () => string] {
  const whole = (low: number, high: number) => low + Math.floor(random() * (high - low + 1))
  const header = 'age,sex,cp,trestbps,chol,fbs,restecg,thalach,exang,oldpeak,slope,ca,thal,target'
  return [
    header,
    () => {
      const [age, sex, cp, trestbps, chol] = [whole(29, 77), whole(0, 1), whole(1, 4), whole(94, 200), whole(126, 564)]
      const [fbs, restecg, thalach, exang] = [whole(0, 1), whole(0, 2), whole(71, 202), whole(0, 1)]
      const [oldpeak, slope, ca, thal] = [whole(0, 62) / 10, whole(1, 3), whole(0, 3), [3, 6, 7][whole(0, 2)] ?? 3]
      const risk = (thal > 3 ? 1.5 : 0) + (cp === 4 ? 1.2 : 0) + 0.8 * ca + 0.3 * oldpeak + (150 - thalach) / 40
      const chance = 1 / (1 + Math.exp(2.2 - risk - (age - 55) / 20 - (chol - 250) / 200))
      const target = random() < chance ? 1 : 0
      return `${age},${sex},${cp},${trestbps},${chol},${fbs},${restecg},${thalach},${exang},${oldpeak},${slope},${ca},${thal},${target}`
    },
  ]
}

/** Normal numbers, the first five of which decide the target by chance. */
function decimals(random: () => number, features: number, places: number): readonly [string, () => string] {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const header = [...Array.from({ length: features }, (_, i) => `x${i}`), 'target'].join(',')
  return [
    header,
    () => {
      const numbers = Array.from({ length: features }, normal)
      const sum = numbers.slice(0, 5).reduce((a, b) => a + b, 0)
      const target = random() < 1 / (1 + Math.exp(-sum)) ? 1 : 0
      return `${numbers.map((number) => number.toFixed(places)).join(',')},${target}`
    },
  ]
}

/** What scikit-learn's fit takes, and its process with pandas; null where they are not installed. */
function sklearn(file: string): Pick<TrainingResult, 'sklearnFitS' | 'sklearnPeakMB'> {
  const program = `
import json, resource, sys, time
import numpy, pandas
from sklearn.tree import DecisionTreeClassifier
table = pandas.read_csv(sys.argv[1])
features, target = table.iloc[:, :-1].to_numpy(numpy.float32), table.iloc[:, -1].to_numpy()
del table
started = time.process_time()
DecisionTreeClassifier(max_depth=${depth}, random_state=0).fit(features, target)
fit = time.process_time() - started
print(json.dumps({"sklearnFitS": fit, "sklearnPeakMB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
`
  for (const python of ['python3', '/usr/bin/python3']) {
    const output = outputOf(python, ['-c', program, file])
    if (output !== null) return JSON.parse(output) as Pick<TrainingResult, 'sklearnFitS' | 'sklearnPeakMB'>
  }
  return { sklearnFitS: null, sklearnPeakMB: null }
}

/** CPU seconds of rpart with its ten-fold cross-validation, grown and bounded as the default recipe; null where R has none. */
function rpart(file: string): number | null {
  const program = `
library(rpart)
table <- read.csv(commandArgs(TRUE)[1])
table$target <- factor(table$target)
control <- rpart.control(xval = 10, cp = 0, minbucket = 5, minsplit = 10, maxdepth = 30, maxsurrogate = 0, maxcompete = 0)
cat(system.time(rpart(target ~ ., table, control = control))[["user.self"]])
`
  const output = outputOf('Rscript', ['-e', program, file])
  return output === null ? null : Number(output)
}

/** What a program prints; null if it is not there, or fails. */
function outputOf(program: string, args: readonly string[]): string | null {
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env })
  } catch {
    return null
  }
}

/** The child process: reads and trains once, and prints what it took. */
async function measureOne(file: string, prunes: boolean): Promise<void> {
  let before = process.cpuUsage()
  const lap = () => {
    const { user, system } = process.cpuUsage(before)
    before = process.cpuUsage()
    return (user + system) / 1e6
  }
  const table = await read({ csv: file, schema: null, target: null })
  const readS = lap()
  trainTree(table, { ...defaultTrainOptions, maxDepth: depth, minSamplesLeaf: 1, prune: null })
  const trainS = lap()
  const peakMB = process.resourceUsage().maxRSS / 1024
  if (prunes) fitTree(table, defaultTrainOptions)
  console.log(JSON.stringify({ readS, trainS, pruneS: prunes ? lap() : null, peakMB }))
}

if (process.argv[1] === self) await measureOne(process.argv[2] ?? '', process.argv[3] === 'prune')
