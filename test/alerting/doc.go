// Package alerting holds alerting to what its documentation says, on the built
// program: values are posted, and SMTP servers, webhooks and an API for text
// messages that the tests run hear of them. It kills the program while it judges,
// stores and sends, and takes receivers away and brings them back.
//
// It speaks HTTP, SMTP and signals only and imports nothing of the program.
// `go test` runs a few rounds of the killing; HMS_ALERTING_ROUNDS=50 runs more.
// A failure prints the seed: HMS_ALERTING_SEED repeats the moments of the kills,
// though not the scheduler's choices.
package alerting
