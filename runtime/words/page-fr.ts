import { formFr } from './form-fr.ts'
import type { Translated } from './message.ts'
import type { pageEn } from './page-en.ts'

const nothingLost = 'Vos réponses sont toujours dans le formulaire, sur cet appareil.'

export const pageFr: Translated<typeof pageEn> = {
  ...formFr,
  'page.kind': 'Calculateur privé',
  'page.skip': 'Aller aux questions',
  'page.about': '{title} : les réponses sont chiffrées sur votre appareil, et le serveur calcule sans les lire.',
  'page.language': 'Langue',
  'page.not-spoken':
    '{language} : chargement impossible. Vérifiez votre connexion et réessayez, ou rechargez la page, ce qui efface vos réponses.',
  'page.no-script': 'Cette page a besoin de JavaScript : c’est lui qui chiffre vos réponses ici, sur votre appareil.',
  'page.not-started':
    'Le script de cette page n’a pas démarré, rien ne peut donc être demandé. Rechargez la page ou ouvrez-la dans un navigateur plus récent.',
  'page.error': 'Erreur : {name}',
  'page.part': '{name} – {title}',
  people: { one: '{count} personne', other: '{count} personnes' },
  bytes: { one: '{count} octet', other: '{count} octets' },

  'ask.lead': {
    one: 'Répondez à {count} question et voyez ce qu’il en a été pour les personnes aux réponses semblables, parmi {people}.',
    other:
      'Répondez à {count} questions et voyez ce qu’il en a été pour les personnes aux réponses semblables, parmi {people}.',
  },
  'ask.lead-made': {
    one: 'Répondez à {count} question et voyez ce que le modèle en tire.',
    other: 'Répondez à {count} questions et voyez ce que le modèle en tire.',
  },
  'ask.sealed': 'Chiffré sur votre appareil.',
  'ask.sealed-why': 'Le serveur calcule sans pouvoir lire vos réponses.',
  'ask.cost': 'Ce qu’il en coûte.',
  'ask.cost-what': 'Le serveur apprend que quelqu’un a demandé, et quand, et voit votre adresse réseau.',
  'ask.research': 'De la recherche, pas un dispositif médical.',
  'ask.research-what': 'Ne décidez d’aucun traitement d’après ce résultat.',
  'ask.predicted': 'Ce qui est prédit.',
  'ask.data': 'Les données.',
  'ask.example': 'Remplir avec un exemple',
  'ask.clear': 'Effacer mes réponses',

  'note.example': 'Un exemple est rempli. Ce n’est le dossier de personne.',
  'note.cleared': 'Toutes les réponses sont effacées.',
  'note.removed': 'Vos réponses, le résultat et les messages chiffrés sont effacés de cette page.',
  'note.cancelled': 'Annulé. La clé est détruite : personne ne peut lire ce qui a pu être envoyé.',

  'ready.key': 'Fabrication d’une clé sur cet appareil …',
  'ready.noise': 'Préparation du chiffrement, {done} sur {all} …',
  'ready.ready': 'Prêt : la clé est faite, sur cet appareil.',

  'working.title': 'Calcul en cours',
  'working.name': 'En cours',
  'working.make-key': 'Fabriquer votre clé',
  'working.seal': 'Chiffrer vos réponses',
  'working.send': 'Les envoyer et attendre le retour',
  'working.open': 'Ouvrir le retour',
  'working.done': ' (fait)',
  'working.doing': ' (en cours)',
  'working.says-key': 'Fabrication de votre clé sur cet appareil.',
  'working.says-noise': 'Chiffrement : {done} valeurs sur {all}.',
  'working.says-sealing': 'Chiffrement.',
  'working.says-sent': {
    one: '{count} octet chiffré est en route ; attente du retour.',
    other: '{count} octets chiffrés sont en route ; attente du retour.',
  },
  'working.says-slow':
    'Toujours en attente du serveur. C’est plus long que d’habitude ; vous pouvez attendre encore ou annuler.',
  'working.says-opening': 'Le retour est là. Ouverture.',

  'sent.plan-title': 'Ce qui quitte votre appareil',
  'sent.title': 'Ce qui a quitté votre appareil',
  'sent.plan':
    '{bytes}, quoi que vous répondiez : vos réponses, chiffrées avec une {key} que cette page fabrique pour un seul usage, et la moitié publique de cette clé.',
  'sent.sent': 'Envoyé',
  'sent.sent-what': '{bytes} à {address}, et rien d’autre',
  'sent.made': 'Requêtes faites',
  'sent.made-one': '{method} {host}, {bytes}',
  'sent.made-times': { one: '{what}, {count} fois', other: '{what}, {count} fois' },
  'sent.inside': 'Contenu',
  'sent.inside-what': {
    one: '{count} valeur chiffrée de {bytes}, une pour {each} ; la clé publique du chiffrement ({keyBytes}) ; l’empreinte du contrat',
    other:
      '{count} valeurs chiffrées de {bytes}, une pour {each} ; la clé publique du chiffrement ({keyBytes}) ; l’empreinte du contrat',
  },
  'sent.readers': 'Qui peut le lire',
  'sent.readers-what':
    'Cette page seule, tant qu’elle était ouverte : la clé privée a été faite ici, n’est jamais sortie, et n’existe plus',
  'sent.back': 'Revenu',
  'sent.back-what': '{bytes}, chiffrés pour la même clé',
  'sent.back-signed': '{bytes}, chiffrés pour la même clé et signés par le serveur du modèle',
  'sent.look': 'Un aperçu',
  'sent.save-request': 'Enregistrer l’envoi',
  'sent.save-reply': 'Enregistrer le retour',

  'learns.title': 'Qui apprend quoi',
  'learns.server': 'Le serveur et son stockage apprennent',
  'learns.client': 'Cette page apprend du modèle',

  'audit.title': 'Pour les contrôleurs',
  'audit.model': 'Modèle',
  'audit.contract': 'SHA-256 du contrat',
  'audit.page': 'SHA-256 de cette page, telle qu’elle est arrivée',
  'audit.no-hash': 'n’a pas pu être calculé',
  'audit.check': 'Comment vérifier',
  'audit.check-how':
    'La page fixe son script et son style par leurs empreintes, et le script fixe la partie qui chiffre. L’empreinte de la page vaut ' +
    'donc pour le tout : emp-compile page affiche celle d’un modèle. Calculez-la vous-même d’après ce que le serveur envoie ; une ' +
    'page qui ment montrerait n’importe quelle empreinte.',

  'footer.operator': 'Exploité par {operator}.',
  'footer.data': 'Données : {sources}.',
  'footer.kept': 'Rien n’est gardé : ni cookies, ni stockage dans ce navigateur, ni tiers.',

  'answer.name': 'Résultat',
  'answer.origin': '{when}, par {host}',
  'answer.origin-operator': '{when}, par {operator} ({host})',
  'answer.given': 'Vous avez répondu',
  'answer.change-one': 'Modifier',
  'answer.change': 'Modifier mes réponses',
  'answer.remove': 'Tout effacer',
  'answer.print': 'Imprimer',
  'answer.contract': 'Contrat :',
  'answer.limits': 'Ce que cela ne dit pas',
  'answer.limit-group':
    'Il s’agit d’un groupe, pas de vous : personne ne peut dire laquelle de ces personnes vous seriez.',
  'answer.limit-cause':
    'Cela compte ce qui a été trouvé dans les données d’apprentissage. Cela ne dit ni pourquoi, ni ce qu’un traitement changerait.',
  'answer.limit-others': 'Ailleurs ou aujourd’hui, les gens peuvent différer de ceux des données.',
  'answer.clamped': 'Au-delà des valeurs que ce modèle connaît, et compté comme la limite : {titles}.',

  'answer.share': '{part} sur {whole}',
  'answer.share-low': 'moins de 1 sur 100',
  'answer.share-high': 'plus de 99 sur 100',
  'answer.people-had': {
    one: 'personne aux réponses semblables avait : {label}',
    other: 'personnes aux réponses semblables avaient : {label}',
  },
  'answer.model': 'La réponse du modèle',
  'answer.model-is': '{name} : la réponse du modèle',
  'answer.gives-one': '{label}. Il donne une seule réponse à tous ceux qu’il ne sait pas distinguer.',
  'answer.gives-group': '{label}. Il donne une seule réponse à tout ce groupe.',
  'answer.stands': 'Repose sur',
  'answer.stands-on': 'Sur quoi cela repose',
  'answer.stands-tree': {
    one: '{count} personne des données d’apprentissage, répartie par un arbre que cette page ne voit pas : elle n’apprend pas non plus combien d’entre elles ont de telles réponses, et ne peut dire jusqu’où va le hasard.',
    other:
      '{count} personnes des données d’apprentissage, réparties par un arbre que cette page ne voit pas : elle n’apprend pas non plus combien d’entre elles ont de telles réponses, et ne peut dire jusqu’où va le hasard.',
  },
  'answer.stands-weights': {
    one: '{count} personne des données d’apprentissage. Le calcul part de tout ce qui a été saisi, avec des poids que cette page ne voit pas : elle ne peut dire jusqu’où va le hasard.',
    other:
      '{count} personnes des données d’apprentissage. Le calcul part de tout ce qui a été saisi, avec des poids que cette page ne voit pas : elle ne peut dire jusqu’où va le hasard.',
  },
  'answer.stands-made': 'Un tableau de points fait ailleurs, que cette page ne voit pas.',
  'answer.stands-hidden':
    'Un groupe de personnes des données d’apprentissage dont les nombres ne sont pas publiés, car certains sont inférieurs à cinq',
  'answer.stands-group': {
    one: '{count} personne des données d’apprentissage aux réponses semblables',
    other: '{count} personnes des données d’apprentissage aux réponses semblables',
  },
  'answer.rough': '{what}. Le groupe est petit, c’est donc approximatif.',
  'answer.reckoned': 'Mode de calcul',
  'answer.reckoned-how': 'La part dans ce groupe, rapprochée de celle des groupes plus grands qui l’entourent',
  'answer.something-else': 'autre chose',
  'answer.picture-group':
    '{name} : sur {count} personnes des données d’apprentissage aux réponses semblables, {groups}.',
  'answer.picture-model': '{name} : sur {count} personnes au même risque, si le modèle a raison, {groups}.',
  'answer.picture-part': '{count} avaient : {label}',
  'answer.part-of': '({part} sur {whole})',
  'answer.mean-of': '{name} : la moyenne des personnes aux réponses semblables',
  'answer.differ': 'Leurs différences',
  'answer.differ-how': 'Un écart-type va de {low} à {high} ; bien des personnes sont en dehors',
  'answer.chance': 'En tenant compte du hasard',
  'answer.chance-one': 'Une seule personne dit très peu',
  'answer.chance-mean': 'La moyenne de telles personnes est entre {low} et {high} (intervalle à 95 %)',
  'answer.picture-mean': '{name} : {mean}, un écart-type de {low} à {high}.',
  'answer.percent': '{percent} %',
  'answer.below-1': 'moins de 1 %',
  'answer.above-99': 'plus de 99 %',
  'answer.is-chance': 'est la probabilité que le modèle calcule : {label}',
  'answer.computes': '{name} : ce que le modèle calcule',
  'answer.means': 'Ce que cela veut dire',
  'answer.means-what': 'Sur 100 personnes à la même probabilité, environ {part} ont : {label}',
  'answer.right': 'S’il a souvent raison',
  'answer.right-of': 'Sur 100 personnes que le modèle n’avait pas vues, sa réponse était juste pour {right}',
  'answer.off-by': 'Pour des personnes que le modèle n’avait pas vues, il se trompait en général de {error}',
  'answer.others': 'À côté de tous',
  'answer.others-higher':
    'Sur 100 personnes des données d’apprentissage, {part} avaient une probabilité plus haute selon le modèle, et {less} une plus basse',
  'answer.others-number':
    'Sur 100 personnes des données d’apprentissage, le modèle calcule davantage pour {part}, et moins pour {less}',
  'answer.path': 'Comment le modèle y est arrivé',
  'answer.path-said': ' (vous avez répondu : {said})',

  'failure.again': 'Réessayer',
  'failure.back': 'Revenir à mes réponses',
  'failure.lacking': '{advice} Il manque ici : {names}.',
  'failure.unreachable': 'Le serveur est injoignable',
  'failure.unreachable-do': `Vérifiez votre connexion, puis réessayez. ${nothingLost}`,
  'failure.busy': 'Le serveur est occupé',
  'failure.busy-do': `Attendez une minute, puis réessayez. ${nothingLost}`,
  'failure.outdated': 'Cette page et le serveur ne vont pas ensemble',
  'failure.outdated-do':
    'Le modèle du serveur a changé après cette page, ou l’inverse. Rechargez la page ; si cela n’aide pas, prévenez ceux qui l’exploitent.',
  'failure.untrusted': 'Le retour n’est pas digne de confiance',
  'failure.untrusted-do':
    'Il ne venait pas du serveur de ce modèle, ou il a été modifié en route ; il a donc été jeté et aucun résultat n’est montré. Réessayez ; si cela se répète, prévenez ceux qui exploitent cette page.',
  'failure.expired': 'La session a expiré',
  'failure.expired-do': `Remettre les réponses chiffrées a pris trop de temps. Réessayez. ${nothingLost}`,
  'failure.deadline': 'Le serveur n’a pas répondu à temps',
  'failure.deadline-do': `Rien n’est revenu en une minute, l’attente a donc cessé. Réessayez plus tard. ${nothingLost}`,
  'failure.too-many': 'Trop de requêtes d’ici',
  'failure.too-many-do': `Le serveur limite le nombre de demandes d’un même lieu, pour protéger le modèle. Attendez un peu, puis réessayez. ${nothingLost}`,
  'failure.worker': 'Le chiffrement n’a pas pu démarrer',
  'failure.worker-do':
    'La partie de cette page qui chiffre n’a pas été chargée, ou n’est pas celle de la page. Rien n’a été envoyé. Rechargez la page.',
  'failure.old': 'Ce navigateur est trop ancien pour cette page',
  'failure.old-do':
    'Il lui manque ce dont le chiffrement a besoin. Ouvrez la page dans un navigateur plus récent ou sur un autre appareil. Rien n’a été envoyé.',
  'failure.framed': 'Cette page ne marche que seule',
  'failure.framed-do':
    'Elle est montrée dans une autre page, qui pourrait l’observer ou la déguiser. Ouvrez-la dans sa propre fenêtre. Rien n’a été envoyé.',
  'failure.insecure': 'Cette connexion n’est pas sûre',
  'failure.insecure-do':
    'Les navigateurs ne chiffrent que sur des pages venues par https. Ouvrez cette page à son adresse https. Rien n’a été envoyé.',
  'failure.page': 'Quelque chose a échoué dans cette page',
  'failure.page-do':
    'Aucun résultat ne peut être montré. Rechargez la page et réessayez ; si cela se répète, prévenez ceux qui l’exploitent.',
}
