import { join, resolve } from 'node:path'
import { at } from 'emp-compile-runtime/internal/at'
import { bundle } from '../deploy/bundle.ts'
import { forReplyKeys, serverEntry, ticketsEntry } from '../deploy/entries.ts'
import { template } from '../deploy/template.ts'
import type { OptionValues } from '../options.ts'
import { moduleOf } from './command.ts'
import { keepFolderFromGit } from './keep-from-git.ts'
import { loadClient } from './load.ts'
import { writeFiles } from './output.ts'
import { requirePinnedKeys } from './pinned-keys.ts'
import { jsonRow, outRow } from './rows.ts'

const rows = {
  out: outRow('directory to write', 'deploy/<name>'),
  'aws-sdk': {
    type: 'choice',
    choices: ['bundled', 'external'],
    text: "the AWS SDK: in the bundle, or the one of Lambda's runtime",
    default: 'bundled',
  },
  'reply-key': {
    type: 'flag',
    text: 'refuse models that pin no reply key; --no-reply-key does without',
    default: true,
  },
  json: jsonRow,
} as const

export const { builder, handler, optionNames } = moduleOf({
  argument: { name: 'model', many: true, text: 'directories written by emp-compile' },
  options: rows,
  examples: [
    ['package generated/heart-disease', 'writes deploy/heart-disease/'],
    ['package generated/new generated/old', 'two versions, while clients change'],
  ],
  run: (options, _first, _given, models) => run(options, models),
})

async function run(options: OptionValues<typeof rows>, models: readonly string[]): Promise<void> {
  const { out, 'aws-sdk': awsSdk, 'reply-key': isKeyed, json } = options
  const contracts = await Promise.all(models.map(async (model) => (await loadClient(model)).contract))
  if (isKeyed) requirePinnedKeys(contracts)
  const [first = '', ...others] = models
  const directory = out ?? join('deploy', at(contracts, 0).name)
  const unused = contracts.every(({ replyKey }) => replyKey === undefined) ? forReplyKeys : []
  const modules = ['./server.ts', ...others.map((model) => resolve(model, 'server.ts'))]
  const [server, tickets] = await Promise.all([
    bundle({ entry: serverEntry(modules), directory: resolve(first), awsSdk, unused }),
    bundle({ entry: ticketsEntry(contracts), directory: resolve(first), awsSdk }),
  ])
  const files = new Map([['template.yaml', template(contracts)]])
  for (const [name, text] of server) files.set(`server/${name}`, text)
  for (const [name, text] of tickets) files.set(`tickets/${name}`, text)
  for (const [name, text] of await keepFolderFromGit(directory, files.keys())) files.set(name, text)
  await writeFiles(directory, files)
  if (json) {
    const names = contracts.map(({ name }) => name)
    const written = [...files.keys()].map((file) => join(directory, file))
    return console.log(JSON.stringify({ models: names, directory, written }, null, 2))
  }
  const kilobytes = (name: string) => `${Math.round((files.get(name)?.length ?? 0) / 1000)} kB`
  console.log(
    `${directory}: template.yaml; server/ (${kilobytes('server/index.mjs')}; it holds the model, keep it private), ` +
      `tickets/ (${kilobytes('tickets/index.mjs')}). Deploy it there: sam deploy --guided --capabilities CAPABILITY_IAM`,
  )
}
