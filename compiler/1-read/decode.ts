import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createGunzip, gunzipSync } from 'node:zlib'
import { badOption, notText, notUtf8 } from '../errors.ts'

/** The beginnings of files that are no text, and what they are. */
const signatures: readonly (readonly [bytes: string, name: string])[] = [
  ['504b0304', 'an Excel workbook (xlsx) or another zip archive'],
  ['d0cf11e0', 'an old Excel workbook (xls)'],
  ['50415231', 'a Parquet file'],
  ['89484446', 'an HDF5 file'],
  ['425a68', 'a bzip2 archive'],
  ['fd377a58', 'an xz archive'],
  ['28b52ffd', 'a zstd archive'],
  ['25504446', 'a PDF'],
]

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
): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null
  let held = ''
  for await (const bytes of uncompressed(path, onBytes)) {
    decoder ??= decoderFor(file, bytes, encoding)
    const text: string = held + (await decodePart(file, path, decoder, bytes))
    // A carriage return at the end may be half of a line break.
    held = text.endsWith('\r') ? '\r' : ''
    const whole = held === '' ? text : text.slice(0, -1)
    if (whole !== '') yield whole.includes('\r') ? whole.replace(/\r\n?/g, '\n') : whole
  }
  if (decoder !== null) await decodePart(file, path, decoder)
  if (held !== '') yield '\n'
}

async function* uncompressed(path: string, onBytes: (bytes: Buffer) => void): AsyncGenerator<Buffer> {
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
  yield* gunzip
}

function decoderFor(file: string, bytes: Buffer, encoding: string | null): TextDecoder {
  if (encoding !== null) {
    try {
      return new TextDecoder(encoding, { fatal: true })
    } catch {
      throw badOption('encoding', encoding, 'the name of an encoding, such as utf-8, utf-16le or windows-1252')
    }
  }
  const start = bytes.subarray(0, 8).toString('hex')
  const signature = signatures.find(([beginning]) => start.startsWith(beginning))
  if (signature !== undefined) throw notText(file, signature[1])
  if (start.startsWith('fffe')) return new TextDecoder('utf-16le', { fatal: true })
  if (start.startsWith('feff')) return new TextDecoder('utf-16be', { fatal: true })
  const sample = bytes.subarray(0, 1024)
  const zerosAt = (parity: number) => sample.filter((byte, i) => byte === 0 && i % 2 === parity).length
  const [even, odd] = [zerosAt(0), zerosAt(1)]
  // Half of the bytes of Latin letters in UTF-16 are zero.
  if (odd > sample.length / 8 && even === 0) return new TextDecoder('utf-16le', { fatal: true })
  if (even > sample.length / 8 && odd === 0) return new TextDecoder('utf-16be', { fatal: true })
  if (even + odd > 0) throw notText(file, 'a binary file')
  return new TextDecoder('utf-8', { fatal: true })
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
