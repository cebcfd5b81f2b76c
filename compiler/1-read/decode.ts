import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createGunzip, gunzipSync } from 'node:zlib'
import { badOption, notText, notUtf8 } from '../errors.ts'
import { json, kindOf } from './file-kinds.ts'

/**
 * The text of a file in parts, with every line break as a line feed: UTF-8, or UTF-16 with or without a mark, or what
 * `encoding` says; gzip is undone.
 *
 * @param onBytes is given the bytes of the file as they are read.
 * @throws {CompileError} `not-utf8` with the line, `not-text`, `bad-option`
 */
export async function* readText(
  file: string,
  path: string,
  encoding: string | null,
  onBytes: (bytes: Buffer) => void,
  mayBeJson = false,
): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null
  let held = ''
  for await (const bytes of uncompressed(file, path, onBytes)) {
    decoder ??= decoderFor(file, bytes, encoding, mayBeJson)
    const text: string = held + (await decodePart(file, path, decoder, bytes))
    // A carriage return at the end may be half of a line break.
    held = text.endsWith('\r') ? '\r' : ''
    const whole = held === '' ? text : text.slice(0, -1)
    if (whole !== '') yield whole.includes('\r') ? whole.replace(/\r\n?/g, '\n') : whole
  }
  if (decoder !== null) await decodePart(file, path, decoder)
  if (held !== '') yield '\n'
}

async function* uncompressed(file: string, path: string, onBytes: (bytes: Buffer) => void): AsyncGenerator<Buffer> {
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const bytes of createReadStream(path, { highWaterMark: 1 << 18 })) {
      onBytes(bytes)
      yield bytes
    }
  }
  const source = counted()
  const first = await source.next()
  if (first.done === true) return
  const all = (async function* () {
    yield first.value
    yield* source
  })()
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) return yield* all
  const gunzip = createGunzip({ chunkSize: 1 << 18 })
  const feeding = (async () => {
    for await (const bytes of all) {
      if (!gunzip.write(bytes)) await new Promise((resolve) => gunzip.once('drain', resolve).once('close', resolve))
    }
    gunzip.end()
  })()
  feeding.catch((error: unknown) => gunzip.destroy(error instanceof Error ? error : new Error(String(error))))
  try {
    yield* gunzip
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))) throw error
    throw notText(file, 'a damaged gzip archive, or a part of one')
  }
}

function decoderFor(file: string, bytes: Buffer, encoding: string | null, mayBeJson: boolean): TextDecoder {
  if (encoding !== null) {
    try {
      const named = new TextDecoder(encoding, { fatal: true })
      // Of UTF-16 the mark says which half of a character is first.
      const marked = named.encoding.startsWith('utf-16') ? markOf(bytes) : null
      return marked === null ? named : new TextDecoder(marked, { fatal: true })
    } catch {
      throw badOption('encoding', encoding, 'the name of an encoding, such as utf-8, utf-16le or windows-1252')
    }
  }
  const kind = kindOf(bytes)
  if (kind !== null && !(mayBeJson && kind === json)) throw notText(file, kind)
  return new TextDecoder(markOf(bytes) ?? unmarkedOf(file, bytes), { fatal: true })
}

/** The encoding that the first bytes of a file name. */
function markOf(bytes: Buffer): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null
}

/** UTF-8 has no bytes of zero, and the blanks, digits and delimiters of UTF-16 are half zeros. */
function unmarkedOf(file: string, bytes: Buffer): string {
  const sample = bytes.subarray(0, 2 * Math.floor(Math.min(bytes.length, 1024) / 2))
  if (!sample.includes(0)) return 'utf-8'
  const plain = (encoding: string): number => {
    // A pair of halves may be cut off.
    const text = new TextDecoder(encoding).decode(sample).replace(/\ufffd$/, '')
    // What no text has: control characters, halves of pairs, what is no character.
    if (/\p{Cc}|\p{Cn}|\p{Co}|\ufffd/u.test(text.replace(/[\t\n\f\r]/g, ''))) return 0
    return text.replace(/[^\t\n\r -~]/g, '').length
  }
  const [little, big] = [plain('utf-16le'), plain('utf-16be')]
  if (little === big) throw notText(file, 'a binary file')
  return little > big ? 'utf-16le' : 'utf-16be'
}

async function decodePart(file: string, path: string, decoder: TextDecoder, bytes?: Buffer): Promise<string> {
  try {
    return decoder.decode(bytes, { stream: bytes !== undefined })
  } catch {
    throw notUtf8(file, decoder.encoding, await firstFaultyLine(path))
  }
}

/** The first line that is not UTF-8; a line feed is never a part of a longer character. */
async function firstFaultyLine(path: string): Promise<number> {
  const stored = await readFile(path)
  const bytes = stored[0] === 0x1f && stored[1] === 0x8b ? gunzipSync(stored) : stored
  for (let [line, from] = [1, 0]; from < bytes.length; line++) {
    const end = bytes.indexOf(10, from)
    const to = end < 0 ? bytes.length : end
    if (!isUtf8(bytes.subarray(from, to))) return line
    from = to + 1
  }
  return 1
}
