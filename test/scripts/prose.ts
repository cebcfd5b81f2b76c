import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Phrases that readers had to read twice, and what to write instead. */
export const phrases: readonly (readonly [pattern: RegExp, plainer: string])[] = [
  [/\bshall\b/gi, 'write "must", "will", or the plain present'],
  [/\bwho asks\b/gi, 'name the party: "a client that asks"'],
  [/\b(?:that|which|what|it|them|these|those) (?:is|are) none\b/gi, 'write "is not a ..." or "there is no ..."'],
  [/\b(?:encrypts?|asks|sends|holds?) what is no\b/gi, 'write "encrypts something that is not a ..."'],
  [/\bwhat is no (?:record|position|cell|point|bit)\b/gi, 'write "something that is not a ..."'],
  [/, of which\b/gi, 'make two sentences'],
  [/\bof \w+ the \w+ one only\b/gi, 'subject first'],
  [/\blets nobody at\b/gi, 'write "does not expose"'],
  [/\btakes? (?:it|them) along when\b/gi, 'say what is gone when'],
  [/(?:^|[.;:] )That an? \w+ \w+s that\b/g, 'subject first'],
  [/\bis for those who look\b/gi, 'say what to do: "compare ..."'],
  [/\bas soon as so many are due\b/gi, 'write "once enough are needed"'],
  [/\bmay be known but for\b/gi, 'write "only ... is secret"'],
  [/\bis worth something\b/gi, 'write "is valuable"'],
  [
    /\bwho (?:uses|wants|needs|lacks|reads|knows)\b[^?]*?\b(?:adds|takes|has|gets|sees)\b/gi,
    'write "to use ..., add ..."',
  ],
  [/\bby the usual [A-Za-z]+ means\b/gi, 'say which means'],
  [/\bit is for that reason that\b/gi, 'write "so"'],
  [/\bunder way\b[^.]*\bunder way\b/gi, 'say it once'],
  [/\bneither of them is none\b/gi, 'one negation'],
  [/\b(?:utilize|utilise|leverage|in order to|due to the fact that)\b/gi, 'write "use", "to", "because"'],
]

/** Characters in a line of a document, outside tables, code and lone links. */
const wrap = 120
/** Words in a sentence of a document. */
const mostWords = 45

export interface Fault {
  readonly file: string
  readonly line: number
  readonly text: string
  readonly plainer: string
}

/** The documents and sources of the project. */
export function proseFiles(): readonly string[] {
  const own = (root: string, recursive: boolean) =>
    readdirSync(root, { recursive, encoding: 'utf8' }).map((file) => join(root, file))
  const documents = ['.', 'compiler', 'runtime', 'datasets'].flatMap((root) => own(root, false))
  const sources = ['compiler', 'runtime'].flatMap((root) => own(root, true))
  return [
    ...documents.filter((file) => file.endsWith('.md')),
    ...sources.filter((file) => file.endsWith('.ts') && !/(^|\/)(dist|node_modules)\//.test(file)),
  ].sort()
}

/** What is to be mended in a file. */
export function proseFaults(file: string, text = readFileSync(file, 'utf8')): readonly Fault[] {
  const isDocument = file.endsWith('.md')
  const prose = isDocument ? withoutCode(text) : wordsOfSource(text)
  const lineAt = (index: number) => prose.slice(0, index).split('\n').length
  const found = phrases.flatMap(([pattern, plainer]) =>
    // A phrase may be broken by the wrap, and in a comment by the star before its lines.
    [...prose.matchAll(new RegExp(pattern.source.replaceAll(' ', '(?: |\\n[ \\t]*(?:\\*|//)? ?)'), pattern.flags))].map(
      (match) => ({
        file,
        line: lineAt(match.index),
        text: match[0].replace(/\s+/g, ' ').trim(),
        plainer,
      }),
    ),
  )
  return isDocument ? [...found, ...overWrap(file, prose), ...longSentences(file, prose)] : found
}

/** A document with blanks in place of code, so that places stay as they are. */
function withoutCode(text: string): string {
  const blank = (part: string) => part.replace(/[^\n]/g, ' ')
  return text
    .replace(/^```[\s\S]*?^```/gm, blank)
    .replace(/^ {4,}(?![-*] ).*$/gm, blank)
    .replace(/<!--[\s\S]*?-->/g, blank)
}

/** The comments and texts of a source, at their places. */
function wordsOfSource(text: string): string {
  let words = ''
  const parts = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`|"(?:[^"\\\n]|\\.)*"/g
  let end = 0
  for (const { 0: part, index } of text.matchAll(parts)) {
    words += text.slice(end, index).replace(/[^\n]/g, ' ') + part
    end = index + part.length
  }
  return words
}

function overWrap(file: string, prose: string): readonly Fault[] {
  return prose.split('\n').flatMap((line, i) => {
    const isFree = line.length <= wrap || line.startsWith('|') || !/\s/.test(line.trim())
    const text = `${line.slice(0, 40)}...`
    return isFree ? [] : [{ file, line: i + 1, text, plainer: `${line.length} characters: npm run format:documents` }]
  })
}

function longSentences(file: string, prose: string): readonly Fault[] {
  const faults: Fault[] = []
  let line = 1
  // The log tells what changed in lists, and is not read through.
  if (file === 'CHANGELOG.md') return faults
  for (const paragraph of prose.split(/\n(?=\s*\n|\s*[-*|] |\s*\d+\. )/)) {
    const isTable = paragraph.trimStart().startsWith('|')
    const sentences = isTable ? [] : paragraph.replace(/`[^`]*`/g, 'x').split(/(?<=[.?!:;])\s/)
    for (const sentence of sentences) {
      const count = sentence.split(/\s+/).filter((word) => /[a-z]/i.test(word)).length
      if (count <= mostWords) continue
      const text = `${sentence.trim().slice(0, 40)}...`
      faults.push({ file, line, text, plainer: `a sentence of ${count} words: make two` })
    }
    line += paragraph.split('\n').length
  }
  return faults
}
