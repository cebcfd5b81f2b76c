import type { DocumentWords } from 'emp-compile-runtime/internal/page/documents'
import type { Language } from 'emp-compile-runtime/internal/words/languages'

/** What a scheme says of a model on its page, in every language that pages come in beside English: none may be missing. */
export type Translations = Readonly<Record<Exclude<Language, 'en'>, Pick<DocumentWords, 'leakage' | 'sealing'>>>

/** What the servers learn that see a record only under ElGamal. */
export const elGamalServer = {
  fr:
    'qu’un dossier a été soumis, et quand ; quelles requêtes ont été chiffrées avec la même clé. Rien du dossier : chaque ' +
    'requête contient toutes les colonnes, chiffrées par ElGamal sur ristretto255 sous une clé que seul le client possède.',
  de:
    'dass nach einem Datensatz gefragt wurde, und wann; welche Anfragen mit demselben Schlüssel verschlüsselt wurden. Nichts vom ' +
    'Datensatz: jede Anfrage enthält alle Spalten, verschlüsselt durch ElGamal auf ristretto255 unter einem Schlüssel, den nur der Client hat.',
} as const
