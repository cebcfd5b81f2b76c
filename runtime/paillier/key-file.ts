import { bigintToBytes, bytesToBigint } from '../bytes.ts'
import { ProtocolError } from '../errors.ts'
import { type RandomBytes, systemRandom } from '../random.ts'
import { fastestEngine } from './fastest-engine.ts'
import { bitLength } from './integer.ts'
import { areAdmittedLengths, checkedPrivateKey, longestModulus } from './key-check.ts'
import type { PrivateKey } from './keys.ts'

/**
 * A private key as a text, encrypted under a passphrase: one line of JSON with exactly these fields in this order,
 * binary ones in base64url without padding. The header, which is all but `ciphertext`, is authenticated, not secret.
 */
interface KeyFile {
  readonly format: typeof format
  readonly version: typeof version
  readonly kdf: typeof kdf
  readonly iterations: number
  /** 16 bytes. */
  readonly salt: string
  readonly cipher: typeof cipher
  /** 12 bytes. */
  readonly iv: string
  /** The public key n, big-endian, no leading zero byte. */
  readonly n: string
  /** The smaller factor q, big-endian, in half the bits of n rounded up to bytes; and a tag of 16 bytes. */
  readonly ciphertext: string
}

type Header = Omit<KeyFile, 'ciphertext'>

const format = 'emp-compile private key'
const version = 1
const kdf = 'PBKDF2-HMAC-SHA-256'
const cipher = 'AES-256-GCM'
const [saltBytes, ivBytes, tagBytes] = [16, 12, 16]

/** No file is read that is longer, in characters; the longest that is written has about 1,300. */
const longestFile = 2048

/** What OWASP's Password Storage Cheat Sheet asks of PBKDF2-HMAC-SHA-256; a guess of the passphrase costs as many. */
export const leastIterations = 600_000

/** No file makes its reader do more: some seconds. */
export const mostIterations = 10_000_000

export interface ExportOptions {
  /** Iterations of PBKDF2, 600,000 (the default) to 10,000,000. */
  readonly iterations?: number
  readonly random?: RandomBytes
}

/**
 * A private key as a text of about 1 kB, encrypted under a passphrase, for {@link importKey}. The public key can be
 * read in it. The passphrase counts in Unicode form NFKC (NIST SP 800-63B, §5.1.1.2): however it is typed, it is the same.
 *
 * The key is as safe as the passphrase is long: a guess costs its taker some 0.1 s of one processor core.
 *
 * Source: RFC 8018, §5.2 (PBKDF2); NIST SP 800-38D (GCM).
 *
 * @throws {ProtocolError} `empty-passphrase`
 * @throws {RangeError} if `iterations` is out of range, or the key one that {@link importKey} would refuse for its lengths.
 */
export async function exportKey(
  key: PrivateKey,
  passphrase: string,
  { iterations = leastIterations, random = systemRandom }: ExportOptions = {},
): Promise<string> {
  const { n } = key.publicKey
  if (!areAdmitted(iterations)) throw new RangeError(`iterations: ${leastIterations} to ${mostIterations}`)
  if (!areAdmittedLengths(key.p, key.q)) throw new RangeError(`key: at most ${longestModulus} bits, in like factors`)
  const [salt, iv] = [random(saltBytes), random(ivBytes)]
  const modulus = toBase64Url(bigintToBytes(n, Math.ceil(bitLength(n) / 8)))
  const [saltText, ivText] = [toBase64Url(salt), toBase64Url(iv)]
  const header: Header = { format, version, kdf, iterations, salt: saltText, cipher, iv: ivText, n: modulus }
  const secret = await deriveKey(passphrase, salt, iterations)
  const plaintext = new Uint8Array(bigintToBytes(key.q, factorBytes(n)))
  const encrypted = await crypto.subtle.encrypt(gcm(iv, header), secret, plaintext)
  const file: KeyFile = { ...header, ciphertext: toBase64Url(new Uint8Array(encrypted)) }
  return JSON.stringify(file)
}

