import type { Column, Contract, MessageField } from '../../contract.ts'
import { cellCount } from '../../grid.ts'

/** The contract of a tree of which the client learns every test's outcome, under Paillier. */
export interface SignsContract extends Contract {
  readonly family: 'tree'
  readonly reveal: 'signs'
  readonly scheme: 'paillier'
  readonly keyBits: number
  readonly tests: number
  readonly blindingBits: number
  /**
   * The SHA-256 of the client's decision logic, so that a client whose logic belongs to another tree is refused instead of
   * answered wrongly.
   */
  readonly decision: string
}

/** The fields of its messages: the modulus, big-endian, and ciphertexts modulo its square. */
export function signsMessages(
  contract: Pick<SignsContract, 'keyBits' | 'features' | 'tests' | 'blindingBits' | 'columns'>,
): { readonly request: readonly MessageField[]; readonly reply: readonly MessageField[] } {
  const bytes = Math.ceil((2 * contract.keyBits) / 8)
  const ciphertexts = (count: number) => ({ name: 'ciphertexts', bytes, count })
  return {
    request: [{ name: 'key', bytes: Math.ceil(contract.keyBits / 8), count: 1 }, ciphertexts(contract.features.length)],
    reply: [ciphertexts(slotLayout(contract).ciphertexts)],
  }
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
export function slotLayout(
  contract: Pick<SignsContract, 'keyBits' | 'tests' | 'blindingBits' | 'columns'>,
): SlotLayout {
  const slotBits = contract.blindingBits + rangeBits(contract.columns) + 2
  const most = Math.floor((contract.keyBits - 1 - marginBits) / slotBits)
  const ciphertexts = Math.ceil(contract.tests / most)
  const slotsPerCiphertext = ciphertexts === 0 ? 0 : Math.ceil(contract.tests / ciphertexts)
  return { slotBits, slotsPerCiphertext, ciphertexts }
}
