export { stateAnswers } from './answers.ts';
export { type Report, report, reputation } from './report.ts';
export { openState, type State, type StateOptions } from './state.ts';
