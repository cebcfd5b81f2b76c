#!/usr/bin/env node
import { hideBin } from 'yargs/helpers'
import yargs from 'yargs/yargs'
import { CompileError, cannotWrite } from '../errors.ts'
import { version } from '../version.ts'
import { benchCommand } from './bench.ts'
import { compileCommand } from './compile.ts'
import { packageCommand } from './package.ts'
import { pageCommand } from './page.ts'
import { predictCommand } from './predict.ts'
import { replyKeyCommand } from './reply-key.ts'
import { schemaCommand } from './schema.ts'
import { serveCommand } from './serve.ts'
import { verifyCommand } from './verify.ts'

/** Runs one command. Exit codes: 0 well, 1 stale or not equal, 2 usage or data error. */
async function main(): Promise<void> {
  // A reader that has seen enough, such as `head`, is no error.
  process.stdout.on('error', (error) => {
    if ('code' in error && error.code === 'EPIPE') process.exit(0)
    throw cannotWrite('standard output', error)
  })
  await yargs(hideBin(process.argv))
    .scriptName('emp-compile')
    .command(compileCommand)
    .command(schemaCommand)
    .command(verifyCommand)
    .command(serveCommand)
    .command(predictCommand)
    .command(pageCommand)
    .command(packageCommand)
    .command(benchCommand)
    .command(replyKeyCommand)
    .parserConfiguration({ 'duplicate-arguments-array': false })
    .strict()
    .check(noneEmpty)
    .demandCommand(0, 0)
    .version(version)
    .help()
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .fail((message, error) => {
      // yargs has errors of its own; what a command throws is passed on as it is.
      if (error !== undefined && error.name !== 'YError') throw error
      throw new CompileError('usage', null, `${describeUsage(message ?? error?.message)}. See emp-compile --help.`)
    })
    .parseAsync()
}

function noneEmpty(argv: Record<string, unknown>): boolean {
  const empty = Object.keys(argv).find((name) => argv[name] === '')
  if (empty !== undefined) throw new CompileError('usage', null, `--${empty} needs a value.`)
  return true
}

/** yargs counts missing arguments but does not name them. */
function describeUsage(message: string): string {
  if (!message.startsWith('Not enough non-option arguments')) return message
  const [command = ''] = hideBin(process.argv).filter((word) => !word.startsWith('-'))
  const named: Record<string, string> = {
    verify: 'model',
    serve: 'model',
    predict: 'model',
    page: 'model',
    package: 'model',
    'reply-key': 'file',
  }
  return `Missing argument <${named[command] ?? 'csv'}>`
}

main().catch((error: unknown) => {
  // Errors of our own say what is wrong and what to do; anything else is a fault of the program and shows its stack.
  const known =
    error instanceof Error &&
    ['CompileError', 'ProtocolError', 'RecordError', 'ReplyKeyError', 'StoreError'].includes(error.name)
  console.error(known ? `emp-compile: ${error.message}` : error)
  process.exitCode = 2
})
