/**
 * Assembles runtime/ristretto/kernel to runtime/ristretto/wasm-*.ts: `npm run kernel:ristretto`. With --check it compares:
 * the bytes as they are when inflated, because not every zlib deflates alike.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { deflateRawSync } from 'node:zlib'
import wabt from 'wabt'
import { inflate } from '../kernel.ts'
import { kernelSource } from './module.ts'
import { scalarField } from './scalar-field.ts'
import { simdField } from './simd-field.ts'

const assembler = await wabt()
for (const field of [simdField, scalarField]) {
  const path = `runtime/ristretto/wasm-${field.name}.ts`
  const { source, layout } = kernelSource(field)
  const module = assembler.parseWat('kernel.wat', source, { simd: field.name === 'simd' })
  module.validate()
  const bytes = Buffer.from(module.toBinary({}).buffer)
  const generated = (
    base64: string,
  ) => `// Assembled from runtime/ristretto/kernel by \`npm run kernel:ristretto\`. Do not edit.
import type { AssembledKernel } from './kernel.ts'

/** The kernel of ristretto255 ${field.name === 'simd' ? 'with' : 'without'} SIMD: the WebAssembly module, deflated, in base64, and where its memory holds what. */
export const kernel: AssembledKernel = {
${Object.entries(layout)
  .map(([name, value]) => `  ${name}: ${value},\n`)
  .join('')}  wasm: '${base64}',
}
`
  if (!process.argv.includes('--check')) {
    writeFileSync(path, generated(deflateRawSync(bytes, { level: 9 }).toString('base64')))
  } else {
    const committed = readFileSync(path, 'utf8')
    const base64 = /wasm: '([^']*)'/.exec(committed)?.[1] ?? ''
    if (committed !== generated(base64) || !bytes.equals(Buffer.from(await inflate(base64)))) {
      console.error(`${path} is not what runtime/ristretto/kernel assembles to: npm run kernel:ristretto`)
      process.exitCode = 1
    }
  }
}
