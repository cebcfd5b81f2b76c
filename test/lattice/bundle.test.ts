import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const client = `
  export { generateLatticeKey } from './runtime/lattice/keys.ts'
  export { makeLattice } from './runtime/lattice/lattice.ts'
  export { open } from './runtime/lattice/open.ts'
  export { seal } from './runtime/lattice/seal.ts'
  export { latticeSets } from './runtime/lattice/sets.ts'`

test('what a client needs is at most 8 kB, compressed, and no WebAssembly', async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: client, resolveDir: '.' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
  })
  const [bundle] = outputFiles
  if (bundle === undefined) throw new TypeError('there is one file')
  expect(gzipSync(bundle.contents, { level: 9 }).length).toBeLessThan(8000)
  expect(bundle.text).not.toMatch(/WebAssembly|node:/)
  expect(Object.keys(metafile.inputs).filter((file) => /evaluate|model|blinding|noise/.test(file))).toEqual([])
})
