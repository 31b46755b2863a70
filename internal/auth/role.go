package auth

import "fmt"

// Role is something a token may be used for.
type Role string

// The roles, as they are written in the configuration.
const (
	RoleIngest  Role = "ingest"  // send events
	RoleRead    Role = "read"    // read everything, follow the stream, use the dashboard
	RoleOperate Role = "operate" // change definitions and alerts; implies read
)

const knownRoles = "ingest, read, operate"

// Roles is a set of roles.
type Roles uint8

const (
	ingestBit Roles = 1 << iota
	readBit
	operateBit
)

// AllRoles is what a request on an open listener holds.
const AllRoles = ingestBit | readBit | operateBit

func (r Role) bits() (Roles, error) {
	switch r {
	case RoleIngest:
		return ingestBit, nil
	case RoleRead:
		return readBit, nil
	case RoleOperate:
		return operateBit | readBit, nil
	}
	return 0, fmt.Errorf("no such role %q; the roles are %s", string(r), knownRoles)
}

// Has tells whether the set allows what role names.
func (s Roles) Has(role Role) bool {
	want, err := role.bits()
	return err == nil && s&want == want
}

// List names the roles of the set, those implied included.
func (s Roles) List() []Role {
	list := make([]Role, 0, 3)
	for _, r := range []Role{RoleIngest, RoleRead, RoleOperate} {
		if s.Has(r) {
			list = append(list, r)
		}
	}
	return list
}
