import { join } from 'node:path'
import type { PageDocuments } from 'emp-compile-runtime/internal/page/documents'
import { Project } from 'ts-morph'
import { bundleForBrowsers, withoutFallback } from '../deploy/bundle.ts'
import { generatedBy } from '../version.ts'
import { rollUp } from './declarations.ts'

/** What a bundle offers beside the client: names by the module of the runtime that has them. */
const offered = {
  errors: ['ProtocolError', 'RecordError'],
  'session/over-http': ['overHttp'],
  'session/over-tickets': ['overTickets'],
  'worker/expose-client': ['exposeClient'],
  'worker/worker-client': ['workerClient'],
} as const

/** What it offers beside them on demand. */
const offeredForm = {
  'form/define': ['defineForm'],
  'form/emp-form': [
    ...['EmpForm', 'FormModel', 'FormQuestions', 'FormDocuments', 'FormRecord', 'GivenAnswer'],
    ...['AnswerDetail', 'ChangeDetail', 'FailureDetail', 'FaultsDetail', 'SendDetail'],
  ],
} as const

/**
 * The client of a model with all that it needs, as one ES module for browsers and Node, and its types as another file.
 * Neither imports anything. The same bytes on every machine.
 *
 * @param directory where the model's `client.ts` lies.
 * @param documents with them, `<emp-form>` is in it, and the words that it needs.
 */
export async function bundleClient(
  directory: string,
  documents: PageDocuments | null,
): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['client.js', await program(directory, documents)],
    ['client.d.ts', types(directory, documents !== null)],
  ])
}

async function program(directory: string, documents: PageDocuments | null): Promise<string> {
  const lines = Object.entries(offered).map(
    ([module, names]) => `export { ${names.join(', ')} } from "emp-compile-runtime/internal/${module}"`,
  )
  const form = documents === null ? [] : formLines(documents)
  const contents = ["export { client, contract } from './client.ts'", ...lines, ...form].join('\n')
  return bundleForBrowsers(contents, { directory, legalComments: 'inline', plugins: [withoutFallback] })
}

const formLines = ({ target, columns, languages = {} }: PageDocuments) => {
  const others = Object.entries(languages).map(([tag, words]) => [
    tag,
    { target: words.target, columns: words.columns },
  ])
  return [
    "export { defineForm } from 'emp-compile-runtime/internal/form/define'",
    `export const documents = ${JSON.stringify({ target, columns, languages: Object.fromEntries(others) })}`,
  ]
}

function types(directory: string, withForm: boolean): string {
  const client = new Project({
    skipAddingFilesFromTsConfig: true,
    skipFileDependencyResolution: true,
  }).addSourceFileAtPath(join(directory, 'client.ts'))
  const own = [client.getInterfaceOrThrow('Features'), client.getTypeAliasOrThrow('Answer')]
  const { text, types: names } = rollUp({
    client: ['Client'],
    contract: ['Contract'],
    ...offered,
    ...(withForm ? offeredForm : {}),
  })
  return [
    `// ${generatedBy}\n`,
    ...own.map((declaration) => `${declaration.getFullText().trim()}\n`),
    '/** A key of this model. Programs hold it, and do not look into it. */',
    'export interface Key {\n  readonly [ownKey]: true;\n}',
    'declare const ownKey: unique symbol;\n',
    '/** What client and server agree on. All of it is public. */',
    'export declare const contract: Contract;\n',
    '/** Seals records, opens replies, or does both over a transport: `client.predict(features, { via })`. */',
    'export declare const client: Client<Features, Answer, Key>;\n',
    ...(withForm
      ? ["/** The words of the model, for `<emp-form>`. */\nexport declare const documents: FormModel['documents'];\n"]
      : []),
    `${text}\n`,
    `export { ${[...Object.values(offered).flat(), ...(withForm ? ['defineForm'] : []), ...names.map((name) => `type ${name}`)].join(', ')} };`,
    '',
  ].join('\n')
}
