/** The tables of README.md: every family and what it reveals, on heart disease, as its report and `emp-compile bench` say it. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../../compiler/cli/main.js', import.meta.url))
const data = 'datasets/heart-disease.csv'

/** How each model is made; those with a directory are compiled and in the repository. */
const recipes: readonly {
  readonly model: string
  readonly reveal: string
  readonly directory?: string
  readonly words?: readonly string[]
  readonly learns: string
}[] = [
  {
    model: 'tree',
    reveal: 'signs',
    directory: 'generated/heart-disease',
    learns: 'the outcomes of all tests, not of one path alone; the tree without its thresholds',
  },
  {
    model: 'tree',
    reveal: 'label',
    directory: 'generated/heart-disease-label',
    learns: 'the answer',
  },
  {
    model: 'additive',
    reveal: 'label',
    directory: 'generated/heart-disease-points',
    learns: 'the answer',
  },
  {
    model: 'additive',
    reveal: 'score',
    words: [data, '--model', 'additive'],
    learns: 'the sum of points, and its probability',
  },
  {
    model: 'linear',
    reveal: 'score',
    directory: 'generated/heart-disease-linear',
    learns: 'the score, and its probability',
  },
  {
    model: 'network',
    reveal: 'score',
    words: [data, '--model', 'network'],
    learns: 'the score, and its probability',
  },
  {
    model: 'boosted',
    reveal: 'score',
    directory: 'generated/heart-disease-boosted',
    learns: 'the score, and its probability',
  },
]

interface Measured {
  readonly model: string
  readonly reveal: string
  readonly learns: string
  /** On rows not seen. */
  readonly accuracy: number
  readonly ms: Readonly<Record<'key' | 'seal' | 'evaluate' | 'open', number>>
  readonly up: number
  readonly down: number
  readonly perMillion: number
}

const run = (...words: string[]): string =>
  execFileSync(process.execPath, [command, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

function measureAll(folder: string): readonly Measured[] {
  return recipes.map(({ model, reveal, directory, words, learns }) => {
    const place = directory ?? join(folder, `${model}-${reveal}`)
    if (words !== undefined) {
      run(...words, '--name', `${model}-${reveal}`, '--reveal', reveal, '--out', place)
    }
    const { figures } = JSON.parse(readFileSync(join(place, 'report/model.json'), 'utf8'))
    const { ms, planned, perMillion } = JSON.parse(run('bench', place, '--repeats', '15', '--json'))
    const { accuracy } = figures.heldOut.pooled
    const { requestBytes: up, replyBytes: down } = planned
    return { model, reveal, learns, accuracy, ms, up, down, perMillion }
  })
}

const milliseconds = (value: number) => (value < 10 ? value.toFixed(1) : value.toFixed(0))
const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1)

/** A Markdown table whose columns are as wide as their cells; the first `left` columns are of words. */
function table(rows: readonly (readonly string[])[], words: readonly number[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => (words.includes(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`
  const [header = [], ...others] = rows
  const rule = widths.map((width, i) => (words.includes(i) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(header), `| ${rule.join(' | ')} |`, ...others.map(line)].join('\n')
}

function overview(models: readonly Measured[]): string {
  const rows = models.map(({ model, reveal, learns, accuracy, ms, up, down }) => [
    `\`${model}\`, \`${reveal}\``,
    `${(100 * accuracy).toFixed(1)} %`,
    `${kilobytes(up)} + ${kilobytes(down)}`,
    milliseconds(ms.key + ms.seal + ms.open),
    milliseconds(ms.evaluate),
    learns,
  ])
  const header = [
    '`--model`, `--reveal`',
    'accuracy',
    'kB up + down',
    'client CPU ms',
    'server CPU ms',
    'the client learns',
  ]
  return table([header, ...rows], [0, 5])
}

function costs(models: readonly Measured[]): string {
  const rows = models.map(({ model, reveal, ms, up, down, perMillion }) => [
    `\`${model}\`, \`${reveal}\``,
    ...[ms.key, ms.seal, ms.open, ms.evaluate].map(milliseconds),
    String(up),
    String(down),
    perMillion.toFixed(2),
  ])
  const header = ['', 'make a key', 'seal', 'open', 'evaluate', 'bytes up', 'bytes down', '$ per million']
  return table([header, ...rows], [0])
}

/** Both tables, by name. */
export function modelTables(): { readonly models: string; readonly costs: string; readonly machine: string } {
  const folder = mkdtempSync(join(tmpdir(), 'emp-compile-models-'))
  try {
    const measured = measureAll(folder)
    const machine = `Measured on one core of ${cpus()[0]?.model.trim() ?? 'this machine'}, Node ${process.versions.node.split('.')[0]}.`
    return { models: overview(measured), costs: costs(measured), machine }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
