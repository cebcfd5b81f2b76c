import { test } from 'vitest'

const onnxruntime = await import('onnxruntime-node').catch(() => null)

/** A test that needs onnxruntime: skipped with a visible line where it is not installed, and failed in CI. */
export const testWithRuntime = (what: string, body: () => Promise<void>) => {
  if (onnxruntime !== null) return test(what, body)
  if (process.env.CI === undefined) {
    console.log('skipped: npm install --ignore-scripts installs onnxruntime-node, the oracle of these tests')
    return test.skip(`skipped, no onnxruntime-node here: ${what}`, body)
  }
  return test(what, () => {
    throw new Error('onnxruntime-node is not installed')
  })
}

/** What onnxruntime says to rows of numbers, given as its input `X`. @param element ONNX's number of their kind. */
export async function runtimeOutputs(
  bytes: Uint8Array,
  rows: readonly (readonly number[])[],
  element: 1 | 7 | 8 | 11 = 1,
) {
  if (onnxruntime === null) throw new Error('onnxruntime-node is not installed')
  const session = await onnxruntime.InferenceSession.create(bytes)
  const columns = rows[0]?.length ?? 0
  const flat = rows.flat()
  const data =
    element === 11
      ? Float64Array.from(flat)
      : element === 7
        ? BigInt64Array.from(flat, BigInt)
        : Float32Array.from(flat)
  const kind = element === 11 ? 'float64' : element === 7 ? 'int64' : 'float32'
  const results = await session.run({ X: new onnxruntime.Tensor(kind, data as Float32Array, [rows.length, columns]) })
  const outputs = Object.fromEntries(
    Object.entries(results).map(([name, own]) => [name, [...(own.data as Float32Array)].map(String)]),
  )
  await session.release()
  return outputs
}
