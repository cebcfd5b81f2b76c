/**
 * Writes runtime/API.md: everything that the runtime's public modules export, as the build declares it, and the types that
 * they speak of. With --check it writes nothing and fails if the file is stale.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type ExportedDeclarations, Node, Project, type SourceFile } from 'ts-morph'
import { wrap } from '../../compiler/text.ts'

const file = 'runtime/API.md'
const built = 'runtime/dist'

const project = new Project({ skipAddingFilesFromTsConfig: true, compilerOptions: { skipLibCheck: true } })
const text = referenceOf(publicModules())
if (!process.argv.includes('--check')) writeFileSync(file, text)
else if (readFileSync(file, 'utf8') !== text) {
  console.error(`${file} is stale. Run npm run api.`)
  process.exitCode = 1
}

/** The public modules by what they are imported as: those of the exports map, a pattern as its files. */
function publicModules(): ReadonlyMap<string, SourceFile> {
  const { name, exports }: { name: string; exports: Record<string, { types?: string }> } = JSON.parse(
    readFileSync('runtime/package.json', 'utf8'),
  )
  const entries = Object.entries(exports).flatMap(([subpath, { types }]) => {
    if (types === undefined || subpath.startsWith('./internal/')) return []
    const path = join('runtime', types)
    if (!subpath.includes('*')) return [[subpath, path] as const]
    return usedByModels().map((module) => [subpath.replace('*', module), path.replace('*', module)] as const)
  })
  // What apps use first.
  const isOfSchemes = ([subpath]: readonly [string, string]) => Number(subpath.startsWith('./schemes/'))
  entries.sort((a, b) => isOfSchemes(a) - isOfSchemes(b))
  return new Map(
    entries.map(([subpath, path]) => [`${name}${subpath.slice(1)}`, project.addSourceFileAtPath(path)] as const),
  )
}

/** Of the modules of schemes those that generated modules import: the others are theirs. */
function usedByModels(): readonly string[] {
  const texts = readdirSync('generated').flatMap((model) =>
    ['client.ts', 'server.ts'].map((one) => join('generated', model, one)).filter((path) => existsSync(path)),
  )
  const used = texts.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/'emp-compile-runtime\/schemes\/([^']+)'/g)].map(
      ([, module = '']) => module,
    ),
  )
  return [...new Set(used)].sort()
}

function referenceOf(modules: ReadonlyMap<string, SourceFile>): string {
  project.resolveSourceFileDependencies()
  const own = new Set<Node>()
  const chapters = [...modules].map(([module, source]) => {
    const exported = [...source.getExportedDeclarations()].sort(([a], [b]) => (a < b ? -1 : 1))
    const declarations = exported.flatMap(([, nodes]) => nodes)
    const fresh = declarations.filter((node) => !own.has(node))
    const named = exported.flatMap(([name, nodes]) => (nodes.every((node) => own.has(node)) ? [`\`${name}\``] : []))
    for (const node of fresh) own.add(node)
    return chapter(`\`${module}\``, fresh, named)
  })
  return [
    '# The runtime by its names',
    '',
    'What each public module exports, out of its declarations. `npm run api` writes it. The modules that `emp-compile`',
    'generates use `emp-compile-runtime/schemes/...`; apps use `form`, `worker` and `session`; servers the rest.',
    '',
    ...chapters,
    chapter('Types that they speak of', spokenOf(own)),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}

/** @param above the names of what another chapter has. */
function chapter(title: string, declarations: readonly Node[], above: readonly string[] = []): string {
  const text = declarations.map(textOf).join('\n\n')
  // Code in a comment takes the usual fence.
  const fence = text.includes('```') ? '````' : '```'
  const code = [`${fence}ts`, text, fence, '']
  const also = above.length === 0 ? [] : [...wrap(`As above: ${above.join(', ')}.`, 120), '']
  return [`## ${title}`, '', ...(declarations.length === 0 ? [] : code), ...also].join('\n')
}

/** A declaration with its document, without the words that every one begins with. */
function textOf(node: Node): string {
  const statement = Node.isVariableDeclaration(node) ? (node.getVariableStatement() ?? node) : node
  // What stands before the first declaration of a file may be about the file.
  const start =
    (Node.isJSDocable(statement) ? statement.getJsDocs().at(-1)?.getStart() : undefined) ?? statement.getStart()
  const whole = statement.getSourceFile().getFullText().slice(start, statement.getEnd())
  return whole
    .replace(/^(export |declare )+(?=[a-z])/m, '')
    .replaceAll('    ', '  ')
    .replaceAll(/ +$/gm, '')
}

/** The types of this package that declarations refer to, and those that these refer to, in the order of their names. */
function spokenOf(known: ReadonlySet<Node>): readonly Node[] {
  const found = new Map<string, Node>()
  const seen = new Set<Node>(known)
  const visit = (node: Node) => {
    for (const reference of node.getDescendants().filter(Node.isIdentifier)) {
      const symbol = reference.getSymbol()
      const declarations = (symbol?.getAliasedSymbol() ?? symbol)?.getDeclarations() ?? []
      for (const declaration of declarations) {
        if (seen.has(declaration) || !isNamed(declaration)) continue
        seen.add(declaration)
        found.set(declaration.getName() ?? '', declaration)
        visit(declaration)
      }
    }
  }
  for (const node of known) visit(node)
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, node]) => node)
}

/** An interface, a type or a class of a module of this package. */
function isNamed(node: Node): node is Extract<ExportedDeclarations, { getName(): string | undefined }> {
  const isType = Node.isInterfaceDeclaration(node) || Node.isTypeAliasDeclaration(node) || Node.isClassDeclaration(node)
  return isType && !relative(built, node.getSourceFile().getFilePath()).startsWith('..')
}
