/**
 * What can go wrong between a client and a server. The texts are constants: they reach the other party.
 * In a module of their own, as a page shows its own words by the code.
 */
export const protocolTexts = {
  'wrong-version': 'The message has another format version. Use client and server modules made by the same compiler.',
  'wrong-contract':
    'The client and the server were compiled from different models. Update the client module to the one the server publishes.',
  'bad-message': 'The message is malformed: truncated, enlarged, or not in the canonical encoding.',
  'too-large': 'The message is larger than any message of this model.',
  'bad-key':
    'The public key is not acceptable: for signs it must be an odd product of two large primes of exactly the length in the contract, for label a point of the group other than its identity.',
  'bad-ciphertext':
    'A ciphertext is out of range or not invertible for its key, or it is no pair of points of the group.',
  'other-request': 'The reply answers another request than the one sent.',
  'bad-reply': 'The reply decrypts to something no server of this model computes. It was damaged or forged.',
  'bad-signature':
    'The reply is not signed by the key that the client module pins. Somebody else wrote it, or the server has another key.',
  'wrong-key': 'The key does not fit this model: another bit length, or not the key the record was sealed with.',
  'bad-key-file': 'The key cannot be read: the passphrase is another one, or the file was damaged or is no key file.',
  'empty-passphrase': 'The passphrase is empty. Give one: whoever has the file and the passphrase has the key.',
  'foreign-key':
    'The key of the other library cannot be used: its generator must be n + 1, and its numbers those of one sound key.',
  'server-failed': 'The server could not evaluate the request. Try again; if it persists, tell its operator.',
  busy: 'The server has too many requests in hand. Try again later.',
  deadline: 'No reply came before the deadline. Is a server running on this store?',
  unreachable: 'The server cannot be reached, or what answers there is not a server of this kind.',
  'rate-limited': 'Too many requests came from here. Wait a while, then try again.',
  'ticket-used': 'The ticket for this session has been used: the storage takes one request for each.',
  'ticket-expired': 'The ticket for this session has expired. Try again; is the clock of this machine right?',
  'ticket-refused':
    'The storage refuses the ticket: it was changed on its way, or the key that the ticket endpoint signs with is wrong.',
  'worker-failed':
    'The worker that seals and opens did not start, or ended. Is its file where the program looks for it, and does the policy of the page allow it?',
  aborted: 'The session was cancelled.',
} as const
