package outbox

import (
	"errors"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/prometheus/alertmanager/notify"
)

var (
	urlLike    = regexp.MustCompile(`([a-zA-Z][a-zA-Z0-9+.-]*://)(?:[^\s/?#"'<>]*@)?([^\s/?#"'<>@]*)[^\s"'<>]*`)
	phoneLike  = regexp.MustCompile(`\+[0-9]{7,15}\b`)
	secretLike = regexp.MustCompile(`(?i)((?:token|secret|password|passwd|authorization|api[-_ ]?key|routing[-_ ]?key|signature)["']?\s*[:=]\s*["']?)(?:(?:bearer|basic|geniekey)\s+)?[^\s"',;&]+`)
	bearerLike = regexp.MustCompile(`(?i)\b(bearer|basic|geniekey) [A-Za-z0-9._~+/=-]{6,}`)
	statusCode = regexp.MustCompile(`unexpected status code (\d{3})`)
	pathLike   = regexp.MustCompile(`(^|[\s"'(<>=:])/[^\s"'()<>]+`)
)

const maxText = 300

// Redact makes a text from outside fit to be kept and shown: of a URL only the
// scheme and the host stay, because a path may hold a token as well, also where a
// receiver says it back; phone
// numbers keep their last two digits; it is cut to a few hundred bytes.
func Redact(text string) string {
	text = urlLike.ReplaceAllString(text, "$1$2/…")
	if at := statusCode.FindStringIndex(text); at != nil { // what follows is the receiver's: some say which path they do not know
		text = text[:at[1]] + pathLike.ReplaceAllString(text[at[1]:], "$1/…")
	}
	text = secretLike.ReplaceAllString(text, "$1…")
	text = bearerLike.ReplaceAllString(text, "$1 …")
	text = phoneLike.ReplaceAllStringFunc(text, MaskNumber)
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, text)
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "…"
	}
	return text
}

// MaskNumber keeps the beginning and the last two digits of a phone number.
func MaskNumber(number string) string {
	if len(number) < 6 {
		return "…"
	}
	return number[:2] + strings.Repeat("•", len(number)-4) + number[len(number)-2:]
}

// answerIn finds the receiver's status in an error of a notifier.
func answerIn(err error) string {
	if smtp, ok := errors.AsType[*textproto.Error](err); ok {
		return strconv.Itoa(smtp.Code) + " " + Redact(smtp.Msg)
	}
	if code := statusCode.FindStringSubmatch(err.Error()); code != nil {
		return code[1]
	}
	var reason *notify.ErrorWithReason
	if errors.As(err, &reason) && reason.Reason != notify.DefaultReason {
		return reason.Reason.String()
	}
	return ""
}

// accepted is what an integration of the Alertmanager must have been answered
// where it reports success.
func accepted(integration string) string {
	if integration == "email" {
		return "250"
	}
	return "2xx"
}

// permanent tells an SMTP server's final refusal, which the e-mail notifier
// does not tell from a passing one.
func permanent(err error) bool {
	smtp, ok := errors.AsType[*textproto.Error](err)
	return ok && smtp.Code/100 == 5
}
