import documents from '../../../generated/heart-disease-points/page.json' with { type: 'json' }

export { type Answer, contract, type Features } from '../../../generated/heart-disease-points/client.ts'

const { target, columns } = documents
export const words = { target, columns }
