import { formDe } from './form-de.ts'
import type { Translated } from './message.ts'
import type { pageEn } from './page-en.ts'

const nothingLost = 'Ihre Antworten stehen noch im Formular, auf diesem Gerät.'

export const pageDe: Translated<typeof pageEn> = {
  ...formDe,
  'page.kind': 'Privater Rechner',
  'page.skip': 'Zu den Fragen springen',
  'page.about':
    '{title}: die Antworten werden auf Ihrem Gerät verschlüsselt, und der Server rechnet, ohne sie zu lesen.',
  'page.language': 'Sprache',
  'page.not-spoken':
    '{language} konnte nicht geladen werden. Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal, oder laden Sie die Seite neu; das löscht Ihre Antworten.',
  'page.no-script': 'Diese Seite braucht JavaScript: damit werden Ihre Antworten hier, auf Ihrem Gerät, verschlüsselt.',
  'page.not-started':
    'Das Skript dieser Seite ist nicht gestartet, darum kann nichts gefragt werden. Laden Sie die Seite neu, oder öffnen Sie sie in einem neueren Browser.',
  'page.error': 'Fehler: {name}',
  'page.part': '{name} – {title}',
  people: { one: '{count} Person', other: '{count} Personen' },
  bytes: { one: '{count} Byte', other: '{count} Bytes' },

  'ask.lead': {
    one: 'Beantworten Sie {count} Frage und sehen Sie, wie es Menschen mit ähnlichen Antworten unter {people} erging.',
    other:
      'Beantworten Sie {count} Fragen und sehen Sie, wie es Menschen mit ähnlichen Antworten unter {people} erging.',
  },
  'ask.lead-made': {
    one: 'Beantworten Sie {count} Frage und sehen Sie, was das Modell daraus macht.',
    other: 'Beantworten Sie {count} Fragen und sehen Sie, was das Modell daraus macht.',
  },
  'ask.sealed': 'Auf Ihrem Gerät verschlüsselt.',
  'ask.sealed-why': 'Der Server rechnet, ohne Ihre Antworten lesen zu können.',
  'ask.cost': 'Was es kostet.',
  'ask.cost-what': 'Der Server erfährt, dass jemand gefragt hat und wann, und sieht Ihre Netzadresse.',
  'ask.research': 'Forschung, kein Medizinprodukt.',
  'ask.research-what': 'Entscheiden Sie danach über keine Behandlung.',
  'ask.predicted': 'Was vorhergesagt wird.',
  'ask.data': 'Die Daten.',
  'ask.example': 'Ein Beispiel eintragen',
  'ask.clear': 'Meine Antworten löschen',

  'note.example': 'Ein Beispiel ist eingetragen. Es gehört niemandem.',
  'note.cleared': 'Alle Antworten sind gelöscht.',
  'note.removed': 'Ihre Antworten, das Ergebnis und die verschlüsselten Nachrichten sind von dieser Seite gelöscht.',
  'note.cancelled': 'Abgebrochen. Der Schlüssel ist zerstört: niemand kann lesen, was vielleicht gesendet wurde.',

  'ready.key': 'Auf diesem Gerät entsteht ein Schlüssel …',
  'ready.noise': 'Die Verschlüsselung wird vorbereitet, {done} von {all} …',
  'ready.ready': 'Bereit: der Schlüssel ist da, auf diesem Gerät.',

  'working.title': 'Es wird gerechnet',
  'working.name': 'Es wird gerechnet',
  'working.make-key': 'Ihren Schlüssel machen',
  'working.seal': 'Ihre Antworten verschlüsseln',
  'working.send': 'Sie senden und auf die Antwort warten',
  'working.open': 'Die Antwort öffnen',
  'working.done': ' (erledigt)',
  'working.doing': ' (jetzt)',
  'working.says-key': 'Auf diesem Gerät entsteht Ihr Schlüssel.',
  'working.says-noise': 'Es wird verschlüsselt: {done} von {all} Werten.',
  'working.says-sealing': 'Es wird verschlüsselt.',
  'working.says-sent': {
    one: '{count} verschlüsseltes Byte ist unterwegs; die Antwort steht noch aus.',
    other: '{count} verschlüsselte Bytes sind unterwegs; die Antwort steht noch aus.',
  },
  'working.says-slow':
    'Der Server hat noch nicht geantwortet. Es dauert länger als sonst; Sie können weiter warten oder abbrechen.',
  'working.says-opening': 'Die Antwort ist da und wird geöffnet.',

  'sent.plan-title': 'Was Ihr Gerät verlässt',
  'sent.title': 'Was Ihr Gerät verlassen hat',
  'sent.plan':
    '{bytes}, was auch immer Sie antworten: Ihre Antworten, verschlüsselt mit einem {key}, den diese Seite für ein einziges Mal macht, und die öffentliche Hälfte dieses Schlüssels.',
  'sent.sent': 'Gesendet',
  'sent.sent-what': '{bytes} an {address}, und sonst nichts',
  'sent.made': 'Anfragen, die gestellt wurden',
  'sent.made-one': '{method} {host}, {bytes}',
  'sent.made-times': { one: '{what}, {count} Mal', other: '{what}, {count} Mal' },
  'sent.inside': 'Darin',
  'sent.inside-what': {
    one: '{count} Chiffrat von {bytes}, eines für {each}; der öffentliche Schlüssel dazu ({keyBytes}); der Fingerabdruck des Vertrags',
    other:
      '{count} Chiffrate von {bytes}, eines für {each}; der öffentliche Schlüssel dazu ({keyBytes}); der Fingerabdruck des Vertrags',
  },
  'sent.readers': 'Wer es lesen kann',
  'sent.readers-what':
    'Nur diese Seite, solange sie offen war: der private Schlüssel entstand hier, ging nie hinaus und ist jetzt fort',
  'sent.back': 'Zurück kam',
  'sent.back-what': '{bytes}, verschlüsselt für denselben Schlüssel',
  'sent.back-signed': '{bytes}, verschlüsselt für denselben Schlüssel und unterschrieben vom Server des Modells',
  'sent.look': 'Ein Blick darauf',
  'sent.save-request': 'Die Anfrage speichern',
  'sent.save-reply': 'Die Antwort speichern',

  'learns.title': 'Wer was erfährt',
  'learns.server': 'Der Server und sein Speicher erfahren',
  'learns.client': 'Diese Seite erfährt vom Modell',

  'audit.title': 'Für Prüfer',
  'audit.model': 'Modell',
  'audit.contract': 'SHA-256 des Vertrags',
  'audit.page': 'SHA-256 dieser Seite, wie sie ankam',
  'audit.no-hash': 'ließ sich nicht berechnen',
  'audit.check': 'Wie man es prüft',
  'audit.check-how':
    'Die Seite legt Skript und Stil durch ihre Prüfsummen fest, und das Skript den Teil, der verschlüsselt. Die Prüfsumme der Seite steht ' +
    'also für alles: emp-compile page gibt die eines Modells aus. Berechnen Sie sie selbst aus dem, was der Server sendet; eine Seite, ' +
    'die lügt, zeigte jede Prüfsumme.',

  'footer.operator': 'Betrieben von {operator}.',
  'footer.data': 'Daten: {sources}.',
  'footer.kept': 'Nichts wird aufgehoben: keine Cookies, kein Speicher in diesem Browser, keine Dritten.',

  'answer.name': 'Ergebnis',
  'answer.origin': '{when}, durch {host}',
  'answer.origin-operator': '{when}, durch {operator} ({host})',
  'answer.given': 'Sie haben geantwortet',
  'answer.change-one': 'Ändern',
  'answer.change': 'Meine Antworten ändern',
  'answer.remove': 'Alles löschen',
  'answer.print': 'Drucken',
  'answer.contract': 'Vertrag:',
  'answer.limits': 'Was das nicht sagt',
  'answer.limit-group': 'Es geht um eine Gruppe, nicht um Sie: niemand weiß, welche dieser Personen Sie wären.',
  'answer.limit-cause':
    'Gezählt ist, was in den Trainingsdaten gefunden wurde. Es sagt nicht, warum, und nicht, was eine Behandlung ändern würde.',
  'answer.limit-others': 'Anderswo oder heute können Menschen anders sein als die in den Daten.',
  'answer.clamped': 'Jenseits der Werte, die dieses Modell kennt, und als Grenze gezählt: {titles}.',

  'answer.share': '{part} von {whole}',
  'answer.share-low': 'unter 1 von 100',
  'answer.share-high': 'über 99 von 100',
  'answer.people-had': {
    one: 'Person mit ähnlichen Antworten hatte: {label}',
    other: 'Personen mit ähnlichen Antworten hatten: {label}',
  },
  'answer.model': 'Die Antwort des Modells',
  'answer.model-is': '{name}: die Antwort des Modells',
  'answer.gives-one': '{label}. Es gibt allen, die es nicht unterscheiden kann, dieselbe Antwort.',
  'answer.gives-group': '{label}. Es gibt allen in dieser Gruppe dieselbe Antwort.',
  'answer.stands': 'Beruht auf',
  'answer.stands-on': 'Worauf es beruht',
  'answer.stands-tree': {
    one: '{count} Person in den Trainingsdaten, geteilt durch einen Baum, den diese Seite nicht zu sehen bekommt: sie erfährt auch nicht, wie viele von ihnen ähnliche Antworten haben, und kann nicht sagen, wie weit der Zufall reicht.',
    other:
      '{count} Personen in den Trainingsdaten, geteilt durch einen Baum, den diese Seite nicht zu sehen bekommt: sie erfährt auch nicht, wie viele von ihnen ähnliche Antworten haben, und kann nicht sagen, wie weit der Zufall reicht.',
  },
  'answer.stands-weights': {
    one: '{count} Person in den Trainingsdaten. Gerechnet wird aus allem Eingetragenen, mit Gewichten, die diese Seite nicht zu sehen bekommt; sie kann also nicht sagen, wie weit der Zufall reicht.',
    other:
      '{count} Personen in den Trainingsdaten. Gerechnet wird aus allem Eingetragenen, mit Gewichten, die diese Seite nicht zu sehen bekommt; sie kann also nicht sagen, wie weit der Zufall reicht.',
  },
  'answer.stands-made': 'Eine Tabelle von Punkten, die anderswo entstand und die diese Seite nicht zu sehen bekommt.',
  'answer.stands-hidden':
    'Eine Gruppe von Personen in den Trainingsdaten, deren Zahlen nicht veröffentlicht sind, weil manche unter fünf liegen',
  'answer.stands-group': {
    one: '{count} Person in den Trainingsdaten mit ähnlichen Antworten',
    other: '{count} Personen in den Trainingsdaten mit ähnlichen Antworten',
  },
  'answer.rough': '{what}. Die Gruppe ist klein, das ist also ungenau.',
  'answer.reckoned': 'Wie es berechnet wurde',
  'answer.reckoned-how': 'Der Anteil in dieser Gruppe, hin zu dem der größeren Gruppen um sie verschoben',
  'answer.something-else': 'etwas anderes',
  'answer.picture-group': '{name}: von {count} Personen in den Trainingsdaten mit ähnlichen Antworten {groups}.',
  'answer.picture-model':
    '{name}: von {count} Personen mit einer solchen Wahrscheinlichkeit, wenn das Modell recht hat, {groups}.',
  'answer.picture-part': '{count} hatten: {label}',
  'answer.part-of': '({part} von {whole})',
  'answer.mean-of': '{name}: das Mittel der Personen mit ähnlichen Antworten',
  'answer.differ': 'Wie sie sich unterscheiden',
  'answer.differ-how': 'Eine Standardabweichung reicht von {low} bis {high}; einzelne Personen liegen oft außerhalb',
  'answer.chance': 'Mit dem Zufall gerechnet',
  'answer.chance-one': 'Eine einzelne Person sagt sehr wenig',
  'answer.chance-mean': 'Das Mittel solcher Personen liegt zwischen {low} und {high} (95-%-Intervall)',
  'answer.picture-mean': '{name}: {mean}, eine Standardabweichung von {low} bis {high}.',
  'answer.percent': '{percent} %',
  'answer.below-1': 'unter 1 %',
  'answer.above-99': 'über 99 %',
  'answer.is-chance': 'ist die Wahrscheinlichkeit, die das Modell berechnet: {label}',
  'answer.computes': '{name}: was das Modell berechnet',
  'answer.means': 'Was es bedeutet',
  'answer.means-what': 'Von 100 Personen mit einer solchen Wahrscheinlichkeit haben etwa {part}: {label}',
  'answer.right': 'Wie oft es recht hat',
  'answer.right-of': 'Von 100 Personen, die das Modell nicht kannte, war seine Antwort für {right} richtig',
  'answer.off-by': 'Bei Personen, die das Modell nicht kannte, lag es in der Regel um {error} daneben',
  'answer.others': 'Neben allen anderen',
  'answer.others-higher':
    'Von 100 Personen in den Trainingsdaten hatten nach dem Modell {part} eine höhere Wahrscheinlichkeit und {less} eine niedrigere',
  'answer.others-number':
    'Von 100 Personen in den Trainingsdaten berechnet das Modell für {part} mehr und für {less} weniger',
  'answer.path': 'Wie das Modell darauf kam',
  'answer.path-said': ' (Ihre Antwort: {said})',

  'failure.again': 'Noch einmal versuchen',
  'failure.back': 'Zurück zu meinen Antworten',
  'failure.lacking': '{advice} Hier fehlt: {names}.',
  'failure.unreachable': 'Der Server war nicht zu erreichen',
  'failure.unreachable-do': `Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal. ${nothingLost}`,
  'failure.busy': 'Der Server ist ausgelastet',
  'failure.busy-do': `Warten Sie eine Minute und versuchen Sie es noch einmal. ${nothingLost}`,
  'failure.outdated': 'Diese Seite und der Server gehören nicht zusammen',
  'failure.outdated-do':
    'Das Modell auf dem Server wurde nach dieser Seite geändert, oder umgekehrt. Laden Sie die Seite neu; wenn das nicht hilft, sagen Sie es dem Betreiber.',
  'failure.untrusted': 'Der Antwort ist nicht zu trauen',
  'failure.untrusted-do':
    'Sie kam nicht vom Server dieses Modells oder wurde unterwegs verändert; darum wurde sie verworfen, und es wird kein Ergebnis gezeigt. Versuchen Sie es noch einmal; wenn es wieder geschieht, sagen Sie es dem Betreiber dieser Seite.',
  'failure.expired': 'Die Sitzung ist abgelaufen',
  'failure.expired-do': `Die verschlüsselten Antworten zu übergeben, dauerte zu lange. Versuchen Sie es noch einmal. ${nothingLost}`,
  'failure.deadline': 'Der Server hat nicht rechtzeitig geantwortet',
  'failure.deadline-do': `Eine Minute lang kam keine Antwort, darum wurde nicht länger gewartet. Versuchen Sie es später noch einmal. ${nothingLost}`,
  'failure.too-many': 'Zu viele Anfragen von hier',
  'failure.too-many-do': `Der Server begrenzt, wie oft von einem Ort gefragt werden darf, um das Modell zu schützen. Warten Sie eine Weile und versuchen Sie es noch einmal. ${nothingLost}`,
  'failure.worker': 'Die Verschlüsselung ließ sich nicht starten',
  'failure.worker-do':
    'Der Teil dieser Seite, der verschlüsselt, wurde nicht geladen oder gehört nicht zu der Seite. Es wurde nichts gesendet. Laden Sie die Seite neu.',
  'failure.old': 'Dieser Browser ist zu alt für diese Seite',
  'failure.old-do':
    'Ihm fehlt, was die Verschlüsselung braucht. Öffnen Sie die Seite in einem neueren Browser oder auf einem anderen Gerät. Es wurde nichts gesendet.',
  'failure.framed': 'Diese Seite funktioniert nur für sich allein',
  'failure.framed-do':
    'Sie wird innerhalb einer anderen Seite gezeigt, die sie beobachten oder verstellen könnte. Öffnen Sie sie in einem eigenen Fenster. Es wurde nichts gesendet.',
  'failure.insecure': 'Diese Verbindung ist nicht sicher',
  'failure.insecure-do':
    'Browser verschlüsseln nur auf Seiten, die über https kamen. Öffnen Sie diese Seite unter ihrer https-Adresse. Es wurde nichts gesendet.',
  'failure.page': 'Auf dieser Seite ging etwas schief',
  'failure.page-do':
    'Es kann kein Ergebnis gezeigt werden. Laden Sie die Seite neu und versuchen Sie es noch einmal; wenn es wieder geschieht, sagen Sie es dem Betreiber.',
}
