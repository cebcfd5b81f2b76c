import { cp, readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { empCompile, type Finished } from './processes.ts'

/**
 * Builds the React example around a model of `generated/`, as somebody's app would.
 *
 * @returns bytes, compressed, of what is loaded beside React: by the page, and by its worker where it has WebAssembly.
 */
export async function buildReact(
  model: string,
  outDir: string,
): Promise<{ readonly page: number; readonly worker: number }> {
  // A test runner's is another: React would come with its checks.
  process.env.NODE_ENV = 'production'
  const root = resolve('test/examples/react')
  await build({
    root,
    configFile: join(root, 'vite.config.ts'),
    mode: 'production',
    logLevel: 'silent',
    build: { outDir, emptyOutDir: true },
    resolve: { alias: { '../../../generated/heart-disease-points': resolve('generated', model) } },
  })
  const assets = join(outDir, 'assets')
  const sizeOf = async (names: RegExp) => {
    const files = (await readdir(assets)).filter((file) => names.test(file))
    const sizes = await Promise.all(files.map(async (file) => gzipSync(await readFile(join(assets, file))).length))
    return sizes.reduce((sum, size) => sum + size, 0)
  }
  return { page: await sizeOf(/^index-/), worker: await sizeOf(/^(worker|kernel|wasm-simd|sum-runs|chunk)/) }
}

/** Copies an example, and bundles the client of a model beside it. */
export async function withBundle(
  example: string,
  model: string,
  directory: string,
  ...args: string[]
): Promise<Finished> {
  await cp(join('test/examples', example), directory, { recursive: true })
  return empCompile(['client', join('generated', model), '--bundle', ...args, '--out', directory])
}