/**
 * The private key out of a text that {@link exportKey} made, unchanged to the character. Takes about a second, as the
 * factors are tested again.
 *
 * A file that opens is not thereby one's own: whoever knows the passphrase can make one with a key that they know too.
 *
 * @throws {ProtocolError} `empty-passphrase`; `bad-key-file` for anything else, be it the passphrase, damage, or
 *   numbers that are no sound key. The error holds nothing of the file and no cause.
 */
export async function importKey(
  text: string,
  passphrase: string,
  { random = systemRandom }: { readonly random?: RandomBytes } = {},
): Promise<PrivateKey> {
  const { ciphertext, ...header } = readFile(text)
  const n = bytesToBigint(fromBase64Url(header.n))
  const salt = fromBase64Url(header.salt)
  const secret = await deriveKey(passphrase, salt, header.iterations)
  const plaintext = await crypto.subtle
    .decrypt(gcm(fromBase64Url(header.iv), header), secret, fromBase64Url(ciphertext))
    .catch(() => badKeyFile())
  const q = bytesToBigint(new Uint8Array(plaintext))
  if (q === 0n || n % q !== 0n || q > n / q) return badKeyFile()
  return checkedPrivateKey(n / q, q, 'bad-key-file', fastestEngine, random)
}

/** Checks everything that can be without the passphrase, so that nothing is computed for a file that is not a key file. */
function readFile(text: string): KeyFile {
  const file = text.length <= longestFile ? parsed(text) : null
  if (file === null) return badKeyFile()
  const { iterations, salt, iv, n: modulus, ciphertext } = file
  const n = bytesToBigint(fromBase64Url(modulus))
  const read: KeyFile = { format, version, kdf, iterations, salt, cipher, iv, n: modulus, ciphertext }
  const acceptable =
    areAdmitted(iterations) &&
    bitLength(n) <= longestModulus &&
    fromBase64Url(salt).length === saltBytes &&
    fromBase64Url(iv).length === ivBytes &&
    fromBase64Url(modulus).length === Math.ceil(bitLength(n) / 8) &&
    fromBase64Url(ciphertext).length === factorBytes(n) + tagBytes &&
    // Format, version and algorithms, and these fields in this order without white space: one key, one passphrase, one file.
    JSON.stringify(read) === text
  return acceptable ? read : badKeyFile()
}

/** JSON as if it were a key file. The parser's errors quote what they parse, so they are dropped. */
function parsed(text: string): KeyFile | null {
  try {
    return JSON.parse(text) as KeyFile | null
  } catch {
    return null
  }
}

function badKeyFile(): never {
  throw new ProtocolError('bad-key-file')
}

function areAdmitted(iterations: unknown): iterations is number {
  const whole = typeof iterations === 'number' && Number.isInteger(iterations)
  return whole && iterations >= leastIterations && iterations <= mostIterations
}

/** Bytes of the smaller factor of n. */
function factorBytes(n: bigint): number {
  return Math.ceil(Math.ceil(bitLength(n) / 2) / 8)
}

/** @throws {ProtocolError} `empty-passphrase` */
async function deriveKey(passphrase: string, salt: Uint8Array, iterations: number): Promise<CryptoKey> {
  if (passphrase === '') throw new ProtocolError('empty-passphrase')
  const bytes = new TextEncoder().encode(passphrase.normalize('NFKC'))
  const base = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveKey'])
  const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt: new Uint8Array(salt), iterations }
  return crypto.subtle.deriveKey(parameters, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

function gcm(iv: Uint8Array, header: Header): AesGcmParams {
  const additionalData = new TextEncoder().encode(JSON.stringify(header))
  return { name: 'AES-GCM', iv: new Uint8Array(iv), additionalData, tagLength: 8 * tagBytes }
}

function toBase64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Canonical base64url without padding. Anything else is no bytes at all. */
function fromBase64Url(text: unknown): Uint8Array<ArrayBuffer> {
  if (typeof text !== 'string' || !/^[\w-]*$/.test(text)) return new Uint8Array()
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    return toBase64Url(bytes) === text ? bytes : new Uint8Array()
  } catch {
    return new Uint8Array()
  }
}
