import { damagedModel } from '../errors.ts'
import type { Spot } from '../json.ts'
import { limits } from '../limits.ts'

/**
 * The UBJSON of a model file: draft 12, as XGBoost writes it (all numbers big-endian, typed and counted containers).
 *
 * @throws {CompileError} `malformed-model`, naming the byte, for anything else, and for bytes behind the value.
 */
export function parseUbjson(file: string, bytes: Uint8Array): Spot {
  const reader = new Reader(file, bytes)
  const value = reader.value(reader.marker(), 0)
  reader.end()
  return { file, path: '', value }
}

/** Bytes of one element, by marker. */
const widths: ReadonlyMap<string, number> = new Map([
  ['i', 1],
  ['U', 1],
  ['I', 2],
  ['l', 4],
  ['L', 8],
  ['d', 4],
  ['D', 8],
])

class Reader {
  private readonly view: DataView
  private readonly text = new TextDecoder('utf-8', { fatal: true })
  private offset = 0
  private readonly file: string
  private readonly bytes: Uint8Array

  constructor(file: string, bytes: Uint8Array) {
    this.file = file
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  private fail(reason: string): never {
    throw damagedModel(this.file, this.offset, reason)
  }

  /** Moves over `count` bytes and returns where they began. */
  private take(count: number): number {
    const start = this.offset
    if (count > this.bytes.length - start) this.fail(`it ends, where ${count} bytes have to follow`)
    this.offset += count
    return start
  }

  marker(): string {
    return String.fromCharCode(this.view.getUint8(this.take(1)))
  }

  end(): void {
    if (this.offset !== this.bytes.length) this.fail(`${this.bytes.length - this.offset} bytes follow the model`)
  }

  value(marker: string, depth: number): unknown {
    if (depth > limits.nesting) this.fail(`nested deeper than ${limits.nesting}`)
    switch (marker) {
      case '{':
        return this.object(depth)
      case '[':
        return this.list(depth)
      case 'S':
        return this.string()
      case 'T':
        return true
      case 'F':
        return false
      case 'Z':
        return null
      default:
        return this.number(marker)
    }
  }

  private number(marker: string): number {
    const start = this.take(widths.get(marker) ?? this.fail(`unknown marker ${JSON.stringify(marker)}`))
    switch (marker) {
      case 'i':
        return this.view.getInt8(start)
      case 'U':
        return this.view.getUint8(start)
      case 'I':
        return this.view.getInt16(start)
      case 'l':
        return this.view.getInt32(start)
      case 'L':
        return Number(this.view.getBigInt64(start))
      case 'd':
        return this.view.getFloat32(start)
      default:
        return this.view.getFloat64(start)
    }
  }

  private count(): number {
    const marker = this.marker()
    const count = 'iUIlL'.includes(marker) ? this.number(marker) : this.fail('a length has to stand here')
    if (!Number.isSafeInteger(count) || count < 0) this.fail(`${count} is no length`)
    return count
  }

  private string(): string {
    const count = this.count()
    const start = this.take(count)
    try {
      return this.text.decode(this.bytes.subarray(start, start + count))
    } catch {
      return this.fail('a text is no UTF-8')
    }
  }

  private object(depth: number): Record<string, unknown> {
    const entries: [string, unknown][] = []
    while (this.peek() !== '}') {
      const key = this.string()
      entries.push([key, this.value(this.marker(), depth + 1)])
    }
    this.take(1)
    return Object.fromEntries(entries)
  }

  private peek(): string {
    const marker = this.marker()
    this.offset--
    return marker
  }

  private list(depth: number): unknown {
    const type = this.peek() === '$' ? this.elementType() : null
    if (this.peek() !== '#') {
      if (type !== null) this.fail('a typed list has no length')
      return this.openList(depth)
    }
    this.take(1)
    const count = this.count()
    if (type !== null) return this.typedList(type, count)
    // Every element takes at least its marker.
    if (count > this.bytes.length - this.offset) this.fail(`a list of ${count} does not fit into the file`)
    // It grows as it is read: room for all of it, nested, would be far more than the file.
    const list: unknown[] = []
    while (list.length < count) list.push(this.value(this.marker(), depth + 1))
    return list
  }

  private elementType(): string {
    this.take(1)
    return this.marker()
  }

  private openList(depth: number): unknown[] {
    const list: unknown[] = []
    while (this.peek() !== ']') list.push(this.value(this.marker(), depth + 1))
    this.take(1)
    return list
  }

  private typedList(type: string, count: number): Float64Array {
    const width = widths.get(type) ?? this.fail(`lists of ${JSON.stringify(type)} are unknown`)
    if (count * width > this.bytes.length - this.offset) this.fail(`a list of ${count} does not fit into the file`)
    return Float64Array.from({ length: count }, () => this.number(type))
  }
}
