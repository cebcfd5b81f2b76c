import type { formEn } from './form-en.ts'
import type { Translated } from './message.ts'

export const formFr: Translated<typeof formEn> = {
  'form.submit': 'Chiffrer et envoyer',
  'form.cancel': 'Annuler',
  'form.working': 'Vos réponses sont chiffrées et envoyées.',
  'form.cancelled': 'Annulé.',
  'form.failed': 'Aucune réponse n’est arrivée. Réessayez plus tard.',
  'form.disclaimer':
    'Ceci est de la recherche, pas un dispositif médical. Rien n’a été vérifié pour les soins, le modèle ne sait que ce qui est ' +
    'demandé ici, et il ne doit servir à décider d’aucun traitement. Si votre santé vous inquiète, consultez un médecin.',
  'ask.faults': 'Il y a un problème',
  'ask.title': 'Vos réponses',
  'ask.have-ready': 'Préparez vos résultats',
  'ask.have-ready-what': 'Ces valeurs viennent d’examens. Cherchez-les avant de commencer.',
  'ask.paste': 'Coller une ligne d’un tableau',
  'ask.paste-what':
    'Copiez la ligne d’une personne dans un tableau, de préférence avec la ligne des titres au-dessus. Elle est lue ici et ne va nulle part.',
  'ask.paste-label': 'Une ligne du tableau',
  'ask.paste-button': 'Remplir avec elle',
  'ask.other-questions': 'Autres questions',
  'ask.progress': '{done} réponses sur {all}',
  'note.pasted': { one: '{count} valeur est remplie.', other: '{count} valeurs sont remplies.' },
  'note.pasted-none': 'Rien de cela ne convient à une question d’ici.',
  'note.pasted-left': 'Non remplies : {titles}.',
  'answer.missing': 'non mesuré ou inconnu',
  'question.missing': 'Non mesuré ou inconnu',
  'question.or': 'ou',
  'question.select': 'Choisissez une réponse',
  'question.unit': 'Unité de {title}',
  'question.range': 'de {minimum} à {maximum}',
  'question.range-unit': 'de {minimum} à {maximum} {unit}',
  'fault.no-choice': 'Choisissez une réponse à « {title} »',
  'fault.empty': 'Indiquez un nombre pour « {title} »',
  'fault.empty-or-missing': 'Indiquez un nombre pour « {title} », ou cochez qu’il n’a pas été mesuré',
  'fault.not-a-number': '« {title} » doit être un nombre, par exemple {example}',
  'fault.not-whole': '« {title} » doit être un nombre entier',
  'fault.too-fine': {
    one: '« {title} » doit avoir {count} décimale au plus',
    other: '« {title} » doit avoir {count} décimales au plus',
  },
  'fault.out-of-range': '« {title} » doit aller {range} : ce modèle ne connaît pas d’autres valeurs',
  'fault.ambiguous':
    '« {title} » peut être {first} ou {second} : écrivez {second} sans signe entre les chiffres, ou {first}',
  'fault.spoken': 'Erreur : ',
  'told.counted': '{part} sur {whole} cas semblables dans les données d’apprentissage',
  'told.chance': '{percent} selon le modèle',
  'told.clamped': 'Une valeur hors limites a compté comme la limite.',
}
