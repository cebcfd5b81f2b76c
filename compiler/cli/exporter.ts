import { readFile } from 'node:fs/promises'
import type { CommandModule } from 'yargs'
import { jsonRow } from './rows.ts'

interface ExporterArguments {
  readonly json: boolean
}

/** By which a slip of the pen is told. */
export const optionNames: readonly string[] = ['json']

/** Prints the script that exports models of scikit-learn. */
export const {
  builder,
  handler,
}: Pick<CommandModule<object, ExporterArguments>, 'builder' | 'handler'> = {
  builder: (argv) =>
    argv
      .option('json', { type: 'boolean', default: false, describe: jsonRow.text })
      .example('$0 exporter > export_sklearn.py', ''),
  async handler({ json }) {
    const script = await readFile(new URL('../2-import/sklearn/export_sklearn.py', import.meta.url), 'utf8')
    process.stdout.write(json ? `${JSON.stringify({ file: 'export_sklearn.py', script })}\n` : script)
  },
}
