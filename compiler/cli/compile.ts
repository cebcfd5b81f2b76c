import { basename, join } from 'node:path'
import type { Argv, CommandModule } from 'yargs'
import { defaultTrainOptions } from '../2-train/options.ts'
import { keyLengths } from '../3-lower/lower.ts'
import { summary } from '../report/summary.ts'
import { staleFiles, writeFiles } from './output.ts'

interface CompileArguments {
  readonly csv: string
  readonly target: string | undefined
  readonly schema: string | undefined
  readonly delimiter: string | undefined
  readonly name: string | undefined
  readonly out: string | undefined
  readonly reveal: 'signs'
  readonly criterion: 'gini' | 'entropy'
  readonly 'max-depth': number
  readonly 'min-samples-leaf': number
  readonly 'min-samples-split': number
  readonly 'max-leaf-nodes': number | undefined
  readonly 'min-impurity-decrease': number
  readonly 'ccp-alpha': number
  readonly 'key-bits': number
  readonly check: boolean
  readonly json: boolean
}

export const compileCommand: CommandModule<object, CompileArguments> = {
  command: '$0 <csv>',
  describe: 'train a decision tree on a CSV, and compile it into a client and a server module',
  builder: (argv) =>
    inputOptions(argv)
      .option('name', { type: 'string', describe: 'name of the model', defaultDescription: "the CSV's name" })
      .option('out', { type: 'string', describe: 'directory to write', defaultDescription: 'generated/<name>' })
      .option('reveal', { choices: ['signs'] as const, default: 'signs' as const, describe: 'what the client learns' })
      .option('criterion', {
        choices: ['gini', 'entropy'] as const,
        default: defaultTrainOptions.criterion,
        describe: 'impurity that a split reduces',
      })
      .option('max-depth', { type: 'number', default: defaultTrainOptions.maxDepth, describe: 'most tests in a row' })
      .option('min-samples-leaf', {
        type: 'number',
        default: defaultTrainOptions.minSamplesLeaf,
        describe: 'fewest training rows in a leaf',
      })
      .option('min-samples-split', {
        type: 'number',
        default: defaultTrainOptions.minSamplesSplit,
        describe: 'fewest training rows in a node that is split',
      })
      .option('max-leaf-nodes', {
        type: 'number',
        describe: 'most leaves; the most useful divisions come first',
        defaultDescription: 'any',
      })
      .option('min-impurity-decrease', {
        type: 'number',
        default: defaultTrainOptions.minImpurityDecrease,
        describe: 'least reduction of impurity by a split',
      })
      .option('ccp-alpha', {
        type: 'number',
        default: defaultTrainOptions.ccpAlpha,
        describe: 'complexity parameter of cost-complexity pruning',
      })
      .option('key-bits', {
        choices: keyLengths,
        default: 3072 as number,
        describe: "length of the clients' Paillier keys",
      })
      .option('check', { type: 'boolean', default: false, describe: 'write nothing; exit 1 if the output is stale' })
      .option('json', { type: 'boolean', default: false, describe: 'report as JSON' })
      .requiresArg([
        'name',
        'out',
        'reveal',
        'criterion',
        'max-depth',
        'min-samples-leaf',
        'min-samples-split',
        'max-leaf-nodes',
        'min-impurity-decrease',
        'ccp-alpha',
        'key-bits',
      ])
      .example('$0 datasets/heart-disease.csv', 'writes generated/heart-disease/')
      .example('$0 train.csv --target outcome --max-depth 4', ''),
  handler: run,
}

/** The options that say how a CSV is read. */
function inputOptions<T>(argv: Argv<T>) {
  return argv
    .positional('csv', { type: 'string', demandOption: true, describe: 'training data, one header line' })
    .option('target', { type: 'string', describe: 'column to predict', defaultDescription: 'the last one' })
    .option('schema', { type: 'string', describe: 'Table Schema', defaultDescription: '<csv>.schema.json, if there' })
    .option('delimiter', { type: 'string', describe: 'cell delimiter', defaultDescription: 'seen from the header' })
    .requiresArg(['target', 'schema', 'delimiter'])
}

async function run(options: CompileArguments): Promise<void> {
  const model = options.name ?? modelName(options.csv)
  const directory = options.out ?? join('generated', model)
  // Loaded here, as it brings TypeScript's parser along, which no other command needs.
  const { compile } = await import('../index.ts')
  const compiled = await compile({
    csv: options.csv,
    target: options.target ?? null,
    schema: options.schema ?? null,
    delimiter: options.delimiter ?? null,
    criterion: options.criterion,
    maxDepth: options['max-depth'],
    minSamplesLeaf: options['min-samples-leaf'],
    minSamplesSplit: options['min-samples-split'],
    maxLeafNodes: options['max-leaf-nodes'] ?? null,
    minImpurityDecrease: options['min-impurity-decrease'],
    ccpAlpha: options['ccp-alpha'],
    model,
    keyBits: options['key-bits'],
  })
  const { table, tree, plan, figures, files } = compiled
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
    console.log(JSON.stringify({ model, rows: table.rows, figures, cost, leakage, written }, null, 2))
  } else {
    console.log(summary(table, tree, plan, figures, directory, Math.min(110, process.stdout.columns ?? 110)))
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
