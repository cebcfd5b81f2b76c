import { encode } from 'cborg'

/** Where the fields of a message of fixed length lie. */
export interface Layout {
  /** The fields, if all bytes between them are those that every such message has; else null. Views, not copies. */
  read(bytes: Uint8Array): (Readonly<Record<string, Uint8Array>> & { readonly request: Uint8Array }) | null
  /** The place of a field in such a message, to be written to. */
  place(bytes: Uint8Array, name: string): Uint8Array | null
}

/**
 * The layout of messages with this head, whose other fields are as long as these. So a good message is recognised by
 * comparing bytes, in a time that depends on its length alone; nothing of a stranger's is ever encoded again.
 */
export function layoutOf(
  head: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, Uint8Array>>,
): Layout {
  const template: Uint8Array = encode({ ...head, ...fields })
  const places = Object.entries(fields).map(([name, { length }]) => {
    const marked: Uint8Array = encode({ ...head, ...fields, [name]: new Uint8Array(length).fill(255) })
    const from = length === 0 ? 0 : marked.findIndex((byte, i) => byte !== template[i])
    return { name, from, to: from + length }
  })
  const gaps = gapsOf(places, template.length)

  return {
    read(bytes) {
      if (bytes.length !== template.length) return null
      for (const { from, to } of gaps) {
        for (let i = from; i < to; i++) if (bytes[i] !== template[i]) return null
      }
      const request = new Uint8Array()
      return { request, ...Object.fromEntries(places.map(({ name, from, to }) => [name, bytes.subarray(from, to)])) }
    },
    place(bytes, name) {
      const place = places.find((one) => one.name === name)
      return place === undefined ? null : bytes.subarray(place.from, place.to)
    },
  }
}

interface Range {
  readonly from: number
  readonly to: number
}

/** What lies between the places. */
function gapsOf(places: readonly Range[], length: number): Range[] {
  const sorted = places.filter(({ from, to }) => to > from).sort((a, b) => a.from - b.from)
  const starts = [0, ...sorted.map(({ to }) => to)]
  const ends = [...sorted.map(({ from }) => from), length]
  return starts.map((from, i) => ({ from, to: ends[i] ?? length }))
}
