/** Assembles the kernel into runtime/paillier/wasm-kernel.ts: `npm run kernel`; with --check it compares instead. */
import { readFileSync, writeFileSync } from 'node:fs'
import wabt from 'wabt'
import { layout } from './layout.ts'
import { source } from './source.ts'

const path = 'runtime/paillier/wasm-kernel.ts'
const features = { simd: true, bulk_memory: true }
const module = (await wabt()).parseWat('kernel.wat', source, features)
module.validate()
const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64')
const generated = `// Assembled from runtime/paillier/kernel/source.ts by \`npm run kernel\`. Do not edit.

/** The WebAssembly module for products modulo m^2, in base64, and where its memory holds what. */
export const kernel = {
${Object.entries(layout)
  .map(([name, value]) => `  ${name}: ${value},\n`)
  .join('')}  wasm: '${base64}',
} as const
`
if (!process.argv.includes('--check')) writeFileSync(path, generated)
else if (readFileSync(path, 'utf8') !== generated) {
  console.error(`${path} is not what runtime/paillier/kernel/source.ts assembles to: npm run kernel`)
  process.exitCode = 1
}
