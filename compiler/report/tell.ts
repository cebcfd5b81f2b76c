import type { Model } from '../model.ts'
import type { ReportInput } from './input.ts'
import { tellAdditive } from './tell-additive.ts'
import { tellLinear } from './tell-linear.ts'
import { tellNetwork } from './tell-network.ts'
import { tellTree } from './tell-tree.ts'
import { tellTrees } from './tell-trees.ts'
import type { Telling } from './telling.ts'

/** What a report tells of its model, by the family. */
export function tell(input: ReportInput): Telling {
  const model: Model = input.model
  switch (model.family) {
    case 'tree':
      return tellTree(model, input)
    case 'additive':
      return tellAdditive(model, input)
    case 'linear':
      return tellLinear(model, input)
    case 'network':
      return tellNetwork(model, input)
    case 'boosted':
      return tellTrees(model)
    default:
      return model satisfies never
  }
}
