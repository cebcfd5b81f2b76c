/** Writes schemas/recipe.json out of the options of compile; with --check it writes nothing and fails if the file is stale. */
import { readFileSync, writeFileSync } from 'node:fs'
import { options } from '../../compiler/cli/compile-options.ts'
import { recipeSchema } from '../../compiler/recipe-schema.ts'

const file = 'schemas/recipe.json'
const text = `${JSON.stringify(recipeSchema(options), null, 2)}\n`
if (!process.argv.includes('--check')) writeFileSync(file, text)
else if (readFileSync(file, 'utf8') !== text) {
  console.error(`${file} is stale. Run npm run generate.`)
  process.exitCode = 1
}
