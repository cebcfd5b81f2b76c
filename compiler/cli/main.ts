#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { hideBin } from 'yargs/helpers'
import yargs from 'yargs/yargs'
import { CompileError, cannotWrite } from '../errors.ts'
import { didYouMean, nearestOf } from '../nearest.ts'
import { version } from '../version.ts'
import { argumentOf, commandNames, commands, isCommand, optionsOf } from './commands.ts'
import { lineWidth, styled } from './terminal.ts'

/** With `--json` an error is a line of JSON on standard error, too. */
const isJsonWanted = hideBin(process.argv).includes('--json')

/** Runs one command. Exit codes: 0 well, 1 stale or not equal, 2 usage or data error. */
async function main(): Promise<void> {
  // A reader that has seen enough, such as `head`, is no error.
  process.stdout.on('error', (error) => {
    if ('code' in error && error.code === 'EPIPE') process.exit(0)
    throw cannotWrite('standard output', error)
  })
  checkCommand(hideBin(process.argv)[0])
  await yargs(hideBin(process.argv))
    .scriptName('emp-compile')
    .command([...commands])
    .parserConfiguration({ 'duplicate-arguments-array': false })
    .strict()
    .check(noneEmpty)
    .demandCommand(0, 0)
    .version(version)
    .help()
    .wrap(lineWidth())
    .fail((message, error) => {
      // What a command throws is passed on as it is; yargs has errors of its own, some of which come without one.
      throw error ?? Object.assign(new Error(message), { name: 'YError' })
    })
    .parseAsync()
    .catch(async (error: unknown) => {
      const isOfYargs = error instanceof Error && error.name === 'YError'
      throw isOfYargs ? new CompileError('usage', null, await describeUsage(error.message)) : error
    })
}

/** @throws {CompileError} `usage` for a first word that is no file, and a slip of the pen for a command. */
function checkCommand(word: string | undefined): void {
  if (word === undefined || word.startsWith('-') || isCommand(word) || existsSync(word)) return
  const meant = nearestOf(word, commandNames)
  if (meant === null) return
  throw new CompileError('usage', null, `There is no command or file ${JSON.stringify(word)}. Did you mean ${meant}?`)
}

function noneEmpty(argv: Record<string, unknown>): boolean {
  const empty = Object.keys(argv).find((name) => [argv[name]].flat().includes(''))
  if (empty !== undefined) throw new CompileError('usage', null, `--${empty} needs a value.`)
  return true
}

/** What is wrong with a command line, and where to read what it takes. */
async function describeUsage(message: string): Promise<string> {
  const [command] = hideBin(process.argv).filter((word) => !word.startsWith('-'))
  const help = `See emp-compile ${isCommand(command) ? `${command} ` : ''}--help.`
  // yargs counts missing arguments but does not name them.
  if (message.startsWith('Not enough non-option arguments')) return `Missing argument <${argumentOf(command)}>. ${help}`
  const invalid = /Argument: ([\w-]+), Given: (.*), Choices: (.*)$/m.exec(message)
  if (invalid !== null) {
    const [, name, given = '', choices = ''] = invalid
    const names = choices.split(', ').map((choice) => choice.replaceAll('"', ''))
    return `--${name} is ${given}, but takes ${choices}.${didYouMean(given.replaceAll('"', ''), names)} ${help}`
  }
  // It names an unknown option once as it was typed, and once more in camel case.
  const unknown = /^Unknown arguments?: (.*)$/.exec(message)?.[1]?.split(', ') ?? []
  const [first] = unknown.filter((name) => hideBin(process.argv).some((word) => word.startsWith(`--${name}`)))
  if (first === undefined) return `${message}. ${help}`
  const nearest = nearestOf(first, await optionsOf(command))
  return `There is no option --${first}.${nearest === null ? '' : ` Did you mean --${nearest}?`} ${help}`
}

main().catch((error: unknown) => {
  // Errors of our own say what is wrong and what to do; anything else is a fault of the program and shows its stack.
  const known =
    error instanceof Error &&
    ['CompileError', 'ProtocolError', 'RecordError', 'ReplyKeyError', 'StoreError'].includes(error.name)
  process.exitCode = 2
  if (!known) return console.error(error)
  const text = error instanceof CompileError ? error.messageFor((option) => `--${option}`) : error.message
  if (!isJsonWanted) return console.error(`${styled('red', 'emp-compile:', process.stderr)} ${text}`)
  const code = 'code' in error ? error.code : error.name
  const place = error instanceof CompileError ? error.place : null
  console.error(JSON.stringify({ error: { code, message: text, ...place } }))
})
