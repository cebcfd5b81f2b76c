import type { NumberFault } from '../page/questions.ts'

/** What a form says of its own accord. The names and meanings of columns come with the model. */
export interface FormWords {
  readonly submit: string
  readonly cancel: string
  readonly working: string
  readonly cancelled: string
  readonly notMeasured: string
  readonly select: string
  unitOf(title: string): string
  range(minimum: string, maximum: string, unit: string | null): string
  noChoice(title: string): string
  fault(fault: NumberFault['kind'], title: string, range: string, decimals: number): string
  /** `81 of 91 in the training data`. */
  counted(part: string, whole: string): string
  chance(percent: string): string
  readonly failed: string
  readonly clamped: string
  readonly disclaimer: string
}

const withUnit = (range: string, unit: string | null) => (unit === null ? range : `${range} ${unit}`)

const en: FormWords = {
  submit: 'Encrypt and send',
  cancel: 'Cancel',
  working: 'Your answers are being encrypted and sent.',
  cancelled: 'Cancelled.',
  notMeasured: 'Not measured, or not known',
  select: 'Select an answer',
  unitOf: (title) => `Unit of ${title}`,
  range: (minimum, maximum, unit) => withUnit(`${minimum} to ${maximum}`, unit),
  noChoice: (title) => `Select an answer to “${title}”`,
  fault: (fault, title, range, decimals) =>
    ({
      empty: `Enter a number for “${title}”`,
      'not-a-number': `“${title}” must be a number`,
      'too-fine': `“${title}” may have ${decimals} decimals at most`,
      'out-of-range': `“${title}” must be ${range}`,
      ambiguous: `“${title}” can be read as two numbers: write it without a sign between thousands`,
    })[fault],
  counted: (part, whole) => `${part} of ${whole} like this in the training data`,
  chance: (percent) => `${percent} by the model`,
  failed: 'No answer came. Try again later.',
  clamped: 'A value beyond the range counted as its end.',
  disclaimer: 'This is research, not a medical device. Do not decide about treatment by it.',
}

const fr: FormWords = {
  submit: 'Chiffrer et envoyer',
  cancel: 'Annuler',
  working: 'Vos réponses sont chiffrées et envoyées.',
  cancelled: 'Annulé.',
  notMeasured: 'Non mesuré ou inconnu',
  select: 'Choisissez une réponse',
  unitOf: (title) => `Unité de ${title}`,
  range: (minimum, maximum, unit) => withUnit(`de ${minimum} à ${maximum}`, unit),
  noChoice: (title) => `Choisissez une réponse à « ${title} »`,
  fault: (fault, title, range, decimals) =>
    ({
      empty: `Indiquez un nombre pour « ${title} »`,
      'not-a-number': `« ${title} » doit être un nombre`,
      'too-fine': `« ${title} » peut avoir ${decimals} décimales au plus`,
      'out-of-range': `« ${title} » doit être ${range}`,
      ambiguous: `« ${title} » peut se lire de deux façons : écrivez-le sans signe entre les milliers`,
    })[fault],
  counted: (part, whole) => `${part} sur ${whole} cas semblables dans les données d’apprentissage`,
  chance: (percent) => `${percent} selon le modèle`,
  failed: 'Aucune réponse n’est arrivée. Réessayez plus tard.',
  clamped: 'Une valeur hors limites a compté comme la limite.',
  disclaimer: 'Ceci est de la recherche, pas un dispositif médical. Ne décidez d’aucun traitement d’après ce résultat.',
}

const de: FormWords = {
  submit: 'Verschlüsseln und senden',
  cancel: 'Abbrechen',
  working: 'Ihre Antworten werden verschlüsselt und gesendet.',
  cancelled: 'Abgebrochen.',
  notMeasured: 'Nicht gemessen oder nicht bekannt',
  select: 'Bitte wählen',
  unitOf: (title) => `Einheit von ${title}`,
  range: (minimum, maximum, unit) => withUnit(`${minimum} bis ${maximum}`, unit),
  noChoice: (title) => `Wählen Sie eine Antwort auf „${title}“`,
  fault: (fault, title, range, decimals) =>
    ({
      empty: `Geben Sie eine Zahl für „${title}“ ein`,
      'not-a-number': `„${title}“ muss eine Zahl sein`,
      'too-fine': `„${title}“ darf höchstens ${decimals} Nachkommastellen haben`,
      'out-of-range': `„${title}“ muss von ${range} sein`,
      ambiguous: `„${title}“ lässt sich als zwei Zahlen lesen: schreiben Sie ohne Zeichen zwischen den Tausendern`,
    })[fault],
  counted: (part, whole) => `${part} von ${whole} ähnlichen Fällen in den Trainingsdaten`,
  chance: (percent) => `${percent} nach dem Modell`,
  failed: 'Es kam keine Antwort. Versuchen Sie es später noch einmal.',
  clamped: 'Ein Wert außerhalb der Grenzen zählte wie die Grenze.',
  disclaimer: 'Dies ist Forschung, kein Medizinprodukt. Entscheiden Sie danach über keine Behandlung.',
}

const catalogue: ReadonlyMap<string, FormWords> = new Map(Object.entries({ en, fr, de }))

/** The words of a language, by its tag such as `fr-CA`; English where there are none. */
export function wordsOf(lang: string): FormWords {
  return catalogue.get(lang.toLowerCase().split('-')[0] ?? '') ?? en
}
