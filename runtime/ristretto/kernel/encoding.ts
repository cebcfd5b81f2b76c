import { coordinatesOf, type Frame } from './frame.ts'
import { get, locals, params, plus, repeat, set, step } from './wat.ts'

/** Elements of a record of `encodeDoubled`: what is known of a double until its inverse is. */
const elements = 8

/** Bytes of a record, for a block of points each; also of one of `normalize`, which needs less. */
export const recordBytes = (elementBytes: number): number => elements * elementBytes + 16

/**
 * Encodes points, one root each; or the doubles of points, with one inverse for all of a batch.
 *
 * Sources: RFC 9496, section 4.3.2; Hamburg, "Decaf: eliminating cofactors through point compression", 2015, for the
 * double without a root.
 */
export function encodingFunctions(frame: Frame): string {
  const { bytes, lanes } = frame.field
  const point = frame.block()
  const [x, y, z, t] = coordinatesOf(point, bytes)
  const out = { bytes: 32 * lanes.lanes, list: frame.pointers }

  const p = frame.steps('u1', 'u2', 'w', 'inverse', 'den1', 'den2', 'zInverse', 'ix', 'iy', 'test')
  const encode = frame.exported(
    'encode',
    out,
    `(call $gather ${point} ${get('list')})
    ${p.add('u1', z, y)} ${p.subtract('w', z, y)} ${p.multiply('u1', 'u1', 'w')} ${p.multiply('u2', x, y)}
    ${p.square('w', 'u2')} ${p.multiply('w', 'w', 'u1')}
    (drop (call $root ${p.at('inverse')} ${p.at('one')} ${p.at('w')}))
    ${p.multiply('den1', 'inverse', 'u1')} ${p.multiply('den2', 'inverse', 'u2')}
    ${p.multiply('zInverse', 'den1', 'den2')} ${p.multiply('zInverse', 'zInverse', t)}
    ${p.multiply('ix', x, 'sqrtMinusOne')} ${p.multiply('iy', y, 'sqrtMinusOne')}
    ${p.multiply('den1', 'den1', 'inverseRootOfMinusOneMinusD')}
    ${p.multiply('test', t, 'zInverse')} ${set('mask', `(call $isOdd ${p.at('test')})`)}
    ${p.select(x, 'iy', get('mask'))} ${p.select(y, 'ix', get('mask'))} ${p.select('den2', 'den1', get('mask'))}
    ${p.multiply('test', x, 'zInverse')} ${p.negateIf(y, `(call $isOdd ${p.at('test')})`)}
    ${p.subtract('w', z, y)} ${p.multiply('w', 'w', 'den2')}
    (call $writeEven ${get('bytes')} ${p.at('w')})`,
    locals(lanes.type, 'mask'),
  )
  const writeEven = `
  (func $writeEven ${params('bytes', 'element')}
    (call $negateIf ${get('element')} (call $isOdd ${get('element')}))
    (call $toBytes ${get('bytes')} ${get('element')}))`

  const record = get('record')
  const field = (i: number) => plus(record, i * bytes)
  const [e, f, g, h, eg, fh, inverse] = [0, 1, 2, 3, 4, 5, 6].map(field) as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  const size = recordBytes(bytes)
  const d = frame.steps('minusE', 'fi', 'magic', 'zInverse', 'tInverse', 'test', 's')
  const prepareDouble = `
    (call $gather ${point} ${get('list')})
    ${d.add('test', y, y)} ${d.multiply(e, x, 'test')}
    ${d.square('s', z)} ${d.square('test', t)} ${d.multiply('test', 'test', 'd')}
    ${d.add(f, 's', 'test')} ${d.subtract(h, 's', 'test')}
    ${d.square('s', x)} ${d.square('test', y)} ${d.add(g, 's', 'test')}
    ${d.multiply(eg, e, g)} ${d.multiply(fh, f, h)} ${d.multiply(inverse, eg, fh)}
    ${step('list', frame.pointers)} ${step('record', size)}`
  const writeDouble = `
    ${d.multiply('zInverse', eg, inverse)} ${d.multiply('tInverse', fh, inverse)}
    ${d.subtract('minusE', 'zero', e)} ${d.multiply('fi', f, 'sqrtMinusOne')}
    ${d.copy('magic', 'inverseRootOfMinusOneMinusD')}
    ${d.multiply('test', eg, 'zInverse')} ${set('mask', `(call $isOdd ${d.at('test')})`)}
    ${d.select(e, g, get('mask'))} ${d.select(g, 'minusE', get('mask'))} ${d.select(h, 'fi', get('mask'))}
    ${d.select('magic', 'sqrtMinusOne', get('mask'))}
    ${d.multiply('test', h, e)} ${d.multiply('test', 'test', 'zInverse')}
    ${d.negateIf(g, `(call $isOdd ${d.at('test')})`)}
    ${d.subtract('s', h, g)} ${d.multiply('s', 's', 'magic')} ${d.multiply('s', 's', g)} ${d.multiply('s', 's', 'tInverse')}
    (call $writeEven ${get('bytes')} ${d.at('s')})
    ${step('bytes', 32 * lanes.lanes)} ${step('record', size)}`
  const pass = (body: string) => `${set('i', get('blocks'))} ${set('record', get('records'))} ${repeat('i', body)}`
  const invertAll = (element: number) =>
    `(call $invertAll ${plus(get('records'), element * bytes)} (i32.const ${size}) ${get('blocks')})`
  const encodeDoubled = `
  (func (export "encodeDoubled") ${params('bytes', 'list', 'records', 'blocks')}
    ${locals('i32', 'i', 'record')} ${locals(lanes.type, 'mask')}
    ${pass(prepareDouble)} ${invertAll(6)} ${pass(writeDouble)})`

  const n = frame.steps('zInverse')
  const normalize = `
  (func (export "normalize") ${params('list', 'records', 'blocks')} ${locals('i32', 'i', 'record', 'first')}
    ${set('first', get('list'))}
    ${pass(`(call $gather ${point} ${get('list')}) ${n.copy(e, z)} ${step('list', frame.pointers)} ${step('record', size)}`)}
    ${invertAll(0)} ${set('list', get('first'))}
    ${pass(`(call $gather ${point} ${get('list')})
      ${n.multiply(x, x, e)} ${n.multiply(y, y, e)} ${n.copy(z, 'one')} ${n.multiply(t, x, y)}
      (call $scatter ${get('list')} ${point}) ${step('list', frame.pointers)} ${step('record', size)}`)})`
  return [writeEven, encode, encodeDoubled, normalize].join('\n')
}
