import type { Contract } from 'emp-compile-runtime/internal/contract'
import { IndentationText, Project, QuoteKind, type SourceFileStructure, ts } from 'ts-morph'
import { generatedBy } from '../version.ts'
import { literal } from './escape.ts'

/** The text of a module, from one complete structure. `remark` is the rest of its header, line by line. */
export function printModule(remark: readonly string[], structure: Omit<SourceFileStructure, 'kind'>): string {
  const project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    manipulationSettings: { indentationText: IndentationText.TwoSpaces, quoteKind: QuoteKind.Single },
  })
  const body = project.createSourceFile('module.ts', structure).getFullText()
  const header = [generatedBy, '', ...remark].map((line) => `// ${line}`.trimEnd())
  return `${header.join('\n')}\n\n${body.trimEnd()}\n`
}

/** The same module without its types, for a Node that does not strip them itself. */
export function javascriptOf(module: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true }
  return ts.transpileModule(module, { compilerOptions }).outputText
}

/** A documented constant as text: ts-morph would indent the lines of a long initializer once more. */
export function constant(document: string, declaration: string): string {
  return `/** ${document} */\n${declaration};`
}

/** `export const contract = { ... } as const satisfies <type>;` */
export function contractStatement(contract: Contract, type: string): string {
  return `\n${constant(
    'What client and server agree on. All of it is public; its fingerprint stands in every message.',
    `export const contract = ${literal(contract)} as const satisfies ${type}`,
  )}`
}
