export type { FormWords } from '../words/form.ts'
export { defineForm } from './define.ts'
export type {
  AnswerDetail,
  ChangeDetail,
  EmpForm,
  FailureDetail,
  FaultsDetail,
  FormDocuments,
  FormModel,
  FormQuestions,
  FormRecord,
  GivenAnswer,
  SendDetail,
} from './emp-form.ts'
