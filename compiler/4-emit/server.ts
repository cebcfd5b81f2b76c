import { StructureKind } from 'ts-morph'
import type { LabelPlan, SignsPlan } from '../plan.ts'
import { columnOf, describeSplit } from '../tree.ts'
import { commentText, literal } from './escape.ts'
import { labelServer } from './label-server.ts'
import { constant, contractStatement, printModule } from './source.ts'

type SignsPart = Pick<SignsPlan, 'reveal' | 'contract' | 'server'>
type LabelPart = Pick<LabelPlan, 'reveal' | 'contract' | 'server'>

/** The server module: the contract, and the tests or leaves, each with its meaning. */
export function emitServer(part: SignsPart | LabelPart): string {
  return part.reveal === 'label' ? labelServer(part) : signsServer(part)
}

function signsServer({ contract, server }: SignsPart): string {
  const lines = server.tests.map(({ feature, cut }) => {
    const source = contract.features[feature]
    if (source === undefined) throw new TypeError('a test refers to a feature that is not there')
    return `  ${literal({ feature, cut })}, // ${commentText(describeSplit(columnOf(contract, source), source, cut))}\n`
  })
  const remark = [
    `The server module of the model ${contract.model}: it subtracts the thresholds below from features that stay`,
    'encrypted. It holds the model. Keep it private.',
  ]
  return printModule(remark, {
    statements: [
      {
        kind: StructureKind.ImportDeclaration,
        moduleSpecifier: 'emp-compile/runtime/server',
        namedImports: [
          { name: 'defineServer' },
          { name: 'SignsContract', isTypeOnly: true },
          { name: 'Test', isTypeOnly: true },
        ],
      },
      contractStatement(contract),
      `\n${constant(
        'The thresholds in the order of the reply: `feature` is a position in the contract, a cell `<= cut` goes left.',
        `const tests: readonly Test[] = ${lines.length === 0 ? '[]' : `[\n${lines.join('')}]`}`,
      )}`,
      `\n${constant(
        'Answers encrypted requests: bytes in, bytes out.',
        'export const server = defineServer(contract, tests)',
      )}`,
    ],
  })
}
