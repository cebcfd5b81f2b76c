import { encode } from 'cborg'
import { cellCount, type Grid } from './grid.ts'

/** The version of the message format and of the meaning of a contract. */
export const formatVersion = 1

/** A column of numbers. `missing` is where its one extra cell lies, if training saw missing values. */
export interface NumberColumn {
  readonly kind: 'number'
  readonly name: string
  /** The texts that stand for a missing value in this column, if others than the contract's. */
  readonly missingValues?: readonly string[]
  readonly grid: Grid
  readonly missing: 'never' | 'below' | 'above'
}

/** A column of texts. A missing text is none of the levels. */
export interface TextColumn {
  readonly kind: 'text'
  readonly name: string
  /** The texts that stand for a missing value in this column, if others than the contract's. */
  readonly missingValues?: readonly string[]
  readonly levels: readonly string[]
  readonly missing: 'never' | 'no-level'
}

export type Column = NumberColumn | TextColumn

/** One encrypted number: a whole number column, or 1/0 for "the column's text is this level". */
export type Feature = { readonly column: string } | { readonly column: string; readonly level: string }

/** `colour = "red"` for a level, else the column's name. */
export function featureName(feature: Feature): string {
  return 'level' in feature ? `${feature.column} = ${JSON.stringify(feature.level)}` : feature.column
}

/**
 * What client and server agree on, and all of it public: it stands in both generated modules, and its fingerprint in
 * every message. `decision` is the SHA-256 of the client's decision logic, so that a client whose logic belongs to
 * another tree is refused instead of answered wrongly.
 */
export interface SignsContract {
  readonly format: typeof formatVersion
  readonly model: string
  readonly reveal: 'signs'
  readonly keyBits: number
  readonly columns: readonly Column[]
  readonly features: readonly Feature[]
  /** Columns of the training data that the tree does not use: a record may hold them, they are never sent. */
  readonly ignored: readonly string[]
  /** The texts that stand for a missing value where records are written as text. */
  readonly missingValues: readonly string[]
  /** The different answers; null if the answer is a number. */
  readonly answers: readonly string[] | null
  readonly tests: number
  readonly blindingBits: number
  readonly decision: string
  /** Where replies are signed: the public key, a point of P-256, uncompressed (65 bytes) in base64url. */
  readonly replyKey?: string
}

/** One answer that a model may give, with `--probability` in one of its shares. */
export interface LabelAnswer {
  /** A number in models of numbers. */
  readonly answer: string | number
  /** Only with `--probability`: the share of the answer among the leaf's training rows, in whole percent. */
  readonly percent?: number
}

/**
 * The same for `label`. Nothing in it depends on the tree but what its owner publishes: all columns of the schema stand
 * in it, used or not, the cuts were fixed before training, and the number of leaves is padded.
 */
export interface LabelContract {
  readonly format: typeof formatVersion
  readonly model: string
  readonly reveal: 'label'
  /** All of the schema but those dropped, whether the tree uses them or not. */
  readonly columns: readonly Column[]
  readonly features: readonly Feature[]
  /** Per feature, ascending cells c: the bits [cell > c] that a request holds. Public, fixed before training. */
  readonly cuts: readonly (readonly number[])[]
  /** Columns that a record may hold besides, and that are never sent: none, as all that were not dropped are sent. */
  readonly ignored: readonly string[]
  /** The texts that stand for a missing value where records are written as text. */
  readonly missingValues: readonly string[]
  /** Every answer that any model of this contract may give; an answer's place is what the reply encodes. */
  readonly answers: readonly LabelAnswer[]
  /** Leaves in a reply: the tree's own, padded. At least 1. */
  readonly leaves: number
  /** Where replies are signed: as in {@link SignsContract}. */
  readonly replyKey?: string
}

export type Contract = SignsContract | LabelContract

/** SHA-256 of the contract's canonical form: its deterministic CBOR encoding. 32 bytes. */
export async function fingerprint(contract: Contract): Promise<Uint8Array> {
  return sha256(encode(contract))
}

/** SHA-256 by WebCrypto. */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)))
}

/** How the blinded differences of `signs` lie in the plaintexts of the reply. All counts, widths in bits. */
export interface SlotLayout {
  /** Width of one slot: blinding, range of the cells, sign, and one bit for the additive blinding. */
  readonly slotBits: number
  readonly slotsPerCiphertext: number
  /** Number of ciphertexts in a reply. */
  readonly ciphertexts: number
}

/** Bits at the top of every plaintext that stay zero, so that a damaged ciphertext shows up with chance 1 - 2^-64. */
export const marginBits = 64

/** The multipliers of the blinding may reach 2 to at least this. */
export const minimumBlindingBits = 64

