import type { CommandModule } from 'yargs'

type Loaded = Pick<CommandModule<object, object>, 'builder' | 'handler'> & { readonly optionNames?: readonly string[] }

interface Listed {
  /** Its name and its argument, as yargs writes them. */
  readonly command: string
  readonly text: string
  readonly load: () => Promise<unknown>
}

/** All commands. Each is loaded when it is called, so that a server needs nothing of a compiler. */
const listed: readonly Listed[] = [
  {
    command: '$0 <csv>',
    text: 'train a model on a CSV, or take the file of one, and compile it into a client and a server module',
    load: () => import('./compile.ts'),
  },
  {
    command: 'schema <csv>',
    text: 'write a Table Schema to edit: ranges, units, meanings of codes',
    load: () => import('./schema.ts'),
  },
  {
    command: 'verify <model>',
    text: 'compare the plaintext model with a real encrypted evaluation, row by row',
    load: () => import('./verify.ts'),
  },
  {
    command: 'assess <model>',
    text: 'try a model on rows of another origin, in the clear: all figures with intervals, and which rows it refuses',
    load: () => import('./assess.ts'),
  },
  {
    command: 'compare <files..>',
    text: 'two recipes on the same folds: a.json b.json data.csv; what they differ by, with intervals',
    load: () => import('./compare.ts'),
  },
  {
    command: 'serve <model..>',
    text: 'answer encrypted requests, over a store or over HTTP, until interrupted',
    load: () => import('./serve.ts'),
  },
  {
    command: 'predict <model>',
    text: 'predict privately: encrypt records, send them, decrypt the answers',
    load: () => import('./predict.ts'),
  },
  {
    command: 'page <model>',
    text: 'build the page of a model: a form that encrypts in the browser, for any static host',
    load: () => import('./page.ts'),
  },
  {
    command: 'client <model>',
    text: 'bundle the client of a model into one file for any site or program, and its types into another',
    load: () => import('./client.ts'),
  },
  {
    command: 'package <model..>',
    text: 'bundle models, or versions of one, for AWS Lambda, with a SAM template to deploy them',
    load: () => import('./package.ts'),
  },
  {
    command: 'probe <url>',
    text: 'carry one known record end to end, for a monitor; exit code 1 if its answer is another',
    load: () => import('./probe.ts'),
  },
  {
    command: 'bench <model>',
    text: 'measure private predictions of a model on this machine, and say what a million of them cost',
    load: () => import('./bench.ts'),
  },
  {
    command: 'code <csv>',
    text: 'replace numbers by codes of public cuts, so that a model trained elsewhere divides at these only',
    load: () => import('./code.ts'),
  },
  {
    command: 'exporter',
    text: 'print the script that exports models of scikit-learn, to be run where they are: python export_sklearn.py model.pkl',
    load: () => import('./exporter.ts'),
  },
  {
    command: 'reply-key <file>',
    text: 'make a key that signs replies: the private key into a file, the public key printed',
    load: () => import('./reply-key.ts'),
  },
]

/** Tells whether a word is the name of a command. */
export const isCommand = (word: string | undefined): boolean =>
  listed.some(({ command }) => command.split(' ')[0] === word)

/** The names of all commands but the default one. */
export const commandNames: readonly string[] = listed
  .map(({ command }) => command.split(' ')[0] ?? '')
  .filter((name) => name !== '$0')

/** The options of a command, or of the default one. */
export async function optionsOf(command: string | undefined): Promise<readonly string[]> {
  const own = listed.find(({ command: words }) => words.split(' ')[0] === command) ?? listed[0]
  return ((await own?.load()) as Loaded | undefined)?.optionNames ?? []
}

/** The argument of a command that misses it: `csv`, `model`, `file`. */
export function argumentOf(command: string | undefined): string {
  const own = listed.find(({ command: words }) => words.split(' ')[0] === command) ?? listed[0]
  return /<(\w+)/.exec(own?.command ?? '')?.[1] ?? ''
}

/** The commands for yargs. */
export const commands: readonly CommandModule<object, object>[] = listed.map(({ command, text, load }) => {
  const loaded = () => load() as Promise<Loaded>
  return {
    command,
    describe: text,
    builder: async (argv) => {
      const { builder } = await loaded()
      return typeof builder === 'function' ? builder(argv) : argv
    },
    handler: async (argv) => (await loaded()).handler(argv),
  }
})
