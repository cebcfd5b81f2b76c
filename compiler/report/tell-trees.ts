import { at } from 'emp-compile-runtime/internal/at'
import { leafCount, scoreDepth, scoreSplits, type Trees } from '../trees.ts'
import { boostingSection } from './boosting.ts'
import { jsonTrees } from './json-trees.ts'
import type { Telling } from './telling.ts'

/** What a report tells of a sum of trees. */
export function tellTrees(model: Trees): Telling {
  const { trees, columns } = model
  const leaves = trees.reduce((sum, { root }) => sum + leafCount(root), 0)
  const depth = Math.max(...trees.map(({ root }) => scoreDepth(root)))
  const splits = trees.flatMap(({ root }) => scoreSplits(root))
  const used = new Set(splits.map(({ column }) => at(columns, column).name))
  const size = `${trees.length} trees, ${leaves} leaves, depth ${depth}, of ${used.size} of ${columns.length} columns`
  return {
    kind: 'A sum of trees',
    called: 'the trees',
    withheld: 'no threshold and no score; model.json beside it does',
    line: ['trees', size],
    result: `The result has ${size}.`,
    used,
    pictures: [],
    sections: [
      {
        heading: 'The columns',
        text: 'How often the trees ask for each column. For the owner of the model.',
        svg: null,
        table: [
          ['column', 'splits'],
          ...columns.map(({ name }, i) => [name, String(splits.filter(({ column }) => column === i).length)]),
        ],
      },
      ...boostingSection(model),
    ],
    sizes: { depth, leaves, trees: trees.length },
    json: { boosted: jsonTrees(model), ...(model.evidence === undefined ? {} : { boosting: model.evidence }) },
  }
}
