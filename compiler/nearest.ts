import { at } from 'emp-compile-runtime/internal/at'

/** ` Did you mean "age"?` where one of the names is close to what was given; else nothing. */
export function didYouMean(given: string, names: readonly string[], write: (name: string) => string = quoted): string {
  const nearest = nearestOf(given, names)
  return nearest === null ? '' : ` Did you mean ${write(nearest)}?`
}

const quoted = (name: string) => JSON.stringify(name)

/** The name that needs the fewest changed letters; null if these are more than a third of the letters. Case counts little. */
export function nearestOf(given: string, names: readonly string[]): string | null {
  const own = given.slice(0, mostLetters).toLowerCase()
  let nearest: string | null = null
  let least = Math.max(1, own.length / 3)
  for (const name of names) {
    if (name === given || Math.abs(name.length - own.length) > least) continue
    const distance = editDistance(own, name.toLowerCase())
    if (distance < least || (distance === least && nearest === null)) [nearest, least] = [name, distance]
  }
  return nearest
}

/** Longer texts are no slips of the pen, and comparing them takes time. */
const mostLetters = 100

/** Letters to insert, remove or change, and neighbours to swap. Source: Wagner and Fischer, 1974; swaps: Lowrance and Wagner, 1975. */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const changed = at(row, j) + Number(a[i] !== b[j])
      const swapped = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j] ? at(before, j - 1) + 1 : changed
      next.push(Math.min(at(next, j) + 1, at(row, j + 1) + 1, changed, swapped))
    }
    ;[before, row] = [row, next]
  }
  return at(row, b.length)
}
