import { elGamalServer, type Translations } from '../translations.ts'
import type { LabelPlan } from './plan.ts'

/** What a page says of a model of `label` beside English. */
export function labelTranslations({ leakage, contract }: LabelPlan): Translations {
  const { features, cuts, answers, leaves, guard } = leakage
  const isOfNumbers = contract.answers === null
  const hasPercent = contract.possible.some(({ percent }) => percent !== undefined)
  return {
    fr: {
      leakage: {
        client:
          `sa réponse, une parmi ${answers}${hasPercent ? ', avec sa part des lignes d’apprentissage arrivées au même point, en pour cent entiers' : ''} ; ` +
          'et ce qui a été publié avant l’apprentissage : les noms, les grilles et les valeurs manquantes de toutes les colonnes, les ' +
          `${cuts} coupures de ${features} variables où un arbre peut diviser, et ${isOfNumbers ? 'l’étendue de la cible et ses réponses' : 'les réponses'} ; et que ` +
          `l’arbre a au plus ${leaves} ${leaves === 1 ? 'feuille' : 'feuilles'}. Ni les colonnes ou coupures dont il se sert, ni sa forme. Un client qui ` +
          'demande sans limite reconstruit tout modèle d’après ses réponses : limitez son débit. ' +
          (guard
            ? 'Un client qui triche, et chiffre ce qui n’est pas un dossier, reçoit la réponse d’un dossier honnête, ou rien.'
            : 'Celui qui chiffre ce qui n’est pas un dossier lit l’arbre bien plus vite, un chemin à la fois ; --guard ne lui donne rien.'),
        server: elGamalServer.fr,
      },
      sealing: { key: 'clé', each: 'chaque coupure publique de chaque valeur' },
    },
    de: {
      leakage: {
        client:
          `seine Antwort, eine von ${answers}${hasPercent ? ', mit ihrem Anteil der Trainingszeilen, die ebenso endeten, in ganzen Prozent' : ''}; ` +
          'und was vor dem Training veröffentlicht wurde: die Namen, Raster und fehlenden Werte aller Spalten, die ' +
          `${cuts} Schnitte von ${features} Merkmalen, an denen ein Baum teilen darf, und ${isOfNumbers ? 'den Bereich des Ziels und seine Antworten' : 'die Antworten'}; und dass ` +
          `der Baum höchstens ${leaves} ${leaves === 1 ? 'Blatt' : 'Blätter'} hat. Nicht, welche Spalten oder Schnitte er nutzt, noch seine Gestalt. Ein Client, ` +
          'der ohne Grenze fragt, baut jedes Modell aus seinen Antworten nach: begrenzen Sie, wie oft er fragt. ' +
          (guard
            ? 'Ein Client, der betrügt und etwas verschlüsselt, was kein Datensatz ist, bekommt die Antwort eines ehrlichen Datensatzes oder nichts.'
            : 'Einer, der etwas verschlüsselt, was kein Datensatz ist, liest den Baum viel schneller, Pfad um Pfad; --guard gibt ihm nichts.'),
        server: elGamalServer.de,
      },
      sealing: { key: 'Schlüssel', each: 'jeden öffentlichen Schnitt jedes Werts' },
    },
  }
}
