import { StructureKind } from 'ts-morph'
import { literal } from '../../emit/escape.ts'
import { constant, contractStatement, printModule } from '../../emit/source.ts'
import type { SumsPlan } from './plan.ts'

/** The server module: the contract, the trees, and what is added to their sums. */
export function sumsServer({ contract, server }: Pick<SumsPlan, 'contract' | 'server'>): string {
  const trees = server.trees.map((tree) => `  ${literal(tree, '  ')},\n`)
  const remark = [
    `The server module of the model ${contract.name}: it adds up the trees below from bits that stay encrypted. It holds the`,
    'model. Keep it private.',
  ]
  return printModule(remark, {
    statements: [
      {
        kind: StructureKind.ImportDeclaration,
        moduleSpecifier: 'emp-compile-runtime/schemes/sums/server',
        namedImports: [
          { name: 'defineSumsServer' },
          { name: 'SumNode', isTypeOnly: true },
          { name: 'SumsContract', isTypeOnly: true },
        ],
      },
      contractStatement(contract, 'SumsContract'),
      `\n${constant(
        'The trees: of a column, by its place in the contract, the positions at which the set of those that go to `yes` begins and ends.',
        `const trees: readonly SumNode[] = [\n${trees.join('')}]`,
      )}`,
      `\n${constant('What is added to the sum of each score.', `const base: readonly number[] = ${literal(server.base)}`)}`,
      `\n${constant(
        'Answers encrypted requests: bytes in, bytes out.',
        'export const server = defineSumsServer(contract, { trees, base })',
      )}`,
    ],
  })
}