/** The largest cell of the columns; at least 1. */
export function largestCell(columns: readonly Column[]): number {
  return Math.max(1, ...columns.map((column) => cellCount(column) - 1))
}

/** Bits of the largest cell of the columns. */
export function rangeBits(columns: readonly Column[]): number {
  return Math.floor(Math.log2(largestCell(columns))) + 1
}

/** The multipliers of the blinding are at least 2 to this: well above the values that they hide. */
export function leastBlindingBits(columns: readonly Column[]): number {
  return rangeBits(columns) + 2
}

/**
 * The widest blinding that needs no more ciphertexts than the narrowest admitted one does.
 *
 * @throws {RangeError} if the key has no room for a single slot.
 */
export function widestBlinding(keyBits: number, tests: number, columns: readonly Column[]): number {
  const room = keyBits - 1 - marginBits
  const overhead = rangeBits(columns) + 2
  const most = Math.floor(room / (minimumBlindingBits + overhead))
  if (most < 1) throw new RangeError(`a key of ${keyBits} bits has no room for one slot`)
  if (tests === 0) return minimumBlindingBits
  const slots = Math.ceil(tests / Math.ceil(tests / most))
  return Math.floor(room / slots) - overhead
}

/** The slot layout that a contract's numbers determine. */
export function slotLayout(contract: SignsContract): SlotLayout {
  const slotBits = contract.blindingBits + rangeBits(contract.columns) + 2
  const most = Math.floor((contract.keyBits - 1 - marginBits) / slotBits)
  const ciphertexts = Math.ceil(contract.tests / most)
  const slotsPerCiphertext = ciphertexts === 0 ? 0 : Math.ceil(contract.tests / ciphertexts)
  return { slotBits, slotsPerCiphertext, ciphertexts }
}

/** Bytes of a SHA-256. */
const hashBytes = 32

/** Bytes of an ECDSA signature on P-256: r and s, one after the other. */
export const signatureBytes = 64

/** Bytes of a point of ristretto255 (RFC 9496, section 4.3.2). A ciphertext of a bit is two of them. */
export const pointBytes = 32

/** Bytes by which an answer of `label` shows that it is one: anything else passes for one with a chance of 2^-40. */
export const checkBytes = 5

/** Bytes that hold the place of an answer among the contract's. */
export const answerBytesOf = ({ answers }: LabelContract): number => (answers.length > 256 ? 2 : 1)

/** How wide a contract's messages are, in bytes, and how many ciphertexts they hold. */
export interface MessageWidths {
  /** Of the public key: the modulus of `signs`, big-endian, or the point of `label`. */
  readonly key: number
  readonly requestCiphertext: number
  readonly requestCiphertexts: number
  readonly replyCiphertext: number
  readonly replyCiphertexts: number
}

export function messageWidths(contract: Contract): MessageWidths {
  switch (contract.reveal) {
    case 'signs': {
      const ciphertext = Math.ceil((2 * contract.keyBits) / 8)
      return {
        key: Math.ceil(contract.keyBits / 8),
        requestCiphertext: ciphertext,
        requestCiphertexts: contract.features.length,
        replyCiphertext: ciphertext,
        replyCiphertexts: slotLayout(contract).ciphertexts,
      }
    }
    case 'label':
      return {
        key: pointBytes,
        requestCiphertext: 2 * pointBytes,
        requestCiphertexts: contract.cuts.reduce((sum, { length }) => sum + length, 0),
        replyCiphertext: pointBytes + answerBytesOf(contract) + checkBytes,
        replyCiphertexts: contract.leaves,
      }
    default:
      return contract satisfies never
  }
}

/** No message is parsed that is longer than the contract's own or, so that a stale client can be told so, 64 KiB. */
export function messageLimit(contract: Contract): number {
  return Math.max(65_536, requestBytes(contract), replyBytes(contract))
}

/** The exact length of every request of the contract. */
export function requestBytes(contract: Contract): number {
  const { key, requestCiphertext, requestCiphertexts } = messageWidths(contract)
  return encode({
    version: formatVersion,
    contract: new Uint8Array(hashBytes),
    key: new Uint8Array(key),
    ciphertexts: new Uint8Array(requestCiphertext * requestCiphertexts),
  }).length
}

/** The exact length of every reply of the contract that is not an error. */
export function replyBytes(contract: Contract): number {
  const { replyCiphertext, replyCiphertexts } = messageWidths(contract)
  return encode({
    version: formatVersion,
    contract: new Uint8Array(hashBytes),
    request: new Uint8Array(hashBytes),
    ciphertexts: new Uint8Array(replyCiphertext * replyCiphertexts),
    ...(contract.replyKey === undefined ? {} : { signature: new Uint8Array(signatureBytes) }),
  }).length
}
