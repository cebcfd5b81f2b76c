import type { Target } from '../../table.ts'
import type { NetworkOptions } from './options.ts'

/** A recipe in a sentence, for the card. */
export function describeNetwork({ layers, width, decay, starts, classWeight }: NetworkOptions, target: Target): string {
  const of = target.kind === 'number' ? 'numbers' : 'answers'
  const hidden = layers === 1 ? 'one hidden layer' : 'two hidden layers'
  const units = width === null ? 'a width by cross-validation' : `${width} units each`
  const strength = decay === null ? 'weight decay by cross-validation' : `weight decay ${decay}`
  const weights =
    classWeight === null
      ? ''
      : `; answers weighted ${classWeight === 'balanced' ? 'inversely to their frequency' : JSON.stringify(classWeight)}`
  return (
    `A network for ${of} with ${hidden} of squares beside the standardised numbers themselves, ${units}, ${strength}, ` +
    `the mean of ${starts} trainings from different weights${weights}.`
  )
}
