import { StructureKind } from 'ts-morph'
import { commentText, literal } from '../../emit/escape.ts'
import { constant, contractStatement, printModule } from '../../emit/source.ts'
import { describeSplit } from '../../tree.ts'
import type { SignsPlan } from './plan.ts'

/** The server module: the contract and the tests, each with its meaning. */
export function signsServer({ contract, server }: Pick<SignsPlan, 'contract' | 'server'>): string {
  const lines = server.tests.map(
    ({ feature, cut, also }) =>
      `  ${literal({ feature, cut, ...(also === undefined ? {} : { also }) })}, // ${commentText(describeSplit(contract, { feature, cut, ...(also === undefined ? {} : { also }) }))}\n`,
  )
  const remark = [
    `The server module of the model ${contract.name}: it subtracts the thresholds below from features that stay`,
    'encrypted. It holds the model. Keep it private.',
  ]
  return printModule(remark, {
    statements: [
      {
        kind: StructureKind.ImportDeclaration,
        moduleSpecifier: 'emp-compile-runtime/schemes/signs/server',
        namedImports: [
          { name: 'defineSignsServer' },
          { name: 'SignsContract', isTypeOnly: true },
          { name: 'Test', isTypeOnly: true },
        ],
      },
      contractStatement(contract, 'SignsContract'),
      `\n${constant(
        'The thresholds in the order of the reply: `feature` is a position in the contract, a cell `<= cut` goes left.',
        `const tests: readonly Test[] = ${lines.length === 0 ? '[]' : `[\n${lines.join('')}]`}`,
      )}`,
      `\n${constant(
        'Answers encrypted requests: bytes in, bytes out.',
        'export const server = defineSignsServer(contract, tests)',
      )}`,
    ],
  })
}
