#!/usr/bin/env node
import { hideBin } from 'yargs/helpers'
import yargs from 'yargs/yargs'
import { CompileError, cannotWrite } from '../errors.ts'
import { version } from '../version.ts'
import { compileCommand } from './compile.ts'
import { predictCommand } from './predict.ts'
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
    .strict()
    .demandCommand(0, 0)
    .version(version)
    .help()
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .fail((message, error) => {
      throw error ?? new CompileError('usage', null, `${message}. See emp-compile --help.`)
    })
    .parseAsync()
}

main().catch((error: unknown) => {
  // Errors of our own say what is wrong and what to do; anything else is a fault of the program and shows its stack.
  const known =
    error instanceof Error && ['CompileError', 'ProtocolError', 'RecordError', 'StoreError'].includes(error.name)
  console.error(known ? `emp-compile: ${error.message}` : error)
  process.exitCode = 2
})
