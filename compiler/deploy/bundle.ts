import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { generatedBy } from '../version.ts'

export interface BundleOptions {
  /** The module to begin with, as text; it may import files of `directory`, and this package by its name. */
  readonly entry: string
  readonly directory: string
  /** Whether the AWS SDK is part of the bundle, or of where it runs, as it is of Lambda's Node runtimes. */
  readonly awsSdk: 'bundled' | 'external'
  /** Packages that the module never comes to import. */
  readonly unused?: readonly string[]
}

/** Where this package's own files lie: its sources, or its build. */
export const root = fileURLToPath(new URL('../..', import.meta.url))
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

/**
 * Bundles a module with all that it imports into one ES module for Node, minified, and its source map. The same bytes on
 * every machine: the map names files by package, and no path of this machine.
 */
export async function bundle({
  entry,
  directory,
  awsSdk,
  unused = [],
}: BundleOptions): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: directory, sourcefile: 'entry.ts', loader: 'ts' },
    bundle: true,
    write: false,
    outfile: 'index.mjs',
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // The forms that can be shaken: half the size of those for `require`.
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'eof',
    sourcemap: 'linked',
    sourcesContent: false,
    external: awsSdk === 'external' ? ['@aws-sdk/*', '@smithy/*'] : [...unused],
    banner: { js: `// ${generatedBy}${awsSdk === 'bundled' ? requireForCommonJs : ''}` },
    plugins: [ownPackage],
  })
  const textOf = (suffix: string) => outputFiles.find(({ path }) => path.endsWith(suffix))?.text ?? ''
  return new Map([
    ['index.mjs', textOf('index.mjs')],
    ['index.mjs.map', portableMap(textOf('index.mjs.map'))],
  ])
}

/** Some files of the SDK exist for `require` alone. */
const requireForCommonJs =
  "\nimport { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);"

/** Leads `emp-compile/runtime/...` to the files of this very package, wherever the importing file lies. */
export const ownPackage: Plugin = {
  name: 'own-package',
  setup({ onResolve }) {
    onResolve({ filter: /^emp-compile\/runtime\// }, ({ path }) => ({
      path: `${root}${path.slice('emp-compile/'.length)}.${extension}`,
      sideEffects: false,
    }))
  },
}

/** The map with the names of its sources from the package that they belong to, and our mark. */
function portableMap(text: string): string {
  const map: { sources: string[]; [field: string]: unknown } = JSON.parse(text)
  const sources = map.sources.map((source) => {
    const path = source.replaceAll(sep, '/')
    const [, inPackage] = /^.*\/node_modules\/(.*)$/.exec(`/${path}`) ?? []
    if (inPackage !== undefined) return `node_modules/${inPackage}`
    const ours = relative(root, fileURLToPath(new URL(path, `file://${process.cwd()}/`))).replaceAll(sep, '/')
    return ours.startsWith('..') ? (path.split('/').at(-1) ?? '') : `emp-compile/${ours}`
  })
  return `${JSON.stringify({ x_generator: generatedBy, ...map, sources })}\n`
}
