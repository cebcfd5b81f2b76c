import { elGamalServer, type Translations } from '../translations.ts'
import type { PointsLabelPlan, ScorePlan } from './plan.ts'

const sealing = {
  fr: { key: 'clé', each: 'chaque valeur' },
  de: { key: 'Schlüssel', each: 'jeden Wert' },
} as const

const honest = {
  fr: 'Un client qui triche, et chiffre ce qui n’est pas une position, reçoit la réponse d’un dossier honnête, ou rien.',
  de: 'Ein Client, der betrügt und etwas verschlüsselt, was keine Position ist, bekommt die Antwort eines ehrlichen Datensatzes oder nichts.',
} as const

function published({ contract, leakage }: ScorePlan | PointsLabelPlan) {
  const { columns, positions } = leakage
  const pairsBy = (and: string) =>
    contract.pairs.map((pair) => pair.map((i) => contract.columns[i]?.name).join(and)).join('; ')
  const count = contract.pairs.length
  return {
    fr:
      'ce qui a été publié avant l’apprentissage : les noms, les grilles, les coupures et les niveaux de toutes les ' +
      `${columns} colonnes, ${positions} positions en tout${count === 0 ? '' : ` ; et, choisies d’après les données d’apprentissage si personne ne les a nommées, les ${count} paires de colonnes qui ont leurs propres points (${pairsBy(' et ')})`}`,
    de:
      'was vor dem Training veröffentlicht wurde: die Namen, Raster, Schnitte und Stufen aller ' +
      `${columns} Spalten, ${positions} Positionen in allen${count === 0 ? '' : `; und, aus den Trainingsdaten gewählt, wenn sie niemand nannte, die ${count} Paare von Spalten mit eigenen Punkten (${pairsBy(' und ')})`}`,
  }
}

/** What a page says, beside English, of points whose sum is told. */
export function scoreTranslations(plan: ScorePlan): Translations {
  const { outputs, bound } = plan.contract
  const { fr, de } = published(plan)
  const { questions } = plan.leakage
  return {
    fr: {
      leakage: {
        client:
          `${outputs === 1 ? 'sa somme de points' : `ses ${outputs} sommes de points, une par réponse`}, de ${1 - bound} à ${bound - 1}, et ce qu’elle veut dire ; et ${fr}. ` +
          'Ni les points d’une position, ni les colonnes qui en ont. ' +
          `Avec au plus ${questions} sommes qu’il peut demander, un client connaît celles de tout dossier : limitez son débit. ${honest.fr}`,
        server: elGamalServer.fr,
      },
      sealing: sealing.fr,
    },
    de: {
      leakage: {
        client:
          `${outputs === 1 ? 'seine Summe von Punkten' : `seine ${outputs} Summen von Punkten, eine je Antwort`}, von ${1 - bound} bis ${bound - 1}, und was sie bedeutet; und ${de}. ` +
          'Nicht die Punkte einer Position, noch welche Spalten welche haben. ' +
          `Aus höchstens ${questions} Summen, die er erfragen darf, kennt ein Client die jedes Datensatzes: begrenzen Sie, wie oft er fragt. ${honest.de}`,
        server: elGamalServer.de,
      },
      sealing: sealing.de,
    },
  }
}

/** What a page says, beside English, of points whose answer alone is told. */
export function pointsLabelTranslations(plan: PointsLabelPlan): Translations {
  const { possible, sums, answers } = plan.contract
  const hasPercent = possible.some(({ percent }) => percent !== undefined)
  const { fr, de } = published(plan)
  return {
    fr: {
      leakage: {
        client:
          `sa réponse, une parmi ${possible.length}${hasPercent ? ', avec sa probabilité en pour cent entiers' : ''} ; et ${fr}, ` +
          `${answers === null ? 'l’étendue de la cible et ses réponses' : 'les réponses'}, et que les sommes de points diffèrent de moins de ${sums}. ` +
          'Ni la somme, ni les points d’une position, ni les colonnes qui en ont. Un client qui demande sans limite reconstruit tout ' +
          `modèle d’après ses réponses : limitez son débit. ${honest.fr}`,
        server: elGamalServer.fr,
      },
      sealing: sealing.fr,
    },
    de: {
      leakage: {
        client:
          `seine Antwort, eine von ${possible.length}${hasPercent ? ', mit ihrer Wahrscheinlichkeit in ganzen Prozent' : ''}; und ${de}, ` +
          `${answers === null ? 'den Bereich des Ziels und seine Antworten' : 'die Antworten'}, und dass Summen von Punkten weniger als ${sums} auseinander liegen. ` +
          'Nicht die Summe, noch die Punkte einer Position, noch welche Spalten welche haben. Ein Client, der ohne Grenze fragt, baut jedes ' +
          `Modell aus seinen Antworten nach: begrenzen Sie, wie oft er fragt. ${honest.de}`,
        server: elGamalServer.de,
      },
      sealing: sealing.de,
    },
  }
}
