import type { formEn } from './form-en.ts'
import type { Translated } from './message.ts'

export const formDe: Translated<typeof formEn> = {
  'form.submit': 'Verschlüsseln und senden',
  'form.cancel': 'Abbrechen',
  'form.working': 'Ihre Antworten werden verschlüsselt und gesendet.',
  'form.cancelled': 'Abgebrochen.',
  'form.failed': 'Es kam keine Antwort. Versuchen Sie es später noch einmal.',
  'form.disclaimer':
    'Dies ist Forschung, kein Medizinprodukt. Es wurde nicht für die Behandlung geprüft, es kennt nur, was hier gefragt wird, und es ' +
    'darf über keine Behandlung entscheiden. Wenn Sie sich um Ihre Gesundheit sorgen, gehen Sie zum Arzt.',
  'ask.faults': 'Es gibt ein Problem',
  'ask.title': 'Ihre Antworten',
  'ask.have-ready': 'Legen Sie Ihre Befunde bereit',
  'ask.have-ready-what': 'Diese Werte stammen aus Untersuchungen. Suchen Sie sie heraus, bevor Sie beginnen.',
  'ask.paste': 'Eine Zeile einer Tabelle einfügen',
  'ask.paste-what':
    'Kopieren Sie die Zeile einer Person aus einer Tabelle, am besten mit der Zeile der Überschriften darüber. Sie wird hier gelesen und geht nirgendwohin.',
  'ask.paste-label': 'Eine Zeile der Tabelle',
  'ask.paste-button': 'Daraus eintragen',
  'ask.other-questions': 'Weitere Fragen',
  'ask.progress': '{done} von {all} beantwortet',
  'note.pasted': { one: '{count} Wert ist eingetragen.', other: '{count} Werte sind eingetragen.' },
  'note.pasted-none': 'Nichts davon passt zu einer Frage hier.',
  'note.pasted-left': 'Nicht eingetragen: {titles}.',
  'answer.missing': 'nicht gemessen oder nicht bekannt',
  'question.missing': 'Nicht gemessen oder nicht bekannt',
  'question.or': 'oder',
  'question.select': 'Bitte wählen',
  'question.unit': 'Einheit von {title}',
  'question.range': '{minimum} bis {maximum}',
  'question.range-unit': '{minimum} bis {maximum} {unit}',
  'fault.no-choice': 'Wählen Sie eine Antwort auf „{title}“',
  'fault.empty': 'Geben Sie eine Zahl für „{title}“ ein',
  'fault.empty-or-missing': 'Geben Sie eine Zahl für „{title}“ ein, oder kreuzen Sie an, dass nicht gemessen wurde',
  'fault.not-a-number': '„{title}“ muss eine Zahl sein, etwa {example}',
  'fault.not-whole': '„{title}“ muss eine ganze Zahl sein',
  'fault.too-fine': {
    one: '„{title}“ darf höchstens {count} Nachkommastelle haben',
    other: '„{title}“ darf höchstens {count} Nachkommastellen haben',
  },
  'fault.out-of-range': '„{title}“ muss {range} sein: andere Werte kennt dieses Modell nicht',
  'fault.ambiguous':
    '„{title}“ kann {first} oder {second} sein: schreiben Sie {second} ohne Zeichen zwischen den Ziffern, oder {first}',
  'fault.spoken': 'Fehler: ',
  'told.counted': '{part} von {whole} ähnlichen Fällen in den Trainingsdaten',
  'told.chance': '{percent} nach dem Modell',
  'told.clamped': 'Ein Wert außerhalb der Grenzen zählte wie die Grenze.',
}
