import { describe, expect, test } from 'vitest'
import { kernelSource } from '../../runtime/ristretto/kernel/module.ts'
import { scalarField } from '../../runtime/ristretto/kernel/scalar-field.ts'
import { simdField } from '../../runtime/ristretto/kernel/simd-field.ts'

/** The expression in brackets that begins at a place. */
function expressionAt(text: string, start: number): string {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    if (text[i] === '(') depth++
    if (text[i] === ')' && --depth === 0) return text.slice(start, i + 1).replace(/\s+/g, ' ')
  }
  throw new RangeError('brackets are not closed')
}

const conditionsOf = (source: string) =>
  [...source.matchAll(/\((?:if|br_if \$\w+)\s+(?=\()/g)].map((found) =>
    expressionAt(source, found.index + found[0].length),
  )

/** Numbers of things that remain, and what is the same for all values: how long scalars are, whether T is wanted. */
const publicConditions = [
  /^\(local\.tee \$(blocks|i|e|count|windows|times) \(i32\.sub \(local\.get \$\1\) \(i32\.const 1\)\)\)$/,
  /^\(local\.get \$(withT|times)\)$/,
  /^\(i32\.lt_u \(local\.get \$i\) \(local\.get \$windows\)\)$/,
  /^\(i32\.lt_u \(local\.get \$windows?\) \(i32\.const \d+\)\)$/,
]

describe.each([simdField, scalarField])('the source of the kernel: $name', (field) => {
  const { source, layout } = kernelSource(field)

  test('branches on counters and lengths alone, and holds no instruction whose time depends on its operands', () => {
    const conditions = conditionsOf(source)
    expect(conditions.length).toBeGreaterThan(30)
    expect(conditions.filter((condition) => !publicConditions.some((known) => known.test(condition)))).toEqual([])
    expect(source).not.toMatch(/\((?:br_table|call_indirect|return|select|i(?:32|64)\.(?:div|rem)_[su])\b/)
  })

  test('sets the counters and lengths that it branches on from parameters, constants and other counters', () => {
    const assigned = [...source.matchAll(/\(local\.set \$(?:blocks|i|e|count|windows?|times|withT)\s+(?=\()/g)].map(
      (found) => expressionAt(source, found.index + found[0].length),
    )
    const name = String.raw`\(local\.get \$(?:blocks|i|e|count|windows?|times|size)\)`
    const known = new RegExp(
      String.raw`^(?:\(i32\.const \d+\)|${name}|\(i32\.(?:add|mul) ${name} \(i32\.const -?\d+\)\))$`,
    )
    // In $find, $size is the digit's and no length; it is a vector or a number of 64 bits.
    expect(assigned.filter((value) => !known.test(value))).toEqual([])
  })

  test('has places that do not overlap, in the order that its caller counts on', () => {
    const { baseTable, baseWindows, tableBytes, work, heap } = layout
    expect(baseTable + baseWindows * tableBytes).toBe(work)
    expect(heap).toBeGreaterThan(work)
    expect([baseTable, work, heap].map((at) => at % 16)).toEqual([0, 0, 0])
  })
})
