// Package realdata replays public data through the maps in examples/, the
// importer and the KPI engine, and reads the answers as the API would give them.
// Its tests hold them against counts of the files themselves, and against the
// same events in another order.
//
// The data are no part of the project: the tests skip where they are not at
// ../shared/data, seen from the project's root. What single types of KPI find in
// them is tested with the types; nothing imports this package.
package realdata
