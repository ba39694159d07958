export { answerQuestion, assignQuestion, closeQuestion, getQuestion, listQuestions, type QuestionFilter } from './answer.ts';
export { addToQuestion, askQuestion, getOwnQuestion, listOwnQuestions } from './ask.ts';
export * from './migrations.ts';
