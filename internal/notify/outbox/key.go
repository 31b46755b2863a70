package outbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// digest is a hash of texts that no other list of texts has.
func digest(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// instance tells one firing of one alert: labels and start.
func (a Alert) instance() string {
	return a.Labels.Fingerprint().String() + "@" + strconv.FormatInt(a.StartsAt.UnixNano(), 36)
}

// contentOf tells a set of alerts and their states; values and texts, which
// change while an alert fires, do not matter.
func contentOf(alerts []Alert) string {
	parts := make([]string, len(alerts))
	for i, a := range alerts {
		parts[i] = a.instance() + strconv.FormatBool(a.Resolved)
	}
	slices.Sort(parts)
	return digest(parts...)
}

// notificationOf is contentOf what fires, with the receiver and the group. What
// is resolved is left out, because not every integration is told of it.
func notificationOf(receiver, groupKey string, alerts []Alert) string {
	firing := slices.DeleteFunc(slices.Clone(alerts), func(a Alert) bool { return a.Resolved })
	if len(firing) == 0 {
		firing = alerts
	}
	return digest(receiver, groupKey, contentOf(firing))
}

// id of a message that the routing asked for. It depends on the group's last
// message before, so that the same alerts firing again get another one.
func (m *Message) id(previous string) string {
	return digest("message", m.Target.String(), m.GroupKey, m.Content, strconv.FormatInt(m.Generation, 10), previous)
}

// backoff is how long to wait after so many failures: doubling from first to
// most, less up to a fifth by chance.
func backoff(failures int, first, most time.Duration, chance float64) time.Duration {
	wait := most
	if shift := failures - 1; shift < 30 {
		wait = min(first<<max(shift, 0), most)
	}
	return wait - time.Duration(chance*float64(wait)/5)
}
