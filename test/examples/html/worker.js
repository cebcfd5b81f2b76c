import { client, exposeClient } from './client.js'

exposeClient(client)
