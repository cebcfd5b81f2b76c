import { join, resolve } from 'node:path'
import type { CommandModule } from 'yargs'
import { bundle } from '../deploy/bundle.ts'
import { forReplyKeys, serverEntry, ticketsEntry } from '../deploy/entries.ts'
import { template } from '../deploy/template.ts'
import { loadClient } from './load.ts'
import { writeFiles } from './output.ts'

interface PackageArguments {
  readonly model: string
  readonly output: string | undefined
  readonly 'aws-sdk': 'bundled' | 'external'
}

export const packageCommand: CommandModule<object, PackageArguments> = {
  command: 'package <model>',
  describe: 'bundle a model for AWS Lambda, with a SAM template to deploy it',
  builder: (argv) =>
    argv
      .positional('model', { type: 'string', demandOption: true, describe: 'directory written by emp-compile' })
      .option('output', { type: 'string', describe: 'directory to write', defaultDescription: 'deploy/<name>' })
      .option('aws-sdk', {
        choices: ['bundled', 'external'] as const,
        default: 'bundled' as const,
        describe: "the AWS SDK: in the bundle, or the one of Lambda's runtime",
      })
      .requiresArg(['output', 'aws-sdk'])
      .example('$0 package generated/heart-disease', 'writes deploy/heart-disease/'),
  handler: run,
}

async function run({ model, output, 'aws-sdk': awsSdk }: PackageArguments): Promise<void> {
  const { contract } = await loadClient(model)
  const directory = output ?? join('deploy', contract.model)
  const unused = contract.replyKey === undefined ? forReplyKeys : []
  const [server, tickets] = await Promise.all([
    bundle({ entry: serverEntry, directory: resolve(model), awsSdk, unused }),
    bundle({ entry: ticketsEntry(contract), directory: resolve(model), awsSdk }),
  ])
  const files = new Map([['template.yaml', template(contract)]])
  for (const [name, text] of server) files.set(`server/${name}`, text)
  for (const [name, text] of tickets) files.set(`tickets/${name}`, text)
  await writeFiles(directory, files)
  const kilobytes = (name: string) => `${Math.round((files.get(name)?.length ?? 0) / 1000)} kB`
  console.log(
    `${directory}: template.yaml; server/ (${kilobytes('server/index.mjs')}; it holds the model, keep it private), ` +
      `tickets/ (${kilobytes('tickets/index.mjs')}). Deploy it there: sam deploy --guided --capabilities CAPABILITY_IAM`,
  )
}
