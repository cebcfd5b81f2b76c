import type { FieldProgram } from './field.ts'
import type { AllocatePlace } from './layout.ts'
import { constants, type Operand, type Steps, stepsOf } from './program.ts'
import { get, number, params, plus, repeat, step } from './wat.ts'

/** What the functions of the group are written with. */
export interface Frame {
  readonly field: FieldProgram
  readonly place: AllocatePlace
  /** Steps whose operands are constants, these places, each one element, or texts. */
  steps(...places: string[]): Steps
  /** Room for a block of points: the address of each coordinate, and of the block. */
  block(): string
  /**
   * An exported function that goes through blocks: lists advance by their pointers, others by their bytes; what
   * is for all blocks, by 0.
   */
  exported(name: string, advance: Readonly<Record<string, number>>, body: string, locals?: string): string
  /** Bytes of the pointers of a block in a list. */
  readonly pointers: number
}

export function frameOf(
  field: FieldProgram,
  place: AllocatePlace,
  constantAt: Readonly<Record<string, number>>,
): Frame {
  return {
    field,
    place,
    pointers: 4 * field.lanes.lanes,
    steps(...places) {
      const own = new Map(places.map((name) => [name, place(field.bytes)]))
      return stepsOf((name: Operand) => {
        if (name.startsWith('(')) return name
        const at = own.get(name) ?? constantAt[name]
        if (at === undefined) throw new RangeError(`no place is called ${name}`)
        return number(at)
      })
    },
    block: () => number(place(4 * field.bytes)),
    exported: (name, advance, body, locals = '') => `
      (func (export "${name}") ${params(...Object.keys(advance), 'blocks')} ${locals}
        ${repeat(
          'blocks',
          `${body} ${Object.entries(advance)
            .flatMap(([local, by]) => (by === 0 ? [] : [step(local, by)]))
            .join(' ')}`,
        )})`,
  }
}

/** Where each constant stands, and the text that puts them there. */
export function placeConstants(field: FieldProgram, place: AllocatePlace) {
  const at: Record<string, number> = {}
  const data = Object.entries(constants).map(([name, value]) => {
    at[name] = place(field.bytes)
    const bytes = [...field.constant(value)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`)
    return `(data ${number(at[name])} "${bytes.join('')}")`
  })
  return { at, data: data.join('\n') }
}

/** The addresses of a block's coordinates. */
export const coordinatesOf = (block: string, bytes: number) =>
  [0, 1, 2, 3].map((i) => plus(block, i * bytes)) as [string, string, string, string]
export const coordinatesAt = (local: string, bytes: number) => coordinatesOf(get(local), bytes)
