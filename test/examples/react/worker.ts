import { exposeClient } from 'emp-compile-runtime/worker'
import { client } from '../../../generated/heart-disease-points/client.ts'

exposeClient(client)
