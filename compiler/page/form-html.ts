import {
  type Choice,
  type ChoiceQuestion,
  type NumberQuestion,
  type Question,
  unitRange,
} from 'emp-compile-runtime/internal/page/questions'
import { xmlText } from '../emit/escape.ts'

/** With more options than this, a question is a list to select from. */
const mostRadios = 7

/** The markup of one question. The script of the page finds its parts by these ids: see `runtime/page/form.ts`. */
export function questionHtml(question: Question, i: number): string {
  if (question.kind === 'number') return numberHtml(question, i)
  return question.choices.length > mostRadios ? listHtml(question, i) : radiosHtml(question, i)
}

/** A description, and the message of a fault, which has no text yet. */
function hints(i: number, hint: string | null, range: string | null): { readonly html: string; readonly ids: string } {
  const given = [
    ...(hint === null ? [] : [{ id: `q${i}-hint`, text: hint }]),
    ...(range === null ? [] : [{ id: `q${i}-range`, text: range }]),
  ]
  const html = given.map(({ id, text }) => `<p class="hint" id="${id}">${xmlText(text)}</p>`)
  const ids = given.map(({ id }) => id).join(' ')
  return { html: [...html, `<p class="fault" id="q${i}-error" hidden></p>`].join('\n'), ids }
}

/** Ties a control to its hints; the script adds the fault. */
const described = (ids: string) => `data-described="${ids}"${ids === '' ? '' : ` aria-describedby="${ids}"`}`

function radiosHtml({ title, hint, choices, mayBeMissing }: ChoiceQuestion, i: number): string {
  const { html, ids } = hints(i, hint, null)
  const radio = (label: string, value: string, id: string) =>
    `<div class="option"><input type="radio" name="q${i}" id="${id}" value="${value}" autocomplete="off"><label for="${id}">${label}</label></div>`
  return [
    `<fieldset class="question" ${described(ids)}>`,
    `<legend>${xmlText(title)}</legend>`,
    html,
    ...choices.map(({ label }, k) => radio(xmlText(capital(label)), String(k), `q${i}-${k}`)),
    ...(mayBeMissing ? ['<p class="or">or</p>', radio('Not measured, or not known', 'missing', `q${i}-missing`)] : []),
    '</fieldset>',
  ].join('\n')
}

function listHtml({ title, hint, choices, mayBeMissing }: ChoiceQuestion, i: number): string {
  const { html, ids } = hints(i, hint, null)
  const option = ({ label }: Choice, k: number) => `<option value="${k}">${xmlText(capital(label))}</option>`
  return [
    '<div class="question">',
    `<label class="title" for="q${i}">${xmlText(title)}</label>`,
    html,
    `<select id="q${i}" autocomplete="off" ${described(ids)}>`,
    '<option value="">Select an answer</option>',
    ...choices.map(option),
    ...(mayBeMissing ? ['<option value="missing">Not measured, or not known</option>'] : []),
    '</select>',
    '</div>',
  ].join('\n')
}

function numberHtml({ title, hint, units, mayBeMissing }: NumberQuestion, i: number): string {
  const [own] = units
  const { html, ids } = hints(i, hint, own === undefined ? null : unitRange(own))
  // The keypads of telephones for numbers have no minus.
  const isNegative = units.some(({ minimum }) => minimum < 0)
  const mode = units.every(({ decimals }) => decimals === 0) ? ' inputmode="numeric"' : ' inputmode="decimal"'
  return [
    '<div class="question">',
    `<label class="title" for="q${i}">${xmlText(title)}</label>`,
    html,
    '<div class="entry">',
    `<input type="text" id="q${i}"${isNegative ? '' : mode} autocomplete="off" spellcheck="false" ${described(ids)}>`,
    unitHtml({ title, units }, i),
    '</div>',
    ...(mayBeMissing
      ? [
          `<div class="option"><input type="checkbox" id="q${i}-missing" autocomplete="off"><label for="q${i}-missing">Not measured, or not known</label></div>`,
        ]
      : []),
    '</div>',
  ].join('\n')
}

/** The unit beside a number; a list where there are several. */
function unitHtml({ title, units }: Pick<NumberQuestion, 'title' | 'units'>, i: number): string {
  const [own, ...others] = units
  if (own === undefined || own.name === null) return ''
  if (others.length === 0) return `<span class="unit" aria-hidden="true">${xmlText(own.name)}</span>`
  const options = units.map(({ name }, k) => `<option value="${k}">${xmlText(name ?? '')}</option>`).join('')
  return `<label class="unseen" for="q${i}-unit">Unit of ${xmlText(title)}</label><select id="q${i}-unit" autocomplete="off">${options}</select>`
}

/** The first letter large, where it is one. Abbreviations stay. */
const capital = (label: string) => label.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase())
