import type { Translations } from '../translations.ts'
import type { SignsPlan } from './plan.ts'

/** What a page says of a model of `signs` beside English. */
export const signsTranslations = (plan: SignsPlan): Translations => ({ fr: french(plan), de: german(plan) })

function french({ leakage, contract }: SignsPlan): Translations['fr'] {
  const { tests, leaves, depth, blindingBits, thresholdAdvantage, publishesTests = false } = leakage
  const advantage = `${(100 * thresholdAdvantage).toFixed(1).replace('.', ',')} %`
  const ofLeaves =
    contract.answers === null
      ? 'la moyenne, la dispersion et le nombre de lignes d’apprentissage'
      : 'la réponse, toutes les parts, et les comptes d’apprentissage d’au moins cinq personnes'
  const ofShape =
    `le résultat de chacun des ${tests} tests, la forme de l’arbre (${leaves} feuilles, profondeur ${depth}), et de ` +
    `chaque feuille ${ofLeaves} ; `
  const ofTests = publishesTests
    ? `${ofShape}tous les tests en mots, avec leurs seuils : ils sont publiés pour la page (--show-path).`
    : `${ofShape}de chaque seuil une grandeur masquée par ${blindingBits} bits : un retour distingue une distance d’un pas de la plus ` +
      `grande possible avec un avantage d’au plus ${advantage}. Ni les seuils, ni la variable de chaque test. Mais un client qui triche ` +
      'lit presque tous les seuils dans un seul retour : ne servez que ceux qui peuvent connaître l’arbre.'
  return {
    leakage: {
      client:
        'les noms de toutes les colonnes, les grilles et les valeurs manquantes de celles qui servent ; ' +
        (tests === 0 ? `de la seule feuille ${ofLeaves}.` : ofTests),
      server:
        'qu’un dossier a été soumis, et quand ; quelles requêtes ont la même clé ; que ' +
        `${contract.columns.length} colonnes servent. Rien du dossier : il est chiffré sous une clé de Paillier de ${contract.keyBits} bits du client.`,
    },
    sealing: { key: `clé de ${contract.keyBits} bits`, each: 'chaque valeur dont le modèle se sert' },
  }
}

function german({ leakage, contract }: SignsPlan): Translations['de'] {
  const { tests, leaves, depth, blindingBits, thresholdAdvantage, publishesTests = false } = leakage
  const advantage = `${(100 * thresholdAdvantage).toFixed(1).replace('.', ',')} %`
  const ofLeaves =
    contract.answers === null
      ? 'Mittel, Streuung und Zahl der Trainingszeilen'
      : 'die Antwort, alle Anteile, und Trainingszahlen ab fünf Personen'
  const ofShape =
    `das Ergebnis jedes der ${tests} Tests, die Gestalt des Baums (${leaves} Blätter, Tiefe ${depth}), und von jedem Blatt ` +
    `${ofLeaves}; `
  const ofTests = publishesTests
    ? `${ofShape}alle Tests in Worten, mit ihren Schwellen: sie sind für die Seite veröffentlicht (--show-path).`
    : `${ofShape}von jeder Schwelle eine Größe, die durch ${blindingBits} Bits verdeckt ist: eine Antwort unterscheidet den Abstand eines ` +
      `Schritts vom größten möglichen mit einem Vorteil von höchstens ${advantage}. Nicht die Schwellen, und nicht, welcher Test welches ` +
      'Merkmal nutzt. Aber ein Client, der betrügt, liest aus einer Antwort fast alle Schwellen: nur für Leute, die den Baum kennen dürfen.'
  return {
    leakage: {
      client:
        'die Namen aller Spalten, die Raster und fehlenden Werte der benutzten; ' +
        (tests === 0 ? `vom einzigen Blatt ${ofLeaves}.` : ofTests),
      server:
        'dass nach einem Datensatz gefragt wurde, und wann; welche Anfragen denselben Schlüssel haben; dass ' +
        `${contract.columns.length} Spalten benutzt werden. Nichts vom Datensatz: er ist unter einem Paillier-Schlüssel des Clients von ${contract.keyBits} Bits verschlüsselt.`,
    },
    sealing: { key: `${contract.keyBits}-Bit-Schlüssel`, each: 'jeden Wert, den das Modell benutzt' },
  }
}
