import { coordinatesOf, type Frame } from './frame.ts'
import { generator } from './program.ts'
import { get, locals, number, params, set } from './wat.ts'

/**
 * Decoding, and the map from bytes. Nothing depends on the bytes but the results: what is no encoding becomes the
 * generator, by a mask, which is written out.
 *
 * Source: RFC 9496, sections 4.3.1 and 4.3.4.
 */
export function decodingFunctions(frame: Frame, generatorAt: number): string {
  const { bytes, lanes } = frame.field
  const point = frame.block()
  const [x, y, z, t] = coordinatesOf(point, bytes)
  const canonical = number(frame.place(32 * lanes.lanes))
  const s = frame.steps('s', 'ss', 'u1', 'u2', 'u2s', 'v', 'w', 'inverse', 'denX', 'denY')
  const not = (mask: string) => lanes.xor(mask, lanes.constant(-1))
  const both = (mask: string) => set('valid', lanes.and(get('valid'), mask))
  const numbers =
    lanes.lanes === 4
      ? `(v128.store ${get('valid')} ${get('mask')})`
      : `(i32.store ${get('valid')} (i32.wrap_i64 ${get('mask')}))`

  const decodeBlock = `
  (func $decodeBlock ${params('bytes')} (result ${lanes.type}) ${locals(lanes.type, 'valid')}
    (call $fromBytes ${s.at('s')} ${get('bytes')})
    (call $toBytes ${canonical} ${s.at('s')})
    ${set('valid', `(call $sameBytes ${canonical} ${get('bytes')})`)}
    ${both(not(`(call $isOdd ${s.at('s')})`))}
    ${s.square('ss', 's')} ${s.subtract('u1', 'one', 'ss')} ${s.add('u2', 'one', 'ss')} ${s.square('u2s', 'u2')}
    ${s.square('v', 'u1')} ${s.multiply('v', 'v', 'd')} ${s.add('v', 'v', 'u2s')} ${s.subtract('v', 'zero', 'v')}
    ${s.multiply('w', 'v', 'u2s')}
    ${both(`(call $root ${s.at('inverse')} ${s.at('one')} ${s.at('w')})`)}
    ${s.multiply('denX', 'inverse', 'u2')}
    ${s.multiply('denY', 'inverse', 'denX')} ${s.multiply('denY', 'denY', 'v')}
    ${s.add('s', 's', 's')} ${s.multiply(x, 's', 'denX')} ${s.negateIf(x, `(call $isOdd ${x})`)}
    ${s.multiply(y, 'u1', 'denY')} ${s.copy(z, 'one')} ${s.multiply(t, x, y)}
    ${both(not(`(call $isOdd ${t})`))} ${both(not(`(call $isZero ${y})`))}
    ${[x, y, z, t].map((to, i) => s.select(to, number(generatorAt + i * bytes), not(get('valid')))).join('\n')}
    ${get('valid')})`
  const decode = frame.exported(
    'decode',
    { out: frame.pointers, bytes: 32 * lanes.lanes, valid: 4 * lanes.lanes },
    `${set('mask', `(call $decodeBlock ${get('bytes')})`)} ${numbers} (call $scatter ${get('out')} ${point})`,
    locals(lanes.type, 'mask'),
  )

  const [mapped, prepared] = [frame.block(), frame.block()]
  const m = frame.steps('r', 't', 'u', 'v', 's', 'c', 'n', 'turned', 'w0', 'w1', 'w2', 'w3')
  const [outX, outY, outZ, outT] = coordinatesOf(get('out'), bytes) as [string, string, string, string]
  const map = `
  (func $map ${params('out', 'bytes')} ${locals(lanes.type, 'square')}
    (call $fromBytes ${m.at('t')} ${get('bytes')})
    ${m.square('r', 't')} ${m.multiply('r', 'r', 'sqrtMinusOne')}
    ${m.add('u', 'r', 'one')} ${m.multiply('u', 'u', 'oneMinusDSquared')}
    ${m.multiply('v', 'r', 'd')} ${m.subtract('v', 'minusOne', 'v')} ${m.add('c', 'r', 'd')} ${m.multiply('v', 'v', 'c')}
    ${set('square', `(call $root ${m.at('s')} ${m.at('u')} ${m.at('v')})`)}
    ${m.multiply('turned', 's', 't')} ${m.negateIf('turned', not(`(call $isOdd ${m.at('turned')})`))}
    ${m.select('s', 'turned', not(get('square')))}
    ${m.copy('c', 'minusOne')} ${m.select('c', 'r', not(get('square')))}
    ${m.subtract('n', 'r', 'one')} ${m.multiply('n', 'n', 'c')} ${m.multiply('n', 'n', 'dMinusOneSquared')}
    ${m.subtract('n', 'n', 'v')}
    ${m.multiply('w0', 's', 'v')} ${m.add('w0', 'w0', 'w0')}
    ${m.multiply('w1', 'n', 'rootOfMinusDMinusOne')}
    ${m.square('w2', 's')} ${m.add('w3', 'one', 'w2')} ${m.subtract('w2', 'one', 'w2')}
    ${m.multiply(outX, 'w0', 'w3')} ${m.multiply(outY, 'w2', 'w1')}
    ${m.multiply(outZ, 'w1', 'w3')} ${m.multiply(outT, 'w0', 'w2')})`
  const hash = frame.exported(
    'hash',
    { out: frame.pointers, first: 32 * lanes.lanes, second: 32 * lanes.lanes },
    `(call $map ${point} ${get('first')}) (call $map ${mapped} ${get('second')})
     (call $prepare ${prepared} ${mapped}) (call $addPrepared ${point} ${prepared} (i32.const 1))
     (call $scatter ${get('out')} ${point})`,
  )
  return [decodeBlock, decode, map, hash].join('\n')
}

/** The generator in all lanes. */
export const generatorBytes = (constant: (value: bigint) => Uint8Array): number[] =>
  generator.flatMap((coordinate) => [...constant(coordinate)])
