import { ProtocolError } from '../errors.ts'

/** Reads a body to its end, or to the limit, whatever length was announced. @throws {ProtocolError} `too-large` */
export async function readBody(body: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(limit)
  let length = 0
  const reader = body.getReader()
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    if (length + chunk.value.length > limit) {
      await reader.cancel()
      throw new ProtocolError('too-large')
    }
    bytes.set(chunk.value, length)
    length += chunk.value.length
  }
  return bytes.slice(0, length)
}
