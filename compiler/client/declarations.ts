import { join } from 'node:path'
import { Node, Project, type SourceFile, ts } from 'ts-morph'
import { conditions, runtimeRoot } from '../deploy/bundle.ts'

/** Where the runtime's modules are described: in its sources, or beside its build. */
const [root, ending] = conditions.length > 0 ? [runtimeRoot, '.ts'] : [join(runtimeRoot, 'dist'), '.d.ts']

interface Declared {
  readonly module: string
  /** Without `export` and `declare`. */
  readonly text: string
  readonly isType: boolean
}

/**
 * The declarations of names out of the runtime, and of all that they speak of, as one text that imports nothing.
 *
 * @param roots names by the module that declares them: its path below the runtime, without an ending.
 * @returns the text, and the names of all types in it.
 */
export function rollUp(roots: Readonly<Record<string, readonly string[]>>): {
  readonly text: string
  readonly types: readonly string[]
} {
  const modules = modulesOf()
  const found = new Map<string, Declared>()

  function visit(name: string, module: string): boolean {
    const source = modules(module)
    const own = declarationOf(source, name)
    if (own === null) {
      const elsewhere = importOf(source, name)
      return elsewhere !== null && visit(name, join(module, '..', elsewhere))
    }
    const there = found.get(name)
    if (there !== undefined && there.module !== module) throw new TypeError(`${name} is declared twice`)
    if (there !== undefined) return true
    const isType = Node.isInterfaceDeclaration(own) || Node.isTypeAliasDeclaration(own)
    found.set(name, { module, text: plainText(own), isType })
    // What is not found is of the language itself, or a parameter of the type.
    for (const named of namesIn(own)) visit(named, module)
    return true
  }

  for (const [module, names] of Object.entries(roots)) {
    for (const name of names) if (!visit(name, module)) throw new TypeError(`${module} does not declare ${name}`)
  }
  const all = [...found].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    text: all.map(([, { text, isType }]) => text.replace('\u0000', isType ? '' : 'declare ')).join('\n\n'),
    types: all.flatMap(([name, { isType }]) => (isType ? [name] : [])),
  }
}

/** Modules of the runtime as declarations, each read once. */
function modulesOf(): (module: string) => SourceFile {
  const files = new Project({ skipAddingFilesFromTsConfig: true, skipFileDependencyResolution: true })
  const declared = new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true })
  return (module) => {
    const known = declared.getSourceFile(`/${module}.d.ts`)
    if (known !== undefined) return known
    const text = files.addSourceFileAtPath(join(root, `${module}${ending}`)).getFullText()
    const isSource = ending === '.ts'
    return declared.createSourceFile(
      `/${module}.d.ts`,
      isSource ? ts.transpileDeclaration(text, { fileName: `${module}.ts` }).outputText : text,
    )
  }
}

/** The statement that declares a name. */
function declarationOf(source: SourceFile, name: string): Node | null {
  const variable = source.getVariableDeclaration(name)?.getVariableStatement()
  const own =
    source.getInterface(name) ?? source.getTypeAlias(name) ?? source.getFunction(name) ?? source.getClass(name)
  return own ?? variable ?? null
}

/** The module that a name is imported from, as it is written there, without its ending. */
function importOf(source: SourceFile, name: string): string | null {
  for (const declaration of source.getImportDeclarations()) {
    const names = declaration.getNamedImports()
    if (!names.some((one) => one.getName() === name)) continue
    return declaration.getModuleSpecifierValue().replace(/\.ts$/, '')
  }
  return null
}

/** The names that a declaration refers to. */
function namesIn(declaration: Node): ReadonlySet<string> {
  const names = new Set<string>()
  declaration.forEachDescendant((node) => {
    if (Node.isImportTypeNode(node)) throw new TypeError(`a type is imported within ${declaration.getText()}`)
    if (Node.isTypeReference(node)) names.add(node.getTypeName().getText())
    else if (Node.isTypeQuery(node)) names.add(node.getExprName().getText())
    else if (Node.isExpressionWithTypeArguments(node)) names.add(node.getExpression().getText())
  })
  return names
}

/** A statement with its document; a mark stands where `export` and `declare` were. */
function plainText(statement: Node): string {
  const start = statement.getStart(true)
  const documented = statement.getSourceFile().getFullText().slice(start, statement.getEnd())
  const head = statement.getStart() - start
  return `${documented.slice(0, head)}\u0000${documented.slice(head).replace(/^(export )?(declare )?/, '')}`
}
