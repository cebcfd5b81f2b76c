export type { FormWords } from '../words/form.ts'
export {
  type AnswerDetail,
  defineForm,
  type EmpForm,
  type FailureDetail,
  type FormDocuments,
  type FormModel,
  type FormRecord,
} from './element.ts'
