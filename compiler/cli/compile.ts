import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Argv, CommandModule } from 'yargs'
import { summary } from '../report/summary.ts'
import { staleFiles, writeFiles } from './output.ts'
import { progress } from './progress.ts'
import { measureOptionsOf, type RecipeArguments, recipeOptions, trainOptionsOf } from './recipe.ts'
import { readPublicKey } from './reply-key.ts'
import { type RevealArguments, revealOptions, revealOptionsOf } from './reveal.ts'

interface CompileArguments extends InputArguments, RecipeArguments, RevealArguments {
  readonly name: string | undefined
  readonly out: string | undefined
  readonly 'reply-key': string | undefined
  readonly check: boolean
  readonly json: boolean
}

export const compileCommand: CommandModule<object, CompileArguments> = {
  command: '$0 <csv>',
  describe: 'train a decision tree on a CSV, and compile it into a client and a server module',
  builder: (argv) =>
    revealOptions(recipeOptions(inputOptions(argv)))
      .option('name', { type: 'string', describe: 'name of the model', defaultDescription: "the CSV's name" })
      .option('out', { type: 'string', describe: 'directory to write', defaultDescription: 'generated/<name>' })
      .option('reply-key', {
        type: 'string',
        describe: 'PEM of the key that signs replies; its public part is pinned in the client',
        defaultDescription: 'replies are not signed',
      })
      .option('check', { type: 'boolean', default: false, describe: 'write nothing; exit 1 if the output is stale' })
      .option('json', { type: 'boolean', default: false, describe: 'report as JSON' })
      .config('config', 'recipe: the same options as JSON')
      .requiresArg(['name', 'out', 'reply-key', 'config'])
      .example('$0 datasets/heart-disease.csv', 'writes generated/heart-disease/')
      .example('$0 train.csv --target outcome --max-depth 4', '')
      .example('$0 train.csv --reveal label', 'clients learn the answer, and nothing of the tree'),
  handler: run,
}

interface InputArguments {
  readonly csv: string
  readonly target: string | undefined
  readonly schema: string | undefined
  readonly delimiter: string | undefined
  readonly task: 'classification' | 'regression' | undefined
  readonly drop: string | undefined
  readonly categorical: string | undefined
  readonly 'sample-weight': string | undefined
}

/** The options that say how a CSV is read. */
function inputOptions<T>(argv: Argv<T>) {
  return argv
    .positional('csv', { type: 'string', demandOption: true, describe: 'training data, one header line' })
    .option('target', { type: 'string', describe: 'column to predict', defaultDescription: 'the last one' })
    .option('schema', { type: 'string', describe: 'Table Schema', defaultDescription: '<csv>.schema.json, if there' })
    .option('delimiter', { type: 'string', describe: 'cell delimiter', defaultDescription: 'seen from the header' })
    .option('task', {
      choices: ['classification', 'regression'] as const,
      describe: 'what the target is',
      defaultDescription: 'regression for over 10 different numbers',
    })
    .option('drop', { type: 'string', describe: 'columns to leave out, by commas' })
    .option('categorical', { type: 'string', describe: 'columns of numbers that are codes, by commas' })
    .option('sample-weight', { type: 'string', describe: 'column that says how much each row counts' })
    .requiresArg(['target', 'schema', 'delimiter', 'task', 'drop', 'categorical', 'sample-weight'])
}

/** Names by commas, or as a list of a recipe file. */
const names = (given: string | readonly string[] | undefined): readonly string[] =>
  typeof given === 'string' ? given.split(',').map((name) => name.trim()) : (given ?? [])

async function run(options: CompileArguments): Promise<void> {
  const model = options.name ?? modelName(options.csv)
  const directory = options.out ?? join('generated', model)
  const replyKey = options['reply-key'] === undefined ? undefined : await readPublicKey(options['reply-key'])
  // Loaded here, as it brings TypeScript's parser along, which no other command needs.
  const { compile } = await import('../index.ts')
  const size = await stat(options.csv).then(
    (status) => status.size,
    () => 0,
  )
  const bar = progress('reading, MB', Math.ceil(size / 1e6))
  let bytes = 0
  const compiled = await compile({
    onBytes: (count) => {
      bytes += count
      bar.step(Math.floor(bytes / 1e6))
      if (bytes >= size) bar.end()
    },
    csv: options.csv,
    target: options.target ?? null,
    schema: options.schema ?? null,
    delimiter: options.delimiter ?? null,
    task: options.task ?? null,
    drop: names(options.drop),
    categorical: names(options.categorical),
    sampleWeight: options['sample-weight'] ?? null,
    ...trainOptionsOf(options),
    ...revealOptionsOf(options),
    measure: measureOptionsOf(options),
    model,
    ...(replyKey === undefined ? {} : { replyKey }),
  })
  const { table, path, plan, figures, files, lines } = compiled
  if (options.check) {
    const stale = await staleFiles(directory, files)
    if (options.json) console.log(JSON.stringify({ model, directory, stale }))
    else if (stale.length === 0) console.log(`${directory} is up to date.`)
    else console.log(`${directory} is stale: ${stale.join(', ')}. Run the same command without --check.`)
    process.exitCode = stale.length === 0 ? 0 : 1
    return
  }
  await writeFiles(directory, files)
  if (options.json) {
    const { cost, leakage } = plan
    const written = [...files.keys()].map((file) => join(directory, file))
    console.log(
      JSON.stringify(
        {
          model,
          rows: table.rows,
          figures: { ...figures, heldOut: figures.heldOut?.spreads ?? null },
          path,
          cost,
          leakage,
          written,
        },
        null,
        2,
      ),
    )
  } else {
    console.log(summary(lines, directory, Math.min(110, process.stdout.columns ?? 110)))
  }
}

/** `Heart disease.csv` -> `heart-disease`. */
function modelName(csv: string): string {
  const slug = basename(csv)
    .replace(/\.[^.]*$/, '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return slug.slice(0, 64) || 'model'
}
