import { elGamalServer, type Translations } from '../translations.ts'
import type { SumsPlan } from './plan.ts'

/** What a page says of a sum of trees beside English. */
export function sumsTranslations({ leakage, contract }: SumsPlan): Translations {
  const { features, cuts, trees, scores, leaves, guard } = leakage
  const most = Math.max(...contract.leaves)
  const isOfNumbers = contract.answers === null
  return {
    fr: {
      leakage: {
        client:
          `${scores === 1 ? 'son score' : `ses ${scores} scores`}, et par un lien public ${isOfNumbers ? 'le nombre' : 'la réponse et les probabilités de toutes les réponses'} ; ` +
          `et ce qui est publié : les noms, les grilles et les valeurs manquantes de toutes les colonnes, les ${cuts} coupures de ${features} ` +
          `variables où un arbre peut diviser ; et qu’il y a ${trees} arbres d’au plus ${most} feuilles chacun, ${leaves} en tout, arrondi au-dessus. ` +
          'Ni les feuilles où finit un dossier, ni les colonnes d’un arbre, ni sa forme. Mais un score est une somme : un client qui ' +
          'demande pour des dossiers qui diffèrent d’une valeur voit ce que vaut la différence, et sans limite reconstruit le modèle : limitez son débit. ' +
          (guard
            ? 'Un client qui triche, et chiffre ce qui n’est pas un dossier, reçoit les scores d’un dossier honnête, ou rien.'
            : `Celui qui chiffre ce qui n’est pas un dossier lit comment deux feuilles d’un arbre diffèrent, et par au plus ${cuts + 1} requêtes les coupures d’un chemin dans tous les arbres à la fois ; --guard ne lui donne rien.`),
        server: elGamalServer.fr,
      },
      sealing: { key: 'clé', each: 'chaque coupure publique de chaque valeur' },
    },
    de: {
      leakage: {
        client:
          `${scores === 1 ? 'seinen Score' : `seine ${scores} Scores`}, und durch eine öffentliche Formel ${isOfNumbers ? 'die Zahl' : 'die Antwort und die Wahrscheinlichkeiten aller Antworten'}; ` +
          `und was veröffentlicht ist: die Namen, Raster und fehlenden Werte aller Spalten, die ${cuts} Schnitte von ${features} Merkmalen, ` +
          `an denen ein Baum teilen darf; und dass es ${trees} Bäume mit höchstens je ${most} Blättern gibt, ${leaves} in allen, aufgerundet. ` +
          'Nicht, an welchen Blättern ein Datensatz endet, noch die Spalten oder die Gestalt eines Baums. Aber ein Score ist eine Summe: ein Client, ' +
          'der nach Datensätzen fragt, die sich in einem Wert unterscheiden, sieht, was der Unterschied wert ist, und baut ohne Grenze das Modell nach: begrenzen Sie, wie oft er fragt. ' +
          (guard
            ? 'Ein Client, der betrügt und etwas verschlüsselt, was kein Datensatz ist, bekommt die Scores eines ehrlichen Datensatzes oder nichts.'
            : `Einer, der etwas verschlüsselt, was kein Datensatz ist, liest, wie sich zwei Blätter eines Baums unterscheiden, und durch höchstens ${cuts + 1} Anfragen die Schnitte eines Pfads in allen Bäumen zugleich; --guard gibt ihm nichts.`),
        server: elGamalServer.de,
      },
      sealing: { key: 'Schlüssel', each: 'jeden öffentlichen Schnitt jedes Werts' },
    },
  }
}
