import { typeset } from 'emp-compile-runtime/internal/words/message'
import { expect, test } from 'vitest'

test.each([
  ['de', 'unter 50 % des Durchmessers', 'unter 50\u00a0% des Durchmessers'],
  ['de', '{percent} %', '{percent}\u00a0%'],
  ['fr', 'plus de 50 % : oui', 'plus de 50\u00a0%\u00a0: oui'],
  ['fr-CA', '« Âge »', '«\u00a0Âge\u00a0»'],
  ['en', '50% of 3 people', '50% of 3 people'],
  ['es', '50 % de 3', '50\u00a0% de 3'],
])('in %s "%s" is set without a bad break', (lang, text, set) => {
  expect(typeset(lang, text)).toBe(set)
})
