import { coordinatesAt, coordinatesOf, type Frame } from './frame.ts'
import { get, params } from './wat.ts'

const whole = '(i32.const 1)'

/**
 * Points (X, Y, Z, T) with x = X/Z, y = Y/Z, x y = T/Z on -x^2 + y^2 = 1 + d x^2 y^2. What is added to one stands as
 * (Y + X, Y - X, 2 d T, 2 Z), or, where Z is 1, as the first three. The formulas are complete: no case is special.
 *
 * Comments count how many results of products a factor sums up; two times three are allowed.
 *
 * Source: Hisil, Wong, Carter, Dawson, "Twisted Edwards curves revisited", 2008, sections 3.1 and 3.3.
 */
export function curveFunctions(frame: Frame): string {
  const { bytes } = frame.field
  const [x, y, z, t] = coordinatesAt('point', bytes)
  const [plusX, minusX, doubleDT, doubleZ] = coordinatesAt('other', bytes)

  const twice = frame.steps('a', 'b', 'c', 'e', 'f', 'g', 'h', 's')
  const double = `
  (func $double ${params('point', 'withT')}
    ${twice.square('a', x)}
    ${twice.square('b', y)}
    ${twice.square('c', z)}
    ${twice.add('s', x, y)}
    ${twice.square('s', 's')}
    ${twice.add('h', 'a', 'b')}
    ${twice.subtract('e', 'h', 's')}
    ${twice.subtract('g', 'a', 'b')}
    ${twice.add('f', 'c', 'c')}
    ${twice.add('f', 'f', 'g')}
    (call $tighten ${twice.at('f')})
    ${twice.multiply(x, 'e', 'f')}
    ${twice.multiply(y, 'g', 'h')}
    ${twice.multiply(z, 'f', 'g')}
    (if ${get('withT')} (then ${twice.multiply(t, 'e', 'h')})))`

  const sum = frame.steps('a', 'b', 'c', 'd1', 'e', 'f', 'g', 'h')
  const add = (name: string, twoZ: string) => `
  (func ${name} ${params('point', 'other', 'withT')}
    ${sum.subtract('a', y, x)}
    ${sum.multiply('a', 'a', minusX)}
    ${sum.add('b', y, x)}
    ${sum.multiply('b', 'b', plusX)}
    ${sum.multiply('c', t, doubleDT)}
    ${twoZ}
    ${sum.subtract('e', 'b', 'a')}
    ${sum.subtract('f', 'd1', 'c')}
    ${sum.add('g', 'd1', 'c')}
    ${sum.add('h', 'b', 'a')}
    ${sum.multiply(x, 'e', 'f')}
    ${sum.multiply(y, 'g', 'h')}
    ${sum.multiply(z, 'f', 'g')}
    (if ${get('withT')} (then ${sum.multiply(t, 'e', 'h')})))`

  /** The form of $point in which it is added. */
  const prepare = `
  (func $prepare ${params('other', 'point')}
    ${sum.add(plusX, y, x)}
    ${sum.subtract(minusX, y, x)}
    ${sum.multiply(doubleDT, t, 'doubleD')}
    ${sum.add(doubleZ, z, z)})`
  const identity = `
  (func $identity ${params('point')}
    ${[sum.copy(x, 'zero'), sum.copy(y, 'one'), sum.copy(z, 'one'), sum.copy(t, 'zero')].join(' ')})`

  const [first, second, prepared] = [frame.block(), frame.block(), frame.block()]
  const [otherX, , , otherT] = coordinatesOf(second, bytes)
  const { pointers } = frame
  const sums = (name: string, negate: string) =>
    frame.exported(
      name,
      { out: pointers, a: pointers, b: pointers },
      `(call $gather ${first} ${get('a')}) (call $gather ${second} ${get('b')}) ${negate}
       (call $prepare ${prepared} ${second}) (call $addPrepared ${first} ${prepared} ${whole})
       (call $scatter ${get('out')} ${first})`,
    )
  return [
    double,
    add('$addPrepared', sum.multiply('d1', z, doubleZ)),
    // Three results in F and in G would be one too many.
    add('$addAffine', `${sum.add('d1', z, z)} (call $tighten ${sum.at('d1')})`),
    prepare,
    identity,
    sums('add', ''),
    sums('subtract', `${sum.subtract(otherX, 'zero', otherX)} ${sum.subtract(otherT, 'zero', otherT)}`),
    frame.exported(
      'doubleAll',
      { out: pointers, a: pointers },
      `(call $gather ${first} ${get('a')}) (call $double ${first} ${whole}) (call $scatter ${get('out')} ${first})`,
    ),
  ].join('\n')
}
