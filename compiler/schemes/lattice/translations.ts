import type { Translations } from '../translations.ts'
import type { LatticePlan } from './plan.ts'

/** Replies for which the leakage report gives the bound, beside that of one. */
const replies = 10_000

/** What a page says of sums of weighted numbers beside English. */
export function latticeTranslations({ contract, leakage }: LatticePlan): Translations {
  const { inputs, outputs, questions, scoreBits, weightBits, distanceBits } = leakage
  const manyBits = Math.ceil(distanceBits + Math.log2(replies))
  const isOfNumbers = contract.link.kind === 'identity' || contract.link.kind === 'exponential'
  const { degree, pairs } = contract
  const pairsBy = (word: string) => (pairs ?? []).map((pair) => pair.join(` ${word} `)).join(', ')
  const products = {
    fr:
      pairs === undefined
        ? degree === undefined
          ? ''
          : `, des produits de ${degree} au plus`
        : ` ; et, choisi d’après les données d’apprentissage si personne ne l’a fixé, que ces colonnes comptent ensemble : ${pairsBy('avec')}`,
    de:
      pairs === undefined
        ? degree === undefined
          ? ''
          : `, Produkte von höchstens ${degree}`
        : `; und, aus den Trainingsdaten gewählt, wenn sie niemand nannte, dass diese Spalten zusammen zählen: ${pairsBy('mit')}`,
  }
  return {
    fr: {
      leakage: {
        client:
          `${outputs === 1 ? `son score, un entier d’au plus ${scoreBits} bits` : `ses ${outputs} scores, des entiers d’au plus ${scoreBits} bits chacun`}, et par un lien public ` +
          `${isOfNumbers ? 'le nombre qu’il représente' : 'la réponse et les probabilités de toutes les réponses'} ; et ce qui a été publié avant l’apprentissage : les noms, les ` +
          `grilles et les valeurs manquantes de toutes les colonnes, et les ${inputs} nombres qu’un dossier devient${products.fr} ; et que ` +
          `les poids ont au plus ${weightBits} bits, où un score de ${contract.link.unit} vaut 1. Hors des scores un retour ne dit presque rien : ce qu’il peut dire est borné ` +
          `par 2^${distanceBits}, celui de ${replies.toLocaleString('fr')} retours par 2^${manyBits} (distance statistique, et difficulté de l’apprentissage avec erreurs sur anneaux). ` +
          `Mais les scores sont des sommes : ${questions} questions reconstruisent le modèle, et un client qui chiffre ce qui n’est pas un dossier en apprend autant. ` +
          'Ceci est pour des clients comptés : limitez leur débit.',
        server:
          'qu’un dossier a été soumis, et quand ; quelles requêtes ont été chiffrées avec la même clé, si une clé sert deux fois. Rien du dossier : ' +
          'chaque requête contient toutes les colonnes, chiffrées par la partie additive de BFV, un chiffrement complètement homomorphe que l’on croit résister ' +
          'aux ordinateurs quantiques, sous une clé que seul le client possède.',
      },
      sealing: { key: 'clé de réseau euclidien', each: 'le dossier entier' },
    },
    de: {
      leakage: {
        client:
          `${outputs === 1 ? `seinen Score, eine ganze Zahl von höchstens ${scoreBits} Bits` : `seine ${outputs} Scores, ganze Zahlen von höchstens je ${scoreBits} Bits`}, und durch eine öffentliche Formel ` +
          `${isOfNumbers ? 'die Zahl, für die er steht' : 'die Antwort und die Wahrscheinlichkeiten aller Antworten'}; und was vor dem Training veröffentlicht wurde: die Namen, Raster und ` +
          `fehlenden Werte aller Spalten, und die ${inputs} Zahlen, zu denen ein Datensatz wird${products.de}; und dass ` +
          `Gewichte höchstens ${weightBits} Bits haben, wo ein Score von ${contract.link.unit} für 1 steht. Außer den Scores sagt eine Antwort fast nichts: was sie sagen kann, ist durch ` +
          `2^${distanceBits} begrenzt, das von ${replies.toLocaleString('de')} Antworten durch 2^${manyBits} (statistischer Abstand, und wie schwer Lernen mit Fehlern über Ringen ist). ` +
          `Aber Scores sind Summen: ${questions} Fragen bauen das Modell nach, und ein Client, der etwas verschlüsselt, was kein Datensatz ist, erfährt ebenso viel. ` +
          'Dies ist für Clients, die gezählt werden: begrenzen Sie, wie oft sie fragen.',
        server:
          'dass nach einem Datensatz gefragt wurde, und wann; welche Anfragen mit demselben Schlüssel verschlüsselt wurden, falls einer zweimal dient. Nichts vom Datensatz: ' +
          'jede Anfrage enthält alle Spalten, verschlüsselt durch den additiven Teil von BFV, einem vollhomomorphen Verfahren, das als sicher vor Quantenrechnern gilt, ' +
          'unter einem Schlüssel, den nur der Client hat.',
      },
      sealing: { key: 'Gitterschlüssel', each: 'den ganzen Datensatz' },
    },
  }
}
