// For the tool that writes control/smtpusers: what a password becomes, and the text of the file with a user more or less. No session
// comes here.

export { userNames, withoutUser, withUser } from './users-edit.ts';
export { isUserName } from './users-file.ts';
export { makeScram, makeScrypt } from './verifiers.ts';
