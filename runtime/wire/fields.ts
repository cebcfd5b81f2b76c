/** What a message of ours may hold in a field. */
export type WireField = number | string | Uint8Array

/** Most fields of a message; ours have fewer. */
const mostFields = 16

/**
 * The fields of a map of CBOR (RFC 8949) whose keys are texts and whose values are unsigned integers, texts or byte
 * strings of definite length; null for anything else. It looks at no value twice and builds nothing nested, so that
 * what a stranger sends costs no more than its length.
 */
export function readFields(bytes: Uint8Array): ReadonlyMap<string, WireField> | null {
  let at = 0

  /** The major type and the argument of the next item; null if it is cut short, indefinite or longer than 32 bits. */
  function head(): { readonly major: number; readonly argument: number } | null {
    const first = bytes[at]
    if (first === undefined) return null
    at += 1
    const [major, short] = [first >> 5, first & 31]
    if (short < 24) return { major, argument: short }
    const width = [1, 2, 4][short - 24]
    if (width === undefined || at + width > bytes.length) return null
    let argument = 0
    for (let i = 0; i < width; i++) argument = 256 * argument + (bytes[at + i] ?? 0)
    at += width
    return { major, argument }
  }

  function item(): WireField | null {
    const read = head()
    if (read === null) return null
    if (read.major === 0) return read.argument
    if ((read.major !== 2 && read.major !== 3) || at + read.argument > bytes.length) return null
    const content = bytes.subarray(at, at + read.argument)
    at += read.argument
    return read.major === 2 ? content : String.fromCharCode(...content.subarray(0, 64))
  }

  const map = head()
  if (map === null || map.major !== 5 || map.argument > mostFields) return null
  const fields = new Map<string, WireField>()
  for (let i = 0; i < map.argument; i++) {
    const name = item()
    const value = item()
    if (typeof name !== 'string' || value === null || fields.has(name)) return null
    fields.set(name, value)
  }
  return at === bytes.length ? fields : null
}
