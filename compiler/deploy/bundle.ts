import { createRequire } from 'node:module'
import { dirname, relative, sep } from 'node:path'
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

/** Where the runtime's package lies. */
export const runtimeRoot = dirname(createRequire(import.meta.url).resolve('emp-compile-runtime/package.json'))

/** The conditions of exports maps under which modules are bundled: sources lead to sources, a build to the build. */
export const conditions = import.meta.url.endsWith('.ts') ? ['emp-compile-source'] : []

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
    conditions,
    plugins: [ownRuntime],
  })
  const textOf = (suffix: string) => outputFiles.find(({ path }) => path.endsWith(suffix))?.text ?? ''
  return new Map([
    ['index.mjs', textOf('index.mjs')],
    ['index.mjs.map', portableMap(textOf('index.mjs.map'))],
  ])
}

/** What a module for browsers is made of, beside its text. */
export interface BrowserBundleOptions {
  /** The folder that imports are relative to. */
  readonly directory: string
  readonly legalComments: 'none' | 'inline'
  /** Before the one that finds the runtime. */
  readonly plugins?: readonly Plugin[]
}

/** Bundles a module with all that it imports into one ES module for browsers, minified. The same bytes on every machine. */
export async function bundleForBrowsers(
  entry: string,
  { directory, legalComments, plugins = [] }: BrowserBundleOptions,
): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: directory, sourcefile: 'entry.ts', loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments,
    banner: { js: `// ${generatedBy}` },
    conditions,
    plugins: [...plugins, withoutReaders, ownRuntime],
  })
  return outputFiles[0]?.text ?? ''
}

/** Leaves modules out by their names: whoever loads one there gets an error. */
const without = (filter: RegExp): Plugin => ({
  name: `without ${filter.source}`,
  setup({ onResolve, onLoad }) {
    onResolve({ filter }, () => ({ path: 'left-out', namespace: 'left-out' }))
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: "throw new Error('it is not in this bundle')" }))
  },
})

/** Leaves out the library that stands in where there is no WebAssembly: it is seven times as long as all the rest. */
export const withoutFallback = without(/^libsodium-wrappers-sumo$|\/sodium\.[jt]s$/)

/**
 * Leaves out the part of cborg that reads: its table of readers, which also knows shortcuts for writing. The runtime only
 * writes with it, and has a reader of its own. Without the table all that it refers to is left out, and the bytes are the same.
 */
const withoutReaders: Plugin = {
  name: 'without-readers',
  setup({ onLoad }) {
    const contents = 'export const jump = []\nexport const quick = []\nexport const quickEncodeToken = undefined'
    onLoad({ filter: /[\\/]cborg[\\/]lib[\\/]jump\.js$/ }, () => ({ contents }))
  },
}

/** Of the kernels for WebAssembly the one with SIMD alone, or the one without. */
export const withKernel = {
  simd: without(/\/wasm-scalar\.[jt]s$/),
  plain: without(/\/wasm-simd\.[jt]s$/),
} as const

/** Leaves out the texts of errors, where everybody goes by their codes. */
export const withoutErrorTexts: Plugin = {
  name: 'without-error-texts',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]error-texts\.[jt]s$/ }, () => ({
      contents: 'export const protocolTexts = {}',
    }))
  },
}

/** Some files of the SDK exist for `require` alone. */
const requireForCommonJs =
  "\nimport { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);"

/** Leads `emp-compile-runtime/...` to the runtime of this very package, by its exports map, wherever the importing file lies. */
export const ownRuntime: Plugin = {
  name: 'own-runtime',
  setup({ onResolve, resolve }) {
    const resolveDir = dirname(fileURLToPath(import.meta.url))
    onResolve({ filter: /^emp-compile-runtime\// }, ({ path, kind, pluginData }) =>
      pluginData === ownRuntime ? null : resolve(path, { kind, resolveDir, pluginData: ownRuntime }),
    )
  },
}

/** The map with the names of its sources from the package that they belong to, and our mark. */
function portableMap(text: string): string {
  const map: { sources: string[]; [field: string]: unknown } = JSON.parse(text)
  const sources = map.sources.map((source) => {
    const path = fileURLToPath(new URL(source.replaceAll(sep, '/'), `file://${process.cwd()}/`))
    const inRuntime = relative(runtimeRoot, path).replaceAll(sep, '/')
    if (!inRuntime.startsWith('..')) return `node_modules/emp-compile-runtime/${inRuntime}`
    const [, inPackage] = /^.*\/node_modules\/(.*)$/.exec(path.replaceAll(sep, '/')) ?? []
    return inPackage === undefined ? (path.split(sep).at(-1) ?? '') : `node_modules/${inPackage}`
  })
  return `${JSON.stringify({ x_generator: generatedBy, ...map, sources })}\n`
}
