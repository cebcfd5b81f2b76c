import type { Target } from '../../table.ts'
import type { LinearOptions } from './options.ts'

/** A recipe in a sentence, for the card. */
export function describeLinear({ l1, penalty, classWeight }: LinearOptions, target: Target): string {
  const kind = target.kind === 'number' ? 'Linear' : target.answers.length === 2 ? 'Logistic' : 'Multinomial logistic'
  const how = l1 === 0 ? 'a ridge penalty' : l1 === 1 ? 'a lasso penalty' : `an elastic net, ${l1} of it the lasso`
  const strength = penalty === null ? 'its strength by cross-validation' : `of strength ${penalty}`
  const weights =
    classWeight === null
      ? ''
      : `; answers weighted ${classWeight === 'balanced' ? 'inversely to their frequency' : JSON.stringify(classWeight)}`
  return `${kind} regression with ${how} on standardised numbers, ${strength}${weights}.`
}
